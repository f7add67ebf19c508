//! Takes records in any order, from any number of files.

use jiff::Timestamp;
use rust_decimal::Decimal;
use spotmanager_domain::price::PriceChange;

use crate::history::{
    History, HistoryError, Seen,
    pools::Pools,
    problem::{self, Place, Problem, Value},
    record::Record,
    seen,
    sorter::Sorter,
};

/// How many records are sorted in memory, of 40 bytes each.
const IN_MEMORY: usize = 500_000;
/// How many unusable records are named; the rest is counted.
const MOST_PROBLEMS: usize = 3;

/// Which records count; an empty list asks for all.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// EC2's product description, such as `Linux/UNIX`. A record without one counts.
    pub product_description: String,
    /// For example `g4dn.xlarge`.
    pub instance_types: Vec<String>,
    /// For example `eu-west-1a`.
    pub availability_zones: Vec<String>,
}

/// A record as a file has it.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    pub(crate) place: Place,
    pub(crate) instance_type: Value<'a>,
    pub(crate) availability_zone: Value<'a>,
    pub(crate) product_description: Value<'a>,
    pub(crate) spot_price: Value<'a>,
    pub(crate) timestamp: Value<'a>,
}

/// Gathers records.
#[derive(Debug)]
pub struct Gatherer {
    wanted: Wanted,
    pools: Pools,
    sorter: Sorter,
    last: Option<i64>,
    records: u64,
    rejected: u64,
    problems: Vec<String>,
    seen: Seen,
    /// The file that is read.
    file: String,
}

impl Gatherer {
    /// Without a record yet.
    #[must_use]
    pub fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            pools: Pools::default(),
            sorter: Sorter::new(IN_MEMORY),
            last: None,
            records: 0,
            rejected: 0,
            problems: Vec::new(),
            seen: Seen::default(),
            file: String::new(),
        }
    }

    /// Takes a record that was read elsewhere, of the product that is wanted.
    ///
    /// # Errors
    /// [`HistoryError`] when it cannot be sorted.
    pub fn add(&mut self, change: &PriceChange) -> Result<(), HistoryError> {
        let pool = &change.pool;
        if !change.is_credible() {
            self.reject();
        } else if self.is_wanted(&pool.instance_type, &pool.availability_zone) {
            let at = change.at.as_microsecond();
            self.push(&pool.instance_type, &pool.availability_zone, at, change.usd)?;
        }
        Ok(())
    }

    /// Counts a record that cannot be used, of a source without lines to name.
    pub fn reject(&mut self) {
        self.rejected += 1;
    }

    /// How many records were taken.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records
    }

    /// The file whose records come now, by the name that a problem has.
    pub(crate) fn begin_file(&mut self, name: &str) {
        name.clone_into(&mut self.file);
    }

    pub(crate) fn line(&mut self, line: &Line<'_>) -> Result<(), HistoryError> {
        let names = (line.instance_type.text(), line.availability_zone.text());
        let (instance_type, availability_zone) = match names {
            (Some(instance_type), Some(zone)) => (instance_type, zone),
            (None, _) => {
                let found = &line.instance_type;
                self.refuse(
                    line.place,
                    &Problem::of_name("InstanceType", found, "g4dn.xlarge"),
                );
                return Ok(());
            }
            (_, None) => {
                let found = &line.availability_zone;
                self.refuse(
                    line.place,
                    &Problem::of_name("AvailabilityZone", found, "eu-west-1a"),
                );
                return Ok(());
            }
        };
        if !self.is_wanted(instance_type, availability_zone) {
            return Ok(());
        }
        let product = line.product_description.text();
        if let Some(product) = product.filter(|found| *found != self.wanted.product_description) {
            seen::note(&mut self.seen.products, product);
            return Ok(());
        }
        let at = problem::time(&line.timestamp);
        match at.and_then(|at| Ok((at, problem::price(&line.spot_price)?))) {
            Ok((at, usd)) => self.push(instance_type, availability_zone, at.as_microsecond(), usd),
            Err(problem) => {
                self.refuse(line.place, &problem);
                Ok(())
            }
        }
    }

    /// Counts a record of a file that cannot be used, and keeps why if it is one of the first.
    pub(crate) fn refuse(&mut self, place: Place, problem: &Problem) {
        self.rejected += 1;
        if self.problems.len() < MOST_PROBLEMS {
            let problem = format!("{}, {place}: {problem}", self.file);
            self.problems.push(problem);
        }
    }

    fn push(
        &mut self,
        instance_type: &str,
        availability_zone: &str,
        at: i64,
        usd: Decimal,
    ) -> Result<(), HistoryError> {
        let pool = self.pools.number(instance_type, availability_zone, at);
        self.last = Some(self.last.map_or(at, |last| last.max(at)));
        self.records += 1;
        Ok(self.sorter.push(Record { at, pool, usd })?)
    }

    /// Whether a record of this pool is wanted; if not, its names are noted.
    fn is_wanted(&mut self, instance_type: &str, availability_zone: &str) -> bool {
        let is_in = |list: &[String], name: &str| {
            list.is_empty() || list.iter().any(|wanted| wanted == name)
        };
        let is_type = is_in(&self.wanted.instance_types, instance_type);
        let is_zone = is_in(&self.wanted.availability_zones, availability_zone);
        if !is_type {
            seen::note(&mut self.seen.instance_types, instance_type);
        }
        if !is_zone {
            seen::note(&mut self.seen.availability_zones, availability_zone);
        }
        is_type && is_zone
    }

    /// All records, to be read the oldest first.
    ///
    /// # Errors
    /// [`HistoryError`] when they cannot be sorted.
    pub fn finish(self) -> Result<History, HistoryError> {
        let pools = self.pools.sorted();
        let time = |at: i64| Timestamp::from_microsecond(at).unwrap_or(Timestamp::MAX);
        Ok(History {
            pools: pools.pools,
            firsts: pools.firsts.into_iter().map(time).collect(),
            records: self.records,
            rejected: self.rejected,
            problems: self.problems,
            last: self.last.map(time),
            seen: self.seen,
            places: pools.places,
            sorted: self.sorter.finish()?,
        })
    }
}

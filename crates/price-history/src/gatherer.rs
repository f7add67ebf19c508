//! Takes records in any order, from any number of files.

use std::{collections::BTreeSet, io::BufRead};

use jiff::Timestamp;
use rust_decimal::Decimal;
use spotmanager_decision::{
    decimal,
    price::{HIGHEST_CREDIBLE_PRICE, PriceChange},
};

use crate::{
    History, HistoryError, csv_file, json_file, pools::Pools, record::Record, sorter::Sorter,
};

/// How many records are sorted in memory, of 40 bytes each.
const IN_MEMORY: usize = 500_000;
/// How many product descriptions are remembered of what is passed over.
const MOST_PRODUCTS: usize = 10;

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
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    pub(crate) instance_type: &'a str,
    pub(crate) availability_zone: &'a str,
    pub(crate) product_description: Option<&'a str>,
    pub(crate) spot_price: &'a str,
    pub(crate) timestamp: &'a str,
}

/// Gathers records.
#[derive(Debug)]
pub struct Gatherer {
    wanted: Wanted,
    pools: Pools,
    sorter: Sorter,
    first: Option<i64>,
    last: Option<i64>,
    records: u64,
    rejected: u64,
    other_products: BTreeSet<String>,
}

impl Gatherer {
    /// Without a record yet.
    #[must_use]
    pub fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            pools: Pools::default(),
            sorter: Sorter::new(IN_MEMORY),
            first: None,
            last: None,
            records: 0,
            rejected: 0,
            other_products: BTreeSet::new(),
        }
    }

    /// Reads a file: JSON as the AWS CLI writes it where it begins with `{`, else CSV.
    ///
    /// # Errors
    /// [`HistoryError`] when it is neither, or cannot be read or sorted.
    pub fn read(&mut self, mut from: impl BufRead) -> Result<(), HistoryError> {
        loop {
            let bytes = from.fill_buf()?;
            let blank = bytes.iter().take_while(|byte| byte.is_ascii_whitespace());
            let (blank, length) = (blank.count(), bytes.len());
            if blank == length && length > 0 {
                from.consume(length);
                continue;
            }
            return if bytes.get(blank) == Some(&b'{') {
                json_file::read(from, self)
            } else {
                csv_file::read(from, self)
            };
        }
    }

    /// Takes a record that was read elsewhere, of the product that is wanted.
    ///
    /// # Errors
    /// [`HistoryError`] when it cannot be sorted.
    pub fn add(&mut self, change: &PriceChange) -> Result<(), HistoryError> {
        let pool = &change.pool;
        if self.is_wanted(&pool.instance_type, &pool.availability_zone) {
            let at = change.at.as_microsecond();
            self.push(&pool.instance_type, &pool.availability_zone, at, change.usd)?;
        }
        Ok(())
    }

    /// Counts a record that is none.
    pub fn reject(&mut self) {
        self.rejected += 1;
    }

    /// How many records were taken.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.records
    }

    pub(crate) fn line(&mut self, line: Line<'_>) -> Result<(), HistoryError> {
        let Line {
            instance_type,
            availability_zone,
            product_description,
            spot_price,
            timestamp,
        } = line;
        if !self.is_wanted(instance_type, availability_zone) {
            return Ok(());
        }
        let product = product_description.filter(|found| *found != self.wanted.product_description);
        if let Some(product) = product {
            if self.other_products.len() < MOST_PRODUCTS && !self.other_products.contains(product) {
                self.other_products.insert(product.to_owned());
            }
            return Ok(());
        }
        match (timestamp.parse::<Timestamp>(), decimal::read(spot_price)) {
            (Ok(at), Some(usd)) => {
                self.push(instance_type, availability_zone, at.as_microsecond(), usd)
            }
            _ => {
                self.reject();
                Ok(())
            }
        }
    }

    fn push(
        &mut self,
        instance_type: &str,
        availability_zone: &str,
        at: i64,
        usd: Decimal,
    ) -> Result<(), HistoryError> {
        if usd > HIGHEST_CREDIBLE_PRICE {
            self.reject();
            return Ok(());
        }
        let pool = self.pools.number(instance_type, availability_zone);
        self.first = Some(self.first.map_or(at, |first| first.min(at)));
        self.last = Some(self.last.map_or(at, |last| last.max(at)));
        self.records += 1;
        Ok(self.sorter.push(Record { at, pool, usd })?)
    }

    fn is_wanted(&self, instance_type: &str, availability_zone: &str) -> bool {
        let is_in = |list: &[String], name: &str| {
            list.is_empty() || list.iter().any(|wanted| wanted == name)
        };
        is_in(&self.wanted.instance_types, instance_type)
            && is_in(&self.wanted.availability_zones, availability_zone)
    }

    /// All records, to be read the oldest first.
    ///
    /// # Errors
    /// [`HistoryError`] when they cannot be sorted.
    pub fn finish(self) -> Result<History, HistoryError> {
        let (pools, places) = self.pools.sorted();
        let time = |at: Option<i64>| at.and_then(|at| Timestamp::from_microsecond(at).ok());
        Ok(History {
            pools,
            records: self.records,
            rejected: self.rejected,
            first: time(self.first),
            last: time(self.last),
            other_products: self.other_products.into_iter().collect(),
            places,
            sorted: self.sorter.finish()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use spotmanager_backtest::cost::Change;

    use super::*;

    fn wanted() -> Wanted {
        Wanted {
            product_description: "Linux/UNIX".to_owned(),
            ..Wanted::default()
        }
    }

    fn read(wanted: Wanted, text: &str) -> Result<History, HistoryError> {
        let mut gatherer = Gatherer::new(wanted);
        gatherer.read(text.as_bytes())?;
        gatherer.finish()
    }

    fn changes(history: History) -> Vec<Change> {
        history.changes().collect::<Result<_, _>>().unwrap()
    }

    const JSON: &str = r#"
        {"SpotPriceHistory": [
            {"AvailabilityZone": "eu-west-1b", "InstanceType": "g4dn.xlarge", "ProductDescription": "Linux/UNIX",
             "SpotPrice": "0.210400", "Timestamp": "2026-01-01T01:00:00+00:00"},
            {"AvailabilityZone": "eu-west-1a", "InstanceType": "g4dn.xlarge", "ProductDescription": "Linux/UNIX",
             "SpotPrice": "0.2", "Timestamp": "2026-01-01T00:00:00.000Z"},
            {"AvailabilityZone": "eu-west-1a", "InstanceType": "g4dn.xlarge", "ProductDescription": "Windows",
             "SpotPrice": "0.4", "Timestamp": "2026-01-01T00:00:00.000Z"},
            {"AvailabilityZone": "eu-west-1a", "InstanceType": "g4dn.xlarge", "ProductDescription": "Linux/UNIX",
             "SpotPrice": "cheap", "Timestamp": "2026-01-01T00:00:00.000Z"}
        ], "NextToken": null}
        {"SpotPriceHistory": [
            {"AvailabilityZone": "eu-west-1a", "InstanceType": "g4dn.xlarge",
             "SpotPrice": "0.3", "Timestamp": "2025-12-31T00:00:00Z"}
        ]}"#;

    const CSV: &str = "\
Timestamp,InstanceType,AvailabilityZone,SpotPrice
2026-01-01T01:00:00Z,g4dn.xlarge,eu-west-1b,0.210400
2026-01-01T00:00:00Z,g4dn.xlarge,eu-west-1a,0.2
2026-01-01T00:00:00Z,g4dn.xlarge,eu-west-1a,cheap
2025-12-31T00:00:00Z,g4dn.xlarge,eu-west-1a,0.3
";

    #[test]
    fn json_and_csv_tell_the_same_the_oldest_first() {
        let json = read(wanted(), JSON).unwrap();
        assert_eq!((json.records, json.rejected), (3, 1));
        assert_eq!(json.other_products, ["Windows"]);
        assert_eq!(json.first, "2025-12-31T00:00:00Z".parse().ok());
        assert_eq!(json.last, "2026-01-01T01:00:00Z".parse().ok());
        let zones: Vec<_> = json
            .pools
            .iter()
            .map(|pool| pool.availability_zone.clone())
            .collect();
        assert_eq!(zones, ["eu-west-1a", "eu-west-1b"]);
        let json = changes(json);
        let told: Vec<_> = json.iter().map(|change| change.usd.to_string()).collect();
        assert_eq!(told, ["0.3", "0.2", "0.210400"]);
        let csv = read(wanted(), CSV).unwrap();
        assert_eq!((csv.records, csv.rejected), (3, 1));
        assert_eq!(changes(csv), json);
    }

    #[test]
    fn only_the_types_and_zones_that_are_wanted_count() {
        for (types, zones, records) in [
            (vec!["g4dn.xlarge"], vec!["eu-west-1b"], 1),
            (vec!["p3.2xlarge"], vec![], 0),
        ] {
            let wanted = Wanted {
                instance_types: types.into_iter().map(str::to_owned).collect(),
                availability_zones: zones.into_iter().map(str::to_owned).collect(),
                ..wanted()
            };
            assert_eq!(read(wanted, JSON).unwrap().records, records);
        }
    }

    #[test]
    fn another_form_is_refused_by_name() {
        for (text, named) in [
            ("{\"Prices\": []}", "SpotPriceHistory"),
            ("{\"SpotPriceHistory\": [1]}", "line 1"),
            ("{\"SpotPriceHistory\": []", "EOF"),
            ("{\"SpotPriceHistory\": []} rest", "expected"),
            ("a,b\n1,2\n", "AvailabilityZone"),
            ("", "AvailabilityZone"),
            (
                "AvailabilityZone,InstanceType,SpotPrice,Timestamp\n1\n",
                "fields",
            ),
        ] {
            let error = read(wanted(), text).unwrap_err().to_string();
            assert!(error.contains(named), "{named} in {error}");
        }
    }
}

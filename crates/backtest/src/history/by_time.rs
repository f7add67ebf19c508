//! Records in the order of time.

use crate::{
    cost::Change,
    history::{HistoryError, Seen, record::Record, sorter::Sorted},
};
use jiff::Timestamp;
use spotmanager_domain::price::Pool;

/// What was gathered.
#[derive(Debug)]
pub struct History {
    /// The pools that a record was taken of, in the order of type and zone.
    pub pools: Vec<Pool>,
    /// How many records were taken.
    pub records: u64,
    /// When each pool's oldest record begins, UTC.
    pub firsts: Vec<Timestamp>,
    /// How many had no pool, no time or no credible price.
    pub rejected: u64,
    /// The first three of them: file, line or record, field, value, and what it should be.
    pub problems: Vec<String>,
    /// The time of the newest record, UTC.
    pub last: Option<Timestamp>,
    /// What was passed over because it is not wanted.
    pub seen: Seen,
    pub(crate) places: Vec<usize>,
    pub(crate) sorted: Sorted,
}

impl History {
    /// The changes, the oldest first; each counts the pools as [`Self::pools`] has them.
    pub fn changes(self) -> impl Iterator<Item = Result<Change, HistoryError>> {
        let Self { places, sorted, .. } = self;
        sorted.map(move |record| {
            let Record { at, pool, usd } = record?;
            let place = usize::try_from(pool).ok().and_then(|pool| places.get(pool));
            Ok(Change {
                at: Timestamp::from_microsecond(at).unwrap_or(Timestamp::MAX),
                pool: place.copied().unwrap_or(usize::MAX),
                usd,
            })
        })
    }
}

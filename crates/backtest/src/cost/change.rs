//! A change of a price.

use jiff::Timestamp;
use rust_decimal::Decimal;

/// From `at` on, a pool cost `usd`. Ordered by time first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// When it changed, UTC.
    pub at: Timestamp,
    /// Which one of the pools that are replayed.
    pub pool: usize,
    /// USD per instance-hour.
    pub usd: Decimal,
}

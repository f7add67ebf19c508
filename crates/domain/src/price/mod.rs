//! Spot prices over a window, averaged by how long each price held.
//!
//! EC2 reports price *changes*, and with them the last change before the window, which is the
//! price the window opens with. A price that held for a minute must not weigh as much as one
//! that held for the rest of the hour.
//! See <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html>.

mod averages;
mod pool_price;
mod records;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use averages::PriceAverages;
pub use pool_price::{Exclusion, PoolAverage, PoolFacts, PoolPrice};

/// A price above this, in USD per instance-hour, is taken for a fault of the source.
pub const HIGHEST_CREDIBLE_PRICE: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);

/// What spot capacity is bought from: one instance type in one Availability Zone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pool {
    /// For example `g4dn.xlarge`.
    pub instance_type: String,
    /// For example `eu-west-1a`.
    pub availability_zone: String,
}

/// From `at` on, the pool cost `usd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceChange {
    /// The pool whose price changed.
    pub pool: Pool,
    /// When it changed, UTC.
    pub at: Timestamp,
    /// USD per instance-hour.
    pub usd: Decimal,
}

impl PriceChange {
    /// Whether the price can be one: neither negative nor beyond [`HIGHEST_CREDIBLE_PRICE`].
    #[must_use]
    pub fn is_credible(&self) -> bool {
        !self.usd.is_sign_negative() && self.usd <= HIGHEST_CREDIBLE_PRICE
    }
}

/// The time over which prices are averaged: from `start` up to, not including, `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// UTC.
    pub start: Timestamp,
    /// UTC.
    pub end: Timestamp,
}

impl Window {
    /// The window of `seconds` that ends at `end`, or nothing where it would be empty or lie
    /// before the calendar begins.
    #[must_use]
    pub fn ending_at(end: Timestamp, seconds: u32) -> Option<Self> {
        let start = end
            .checked_sub(SignedDuration::from_secs(i64::from(seconds)))
            .ok()?;
        (start < end).then_some(Self { start, end })
    }
}

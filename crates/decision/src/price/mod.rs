//! Spot prices over a window, averaged by how long each price held.
//!
//! EC2 reports price *changes*, and with them the last change before the window, which is the
//! price the window opens with. A price that held for a minute must not weigh as much as one
//! that held for the rest of the hour.
//! See <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html>.

mod averages;
mod records;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{launch_failure::LaunchFailure, left_out::LeftOut, on_demand_price::OnDemandPrice};

pub use averages::PriceAverages;

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

/// What a pool cost over the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolPrice {
    /// The pool.
    #[serde(flatten)]
    pub pool: Pool,
    /// The time-weighted average, USD per instance-hour, to six decimals; absent without samples.
    pub average_usd: Option<Decimal>,
    /// The newest price, USD per instance-hour.
    pub latest_usd: Option<Decimal>,
    /// How many price records the average was made of, the one that opens the window included.
    pub sample_count: usize,
    /// The part of the window with a known price, seconds.
    pub covered_seconds: i64,
    /// The launch that failed in the pool's zone of late, which leaves the pool out of the choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launch_failure: Option<LaunchFailure>,
    /// When EC2 said that it takes an instance back from the pool, UTC, which leaves the pool out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interrupted_at: Option<Timestamp>,
    /// EC2's spot placement score of the pool's zone for the group's types together, 1 to 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement_score: Option<u8>,
    /// What the instance type costs on demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_demand: Option<OnDemandPrice>,
    /// How many units of capacity an instance of the type is, where the group weighs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weighted_capacity: Option<u32>,
    /// The rule that leaves the pool out of the choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<LeftOut>,
}

impl PoolPrice {
    /// A pool of which nothing is known yet.
    #[must_use]
    pub fn unknown(pool: Pool) -> Self {
        Self {
            pool,
            average_usd: None,
            latest_usd: None,
            sample_count: 0,
            covered_seconds: 0,
            launch_failure: None,
            interrupted_at: None,
            placement_score: None,
            on_demand: None,
            weighted_capacity: None,
            left_out: None,
        }
    }

    /// The average for a unit of capacity, USD per hour; for an instance where the group does not
    /// weigh.
    #[must_use]
    pub fn usd_per_unit(&self) -> Option<Decimal> {
        let units = Decimal::from(self.weighted_capacity.unwrap_or(1));
        let usd = self.average_usd?.checked_div(units)?;
        Some(usd.round_dp(6).normalize())
    }
}

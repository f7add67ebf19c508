//! What a pool cost, what else is known of it, and what excludes it.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Pool;
use crate::{launch_failure::LaunchFailure, on_demand_price::OnDemandPrice};

/// What a pool cost over the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolAverage {
    /// The pool.
    pub pool: Pool,
    /// The average, USD per instance-hour, to six decimals; absent without samples.
    pub average_usd: Option<Decimal>,
    /// The newest price, USD per instance-hour.
    pub latest_usd: Option<Decimal>,
    /// How many price records the average was made of, the one that opens the window included.
    pub sample_count: usize,
    /// The part of the window with a known price, seconds.
    pub covered_seconds: i64,
}

impl PoolAverage {
    /// A pool without a price in the window.
    #[must_use]
    pub fn unknown(pool: Pool) -> Self {
        Self {
            pool,
            average_usd: None,
            latest_usd: None,
            sample_count: 0,
            covered_seconds: 0,
        }
    }
}

/// What is known of a pool in addition to its price. It has no default: the compiler names every
/// place that must fill a new fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolFacts {
    /// The launch that failed recently in the pool's zone.
    pub launch_failure: Option<LaunchFailure>,
    /// When EC2 said that it takes an instance back from the pool, UTC.
    pub interrupted_at: Option<Timestamp>,
    /// EC2's spot placement score of the pool's zone for the group's types together, 1 to 10.
    pub placement_score: Option<u8>,
    /// What the instance type costs on demand.
    pub on_demand: Option<OnDemandPrice>,
    /// How many units of capacity an instance of the type is, if the group weighs.
    pub weighted_capacity: Option<u32>,
}

/// The rule that excludes a pool from the choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// A launch failed in its zone recently.
    LaunchFailed,
    /// EC2 takes an instance back from it.
    Interrupted,
    /// Its spot placement score is below the least.
    PlacementScoreTooLow,
    /// Its average is above its share of the on-demand price.
    AboveOnDemandShare,
    /// A share of the on-demand price is the limit, and that price is unknown.
    OnDemandPriceUnknown,
}

/// A pool as a decision looks at it: its [`PoolAverage`] and [`PoolFacts`], side by side as the
/// steps' output has them. Made by [`PoolPrice::new`] only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PoolPrice {
    /// The pool.
    #[serde(flatten)]
    pub pool: Pool,
    /// See [`PoolAverage::average_usd`].
    pub average_usd: Option<Decimal>,
    /// See [`PoolAverage::latest_usd`].
    pub latest_usd: Option<Decimal>,
    /// See [`PoolAverage::sample_count`].
    pub sample_count: usize,
    /// See [`PoolAverage::covered_seconds`].
    pub covered_seconds: i64,
    /// See [`PoolFacts::launch_failure`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launch_failure: Option<LaunchFailure>,
    /// See [`PoolFacts::interrupted_at`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interrupted_at: Option<Timestamp>,
    /// See [`PoolFacts::placement_score`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement_score: Option<u8>,
    /// See [`PoolFacts::on_demand`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_demand: Option<OnDemandPrice>,
    /// See [`PoolFacts::weighted_capacity`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weighted_capacity: Option<u32>,
    /// See [`Self::excluded`].
    #[serde(default, rename = "left_out", skip_serializing_if = "Option::is_none")]
    pub(crate) excluded: Option<Exclusion>,
}

impl PoolPrice {
    /// The pool with everything that a decision looks at.
    #[must_use]
    pub fn new(average: PoolAverage, facts: PoolFacts) -> Self {
        let PoolAverage {
            pool,
            average_usd,
            latest_usd,
            sample_count,
            covered_seconds,
        } = average;
        let PoolFacts {
            launch_failure,
            interrupted_at,
            placement_score,
            on_demand,
            weighted_capacity,
        } = facts;
        Self {
            pool,
            average_usd,
            latest_usd,
            sample_count,
            covered_seconds,
            launch_failure,
            interrupted_at,
            placement_score,
            on_demand,
            weighted_capacity,
            excluded: None,
        }
    }

    /// The rule that excludes the pool; only a decision sets it.
    #[must_use]
    pub fn excluded(&self) -> Option<Exclusion> {
        self.excluded
    }

    /// The average for a unit of capacity, USD per hour; for an instance if the group does not
    /// weigh.
    #[must_use]
    pub fn usd_per_unit(&self) -> Option<Decimal> {
        let units = Decimal::from(self.weighted_capacity.unwrap_or(1));
        let usd = self.average_usd?.checked_div(units)?;
        Some(usd.round_dp(6).normalize())
    }
}

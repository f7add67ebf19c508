//! What is asked: over which time, of which pools, under which settings.

use jiff::Timestamp;
use rust_decimal::Decimal;
use spotmanager_decision::price::Pool;

use super::Setting;

/// The time that is replayed: from `start` up to, not including, `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// UTC.
    pub start: Timestamp,
    /// UTC.
    pub end: Timestamp,
}

/// What on-demand instances cost, USD per instance-hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnDemand {
    /// The instance that the on-demand group launches.
    pub usd: Decimal,
    /// The instance type of each pool, where that is known.
    pub of_pools: Vec<Option<Decimal>>,
}

/// How often something is decided, seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cadence {
    /// How long an instance serves until its jobs are done and the next alarm decides anew.
    pub run_seconds: u32,
    /// `ReturnToSpotRate`; 0 for never.
    pub return_to_spot_seconds: u32,
    /// `LaunchFailureWindowSeconds`.
    pub launch_failure_window_seconds: u32,
}

impl Default for Cadence {
    /// An hour, and the templates' defaults.
    fn default() -> Self {
        Self {
            run_seconds: 3_600,
            return_to_spot_seconds: 900,
            launch_failure_window_seconds: 900,
        }
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// The time that is replayed. What changed before it tells the prices that it opens with.
    pub period: Period,
    /// The pools, as [`Change::pool`](super::Change::pool) counts them.
    pub pools: Vec<Pool>,
    /// What the alternative costs.
    pub on_demand: OnDemand,
    /// How often something is decided.
    pub cadence: Cadence,
    /// What is compared.
    pub settings: Vec<Setting>,
    /// Into how many columns the period is divided for a picture; at least one.
    pub columns: usize,
}

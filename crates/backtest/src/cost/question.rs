//! What is asked: over which time, of which pools, under which settings.

use jiff::Timestamp;
use rust_decimal::Decimal;
use spotmanager_domain::{Settings, price::Pool};

use super::{elapsed::seconds, setting::Setting};
use crate::timings::RETURN_TO_SPOT_SECONDS;

/// The time that is replayed: from `start` up to, not including, `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// UTC.
    pub start: Timestamp,
    /// UTC.
    pub end: Timestamp,
}

impl Period {
    /// Its length, seconds to the microsecond.
    #[must_use]
    pub fn seconds(&self) -> Decimal {
        seconds(self.start, self.end)
    }
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
            return_to_spot_seconds: RETURN_TO_SPOT_SECONDS,
            launch_failure_window_seconds: Settings::default().launch_failure_window_seconds,
        }
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// The time that is replayed. Earlier changes fill the price windows of its first decisions.
    pub period: Period,
    /// The pools, as [`Change::pool`](super::Change::pool) counts them.
    pub pools: Vec<Pool>,
    /// What the instance type of each pool costs on demand, USD per instance-hour.
    pub on_demand: Vec<Decimal>,
    /// How often something is decided.
    pub cadence: Cadence,
    /// What is compared.
    pub settings: Vec<Setting>,
    /// Into how many columns the period is divided for a picture; at least one.
    pub columns: usize,
}

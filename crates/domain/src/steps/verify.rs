//! *verify*: looks whether the capacity arrived.

use crate::{
    Capacity, Discovery, Market,
    capacity::CapacityReport,
    flow::{Event, Step},
};
use serde::{Deserialize, Serialize};

use super::Caught;

/// The input of *verify*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyInput {
    /// What was discovered.
    pub discovery: Discovery,
    /// The step: what was asked for, and what is known so far.
    pub step: Step,
    /// What failed last.
    #[serde(default, skip_serializing_if = "Caught::is_nothing")]
    pub failure: Caught,
}

/// The output of *verify*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyOutput {
    /// The group's market.
    pub market: Market,
    /// The group.
    pub auto_scaling_group_name: String,
    /// The group as it is; absent if nothing was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<Capacity>,
    /// How long has been waited, seconds.
    pub waited_seconds: u32,
    /// How the scale-up stands; absent if nothing was asked for.
    #[serde(flatten)]
    pub report: Option<CapacityReport>,
    /// The events that were sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reported: Vec<Event>,
    /// What comes next; absent if the previous release's state machine asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
    /// What failed last: that the group brought nothing, or what had failed before.
    #[serde(default)]
    pub failure: Caught,
}

//! *verify*: looks whether the capacity arrived.

use crate::{Capacity, Execution, Group, Market, Purpose, RoundDecision, capacity::CapacityReport};
use serde::{Deserialize, Serialize};

/// The input of *verify*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyInput {
    /// The execution.
    pub execution: Execution,
    /// The CloudFormation stack.
    pub stack_name: String,
    /// What the execution is for.
    #[serde(default)]
    pub purpose: Purpose,
    /// The group as discovered.
    pub group: Group,
    /// DesiredCapacity before the scale-up, in instances.
    pub baseline_capacity: i32,
    /// What was asked for, in instances; absent for all that the group asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_capacity: Option<i32>,
    /// The round's decision; absent if an older state machine asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<RoundDecision>,
    /// How long has been waited, seconds, counted in intervals.
    pub waited_seconds: u32,
    /// How long may be waited, seconds.
    pub timeout_seconds: u32,
}

/// The output of *verify*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyOutput {
    /// The group's market.
    pub market: Market,
    /// The group.
    pub auto_scaling_group_name: String,
    /// The group as it is.
    pub capacity: Capacity,
    /// How long has been waited, seconds.
    pub waited_seconds: u32,
    /// How the scale-up stands.
    #[serde(flatten)]
    pub report: CapacityReport,
}

//! What the previous release's state machine sends to *scale* and *verify*: a running execution goes
//! on by the definition that it was started with, and its next step runs this release's functions.
//! See `docs/how-to/upgrade.md`.

use serde::{Deserialize, Serialize};

use super::{Execution, Purpose, RoundDecision};
use crate::Group;

/// What the previous release's state machine asks of *scale*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreviousAction {
    /// Execute the group's scale-up policy.
    ScaleUp,
    /// Execute the group's scale-down policy.
    ScaleDown,
    /// Take an instance out of the group that EC2 takes back anyway.
    Detach,
    /// Take back the capacity that was asked for and did not arrive.
    StandDown,
}

/// The input of *scale* from the previous release's state machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviousScaleInput {
    /// The execution.
    pub execution: Execution,
    /// The CloudFormation stack.
    pub stack_name: String,
    /// What the execution is for.
    #[serde(default)]
    pub purpose: Purpose,
    /// What to do.
    pub action: PreviousAction,
    /// The group as discovered.
    pub group: Group,
    /// Whether the policy waits for the group's cooldown to end.
    pub honor_cooldown: bool,
    /// Whether nothing is changed.
    #[serde(default)]
    pub dry_run: bool,
    /// For scaling up: whether no attempt before this one can have taken effect.
    #[serde(default)]
    pub first_attempt: bool,
    /// For standing down: DesiredCapacity before the scale-up, in instances.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline_capacity: Option<i32>,
    /// For standing down and scaling down: the round's decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<RoundDecision>,
    /// For detaching: the instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_id: Option<String>,
}

/// The input of *verify* from the previous release's state machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviousVerifyInput {
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
    /// The round's decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<RoundDecision>,
    /// How long has been waited, seconds, counted in intervals.
    pub waited_seconds: u32,
    /// How long may be waited, seconds.
    pub timeout_seconds: u32,
}

//! *scale*: executes a group's scaling policy once, takes back what did not arrive, or detaches an
//! instance.

use crate::{Capacity, Execution, Group, Market, Purpose, RoundDecision, ScalingCall};
use serde::{Deserialize, Serialize};

/// What *scale* is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaleAction {
    /// Execute the group's scale-up policy.
    ScaleUp,
    /// Execute the group's scale-down policy.
    ScaleDown,
    /// Take an instance out of the group that EC2 takes back anyway.
    Detach,
    /// Take back the capacity that was asked for and did not arrive.
    StandDown,
}

/// The input of *scale*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScaleInput {
    /// The execution.
    pub execution: Execution,
    /// The CloudFormation stack.
    pub stack_name: String,
    /// What the execution is for.
    #[serde(default)]
    pub purpose: Purpose,
    /// What to do.
    pub action: ScaleAction,
    /// The group as discovered.
    pub group: Group,
    /// Whether the policy waits for the group's cooldown to end.
    pub honor_cooldown: bool,
    /// Whether nothing is changed.
    #[serde(default)]
    pub dry_run: bool,
    /// For scaling up: whether no attempt before this one can have taken effect. Where one may
    /// have, the group is held against what was discovered.
    #[serde(default)]
    pub first_attempt: bool,
    /// For standing down: DesiredCapacity before the scale-up, in instances.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline_capacity: Option<i32>,
    /// For standing down and scaling down: the round's decision; absent if an older state machine asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<RoundDecision>,
    /// For detaching: the instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_id: Option<String>,
}

/// What *scale* did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaleOutcome {
    /// The policy was executed.
    Scaled,
    /// Nothing, for it is a dry run: the policy would have been executed.
    WouldScale,
    /// An attempt before took effect, or other executions filled the group; nothing was done again.
    AlreadyScaled,
    /// The group is at its MaxSize.
    GroupFull,
    /// The policy would not make the group grow; it was not executed.
    NoEffect,
    /// The scale-down policy was executed.
    ScaledDown,
    /// Nothing, for it is a dry run: the scale-down policy would have been executed.
    WouldScaleDown,
    /// The group had shrunk since it was discovered; nothing was done again.
    AlreadyScaledDown,
    /// The instance was detached, and DesiredCapacity lowered with it.
    Detached,
    /// The instance belonged to the group no more.
    AlreadyDetached,
    /// DesiredCapacity was lowered again.
    StoodDown,
    /// Nothing, for it is a dry run: DesiredCapacity would have been lowered.
    WouldStandDown,
    /// The group asked for nothing any more.
    AlreadyDown,
    /// What was to be taken back had arrived after all.
    CapacityArrived,
}

/// The output of *scale*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScaleOutput {
    /// What was to be done.
    pub action: ScaleAction,
    /// What was done.
    pub outcome: ScaleOutcome,
    /// The same as a sentence.
    pub sentence: String,
    /// In a dry run, the call that would have been made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would_call: Option<ScalingCall>,
    /// The group's market.
    pub market: Market,
    /// The group.
    pub auto_scaling_group_name: String,
    /// The policy that was executed, or would have been; the scale-up policy if the action executes
    /// none.
    pub policy_name: String,
    /// DesiredCapacity before the scale-up, in instances: what verification and standing down
    /// are held against.
    pub baseline_capacity: i32,
    /// For scaling up: DesiredCapacity after it, in instances: what verification waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_capacity: Option<i32>,
    /// The group as it was before this step acted.
    pub capacity_before: Capacity,
}

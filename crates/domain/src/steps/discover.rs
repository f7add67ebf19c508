//! *discover*: from the stack to its two groups.

use super::Context;
use crate::{
    CapacityLoss, Execution, ExecutionInput, Group, Purpose, Settings, backlog::Queue, flow::Step,
    verdict::Verdict,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The input of *discover*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscoverInput {
    /// The context object; absent if the event names the execution itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Box<Context>>,
    /// The execution, in an event by hand or of the previous release's state machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution: Option<Execution>,
    /// What the round is started with.
    pub input: ExecutionInput,
}

/// The output of *discover*: the groups as found, and the settings that hold for this execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    /// The CloudFormation stack.
    pub stack_name: String,
    /// The deployment's settings with the execution's own over them.
    pub settings: Settings,
    /// What the execution is for.
    #[serde(default)]
    pub purpose: Purpose,
    /// The spot capacity that was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<CapacityLoss>,
    /// The group that buys spot; an instance that EC2 takes back does not count any more.
    pub spot_group: Group,
    /// The group that buys on-demand.
    pub on_demand_group: Group,
    /// The queue that the jobs wait in; absent where none is named, and one alarm brings one
    /// instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<Queue>,
    /// Why the queue could not be read; the execution then goes on as if none were named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_problem: Option<String>,
    /// The execution that leads this pair of groups already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leader: Option<Leader>,
    /// Whether a return to spot of the same pair runs: it may take back what it asked for, so that is
    /// not counted on.
    #[serde(default, skip_serializing_if = "is_false")]
    pub return_runs: bool,
    /// What to do if *evaluate* fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_evaluation_fails: Option<Verdict>,
    /// The execution, as later steps refer to it; absent from what an older *discover* found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution: Option<Execution>,
    /// By what the executions of the same pair are known; absent from what an older *discover* found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployed: Option<Deployed>,
    /// What comes next. Later steps have one of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
}

// By reference, as serde calls it.
fn is_false(value: &bool) -> bool {
    !*value
}

/// What the deployment's parameters say, for an execution whose input does not say otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployed {
    /// Whether nothing is changed.
    pub dry_run: bool,
    /// The spot group's logical id.
    pub spot_group_logical_id: String,
}

/// An execution that began before this one and still runs for the same stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leader {
    /// Its name.
    pub execution_name: String,
    /// When it began, UTC.
    pub started_at: Timestamp,
}

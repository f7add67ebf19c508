//! *discover*: from the stack to its two groups.

use serde::{Deserialize, Serialize};
use spotmanager_decision::Group;

use crate::{Execution, ExecutionInput, Settings};

/// The input of *discover*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscoverInput {
    /// The execution.
    pub execution: Execution,
    /// What the execution was started with.
    pub input: ExecutionInput,
}

/// The output of *discover*: the groups as found, and the settings that hold for this execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    /// The CloudFormation stack.
    pub stack_name: String,
    /// The deployment's settings with the execution's own over them.
    pub settings: Settings,
    /// The group that buys spot.
    pub spot_group: Group,
    /// The group that buys on-demand.
    pub on_demand_group: Group,
}

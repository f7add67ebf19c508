//! What travels between the states of the state machine, and the names its errors go by.
//!
//! `discover`, `evaluate`, `scale`, `verify` and `start` hold a step's input and output, the other
//! modules what these share: the execution, settings, pairs of groups, names. Keys are `snake_case`, money is a decimal in a
//! string (USD per instance-hour), times are RFC 3339 in UTC and durations are whole seconds.

mod decide;
mod decision;
mod discover;
mod error_name;
mod evaluate;
mod execution;
pub mod execution_name;
pub mod metric;
pub mod resources;
mod scale;
mod scaling_call;
mod settings;
mod stack_name;
mod stacks;
mod start;
mod verify;

pub use decision::RoundDecision;
pub use discover::{DiscoverInput, Discovery, Leader};
pub use error_name::{ErrorName, NamedError};
pub use evaluate::{EvaluateInput, EvaluateOutput, MOST_LISTED_POOLS};
pub use execution::{
    AlarmEvent, CapacityLoss, Execution, ExecutionInput, LossKind, Purpose, Round,
};
pub use scale::{ScaleAction, ScaleInput, ScaleOutcome, ScaleOutput};
pub use scaling_call::{ExecutePolicyCall, ScalingCall, SetDesiredCapacityCall};
pub use settings::{
    Given, MOST_CAPACITY_TIMEOUT_SECONDS, Offered, Range, SETTINGS, Setting, SettingError,
    SettingGroup, Settings, SettingsOverride, Table, Unit, Values,
};
pub use stack_name::{check_stack, is_stack_arn, is_stack_name, stack_name_of};
pub use stacks::{WorkerPair, WorkerPairs};
pub use start::{StartOutcome, StartOutput};
pub use verify::{VerifyInput, VerifyOutput};

//! What SpotManager knows and how it decides: groups, prices, verdicts, settings, and what travels
//! between the states.
//!
//! This crate is pure. It holds no AWS types, does no I/O and reads no clock, so every decision can
//! be made again from the record that a step left in the Step Functions console.
//!
//! What is known:
//! * [`Group`] is an Auto Scaling group as it was found; [`resources`] is what AWS says of it.
//! * [`price`] averages spot prices over a window, weighted by time.
//! * [`on_demand_price`] is what the alternative to spot costs.
//! * [`launch_failure`] is where EC2 had no capacity recently.
//! * [`backlog`] is how many jobs wait for each instance.
//! * [`activity`] is what Auto Scaling did.
//! * [`decimal`] reads what comes from outside.
//!
//! What is decided:
//! * [`verdict`] chooses the group that scales up, and says why. [`Discovery::decide`] is the way in
//!   for a step, [`Situation`](verdict::Situation) for callers that have the facts.
//! * [`scaling`] keeps a scale-up from being done twice, and stands a group down.
//! * [`capacity`] judges whether the capacity that was asked for arrived.
//! * [`flow`] says what comes next after each step, and what if a step fails.
//!
//! What travels between the states: [`ExecutionInput`], then the input and output of each step,
//! [`DiscoverInput`] to [`VerifyOutput`]. Keys are `snake_case`, money is a decimal in a string (USD
//! per instance-hour), times are RFC 3339 in UTC and durations are whole seconds.
//!
//! The catalogues: [`SETTINGS`], [`ReasonCode`](verdict::ReasonCode), [`ErrorName`], [`metric::ALL`].

pub mod activity;
pub mod backlog;
pub mod capacity;
mod client_token;
pub mod decimal;
mod error_name;
pub mod execution_name;
pub mod flow;
mod group;
pub mod launch_failure;
mod market;
pub mod metric;
pub mod on_demand_price;
pub mod price;
pub mod resources;
pub mod scaling;
pub mod settings;
mod stack_name;
mod stacks;
mod steps;
#[cfg(any(test, feature = "testing"))]
#[doc(hidden)]
pub mod testing;
pub mod verdict;

pub use client_token::{ClientToken, NoClientToken};
pub use error_name::{ErrorName, NamedError};
pub use group::{Capacity, Group, MaximumPrice, PriceSource, ScalingPolicy};
pub use market::Market;
pub use settings::{SETTINGS, SettingError, Settings, SettingsOverride};
pub use stack_name::{check_stack, is_stack_arn, is_stack_name, stack_name_of};
pub use stacks::{WorkerPair, WorkerPairs};
pub use steps::{
    ActionName, AlarmEvent, CapacityLoss, Caught, Context, ContextExecution, ContextState,
    ContextStateMachine, Deployed, DiscoverInput, Discovery, EvaluateInput, EvaluateOutput,
    ExecutePolicyCall, Execution, ExecutionInput, GroupLaunched, LaunchError, LaunchInstancesCall,
    LaunchInstancesCalls, LaunchedInstances, Leader, LossKind, MOST_LISTED_POOLS, Origin,
    PreviousAction, PreviousScaleInput, PreviousVerifyInput, Purpose, RetryStrategy, Round,
    RoundDecision, ScaleAction, ScaleInput, ScaleOutcome, ScaleOutput, ScalingCall,
    SetDesiredCapacityCall, StartOutcome, StartOutput, VerifyInput, VerifyOutput,
};

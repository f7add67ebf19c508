//! What travels between the states: an execution's input, and the input and output of each step.

mod decide;
mod discover;
mod evaluate;
mod execution;
mod round_decision;
mod scale;
mod scaling_call;
mod start;
mod verify;

pub use discover::{DiscoverInput, Discovery, Leader};
pub use evaluate::{EvaluateInput, EvaluateOutput, MOST_LISTED_POOLS};
pub use execution::{
    AlarmEvent, CapacityLoss, Execution, ExecutionInput, LossKind, Purpose, Round,
};
pub use round_decision::RoundDecision;
pub use scale::{ScaleAction, ScaleInput, ScaleOutcome, ScaleOutput};
pub use scaling_call::{ExecutePolicyCall, ScalingCall, SetDesiredCapacityCall};
pub use start::{StartOutcome, StartOutput};
pub use verify::{VerifyInput, VerifyOutput};

//! What travels between the states: an execution's input, and the input and output of each step.

mod caught;
mod context;
mod decide;
mod discover;
mod evaluate;
mod execution;
mod launched;
mod loss;
mod previous;
mod round_decision;
mod scale;
mod scaling_call;
mod start;
mod verify;

pub use caught::Caught;
pub use context::{Context, ContextExecution, ContextState, ContextStateMachine};
pub use discover::{Deployed, DiscoverInput, Discovery, Leader};
pub use evaluate::{EvaluateInput, EvaluateOutput, MOST_LISTED_POOLS};
pub use execution::{
    AlarmEvent, CapacityLoss, Execution, ExecutionInput, LossKind, Origin, Purpose, Round,
};
pub use launched::{GroupLaunched, LaunchError, LaunchedInstances};
pub use previous::{PreviousAction, PreviousScaleInput, PreviousVerifyInput};
pub use round_decision::RoundDecision;
pub use scale::{ActionName, ScaleAction, ScaleInput, ScaleOutcome, ScaleOutput};
pub use scaling_call::{
    ExecutePolicyCall, LaunchInstancesCall, LaunchInstancesCalls, RetryStrategy, ScalingCall,
    SetDesiredCapacityCall,
};
pub use start::{StartOutcome, StartOutput};
pub use verify::{VerifyInput, VerifyOutput};

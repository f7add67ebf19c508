//! What the start function answers. Its input is an event of SNS or EventBridge.

use serde::{Deserialize, Serialize};

/// What became of an event of SNS or EventBridge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartOutput {
    /// One outcome per record of SNS, in their order; for a tick of the schedule one per pair of
    /// groups, and for any other event of EventBridge a single one.
    pub records: Vec<StartOutcome>,
}

/// What became of a record, of an event, or of a pair at a tick of the schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum StartOutcome {
    /// An execution was started; or it runs already, because StartExecution answers a repetition
    /// alike while the execution runs.
    /// See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>.
    Started {
        /// The stack that the alarm, the schedule or the lost capacity belongs to.
        stack_name: String,
        /// The execution's name.
        execution_name: String,
        /// The execution's ARN.
        execution_arn: String,
    },
    /// The same event had started this execution before, and it has ended.
    AlreadyStarted {
        /// The stack that the alarm, the schedule or the lost capacity belongs to.
        stack_name: String,
        /// The execution's name.
        execution_name: String,
    },
    /// Nothing was started, as nothing was to be.
    Ignored {
        /// Why, such as what kind of message it was.
        reason: String,
    },
}

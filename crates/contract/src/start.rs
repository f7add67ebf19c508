//! What the start function answers. Its input is an event of SNS or EventBridge.

use serde::{Deserialize, Serialize};

/// What became of each record of the SNS event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartOutput {
    /// One outcome per record, in their order.
    pub records: Vec<StartOutcome>,
}

/// What became of one SNS record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum StartOutcome {
    /// An execution was started; or it runs already, since StartExecution answers a repetition
    /// alike while the execution runs.
    /// See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>.
    Started {
        /// The stack that was derived from the topic's name.
        stack_name: String,
        /// The execution's name.
        execution_name: String,
        /// The execution's ARN.
        execution_arn: String,
    },
    /// The same event had started this execution before, and it has ended.
    AlreadyStarted {
        /// The stack that was derived from the topic's name.
        stack_name: String,
        /// The execution's name.
        execution_name: String,
    },
    /// Nothing was started, as nothing was to be.
    Ignored {
        /// What kind of message it was.
        reason: String,
    },
}

//! The context object of Step Functions, as far as a step reads it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The context object of a state.
/// See <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Context {
    /// The execution.
    pub execution: ContextExecution,
    /// The state.
    pub state: ContextState,
    /// The state machine.
    pub state_machine: ContextStateMachine,
}

/// The execution of a context object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContextExecution {
    /// Its ARN.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it was started with, as it was written: the first round's input is refused in its place.
    #[serde(default)]
    pub input: Value,
    /// When it began, UTC.
    pub start_time: Timestamp,
    /// How often it was redriven.
    #[serde(default)]
    pub redrive_count: u32,
}

/// The state of a context object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContextState {
    /// Its name.
    pub name: String,
    /// When it was entered, UTC.
    pub entered_time: Timestamp,
    /// How often it was retried since it was entered.
    #[serde(default)]
    pub retry_count: u32,
}

/// The state machine of a context object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContextStateMachine {
    /// Its ARN.
    pub id: String,
}

//! The title of an execution.

use spotmanager_aws::execution_history::ExecutionHistory;

/// What it is and its name: Step Functions knows no decision that was made from a terminal.
pub(crate) fn title(history: &ExecutionHistory) -> String {
    let what = if history.arn.starts_with("arn:") {
        "execution"
    } else {
        "decision"
    };
    format!("{what} {}", name(history))
}

/// The name of an execution, the last part of its ARN.
pub(crate) fn name(history: &ExecutionHistory) -> &str {
    history.arn.rsplit(':').next().unwrap_or_default()
}

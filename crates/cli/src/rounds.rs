//! The rounds of an execution, each with one evaluation.

use serde_json::Value;
use spotmanager_aws::execution_history::{ExecutionHistory, Step};

/// The evaluations in their order, each with its round's number where there are several rounds.
pub(crate) fn evaluations(history: &ExecutionHistory) -> Vec<(Option<u64>, &Step)> {
    let steps = history.steps.iter();
    let steps: Vec<_> = steps.filter(|step| step.state == "Evaluate").collect();
    // An execution that continues another one is told its number.
    let given = history
        .input
        .pointer("/round/number")
        .and_then(Value::as_u64);
    let is_one_of_many = given.is_some() || steps.len() > 1;
    (given.unwrap_or(1)..)
        .zip(steps)
        .map(|(number, step)| (is_one_of_many.then_some(number), step))
        .collect()
}

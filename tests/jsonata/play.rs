//! What an execution is to go through, and whether the machine does.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{arguments, execution::Execution, node::Run};

/// What an execution is to go through: the states, what each of its tasks sends, and how the task is
/// answered.
#[derive(Default)]
pub(crate) struct Play {
    pub(crate) states: Vec<&'static str>,
    pub(crate) tasks: Vec<PlayedTask>,
    /// Which retriers take an error, each as `State/Retry/0`.
    pub(crate) retriers: BTreeSet<String>,
    /// The execution's output, if another execution reads it.
    pub(crate) output: Option<Value>,
    /// The error and its cause, if the execution fails.
    pub(crate) failure: Option<(String, String)>,
}

/// A task with its answer.
pub(crate) struct PlayedTask {
    pub(crate) state: &'static str,
    /// What it sends, as [`arguments::read`] reads it; null if it cannot be read.
    pub(crate) sends: Value,
    pub(crate) answer: Value,
    /// The state's output; null if nothing goes by it.
    pub(crate) output: Value,
}

impl Play {
    /// Compares a run of the machine with it.
    ///
    /// # Errors
    /// Everything in which it differs.
    pub(crate) fn check(&self, execution: &Execution, run: &Run) -> Result<(), String> {
        let mut problems = Vec::new();
        let mut expect = |what: &str, found: Value, expected: Value| {
            if found != expected {
                problems.push(format!("{what} is {found}; it should be {expected}"));
            }
        };
        expect("the refusal", json!(run.refused), Value::Null);
        expect("the path", json!(run.states), json!(self.states));
        if let Some(ends) = execution.ends {
            expect("the end", json!(self.states.last()), json!(ends));
        }
        let (error, cause) = self.failure.clone().unzip();
        expect("the error", json!(run.error), json!(error));
        expect("the cause", json!(run.cause), json!(cause));
        if self.output.is_some() {
            expect("the output", json!(run.output), json!(self.output));
        }
        let branches = run.branches.iter();
        let retried: Vec<_> = branches.filter(|taken| taken.contains("/Retry/")).collect();
        expect("what is retried", json!(retried), json!(self.retriers));
        for (task, played) in run.tasks.iter().zip(&self.tasks) {
            let at = &task.state;
            if !played.sends.is_null() {
                let sent = arguments::read(task).unwrap_or_else(Value::from);
                expect(&format!("what {at} sends"), sent, played.sends.clone());
            }
            if !played.output.is_null() {
                let output = task.output.clone();
                expect(
                    &format!("the output of {at}"),
                    output,
                    played.output.clone(),
                );
            }
        }
        if problems.is_empty() && run.failed.is_empty() {
            return Ok(());
        }
        Err(format!("{}\n{:#?}", problems.join("\n"), run.failed))
    }
}

//! A visit of a task: what it is called with, and how it is answered.

use serde::Serialize;
use serde_json::{Value, json};
use spotmanager_domain::{Caught, Context, ContextExecution, ContextState, ContextStateMachine};

use crate::{
    errors::{self, FAILED_ENTRY},
    execution::TaskError,
    play::PlayedTask,
    player::Player,
    samples::{EXECUTION, EXECUTION_ARN, MACHINE_ARN, STARTED_AT},
};

impl Player<'_> {
    /// A visit, which fails if the execution says so.
    pub(crate) fn call<T: Serialize>(
        &mut self,
        state: &'static str,
        sends: impl Serialize,
        output: impl FnOnce(&mut Self) -> T,
    ) -> Result<T, Caught> {
        self.play.states.push(state);
        let visit = *self
            .visits
            .entry(state)
            .and_modify(|visit| *visit += 1)
            .or_default();
        let mut task = PlayedTask {
            state,
            sends: json!(sends),
            answer: Value::Null,
            output: Value::Null,
        };
        let is_here = |error: &&TaskError| error.state == state && error.visit == visit;
        let result = match self.execution.errors.iter().find(is_here) {
            Some(TaskError { error, cause, .. }) => {
                task.answer = if *error == FAILED_ENTRY {
                    let entry = json!({"ErrorCode": "ThrottlingException", "ErrorMessage": "Rate"});
                    json!({"output": {"FailedEntryCount": 1, "Entries": [entry]}})
                } else {
                    json!({"error": error, "cause": cause})
                };
                let retrier = errors::retrier(state, error);
                let retrier = retrier.map(|number| format!("{state}/Retry/{number}"));
                self.play.retriers.extend(retrier);
                // A timeout has no cause.
                Err(Caught {
                    error: error.clone(),
                    cause: cause.clone().unwrap_or_default(),
                })
            }
            None => {
                let output = output(self);
                task.answer = json!({"output": output});
                if errors::is_function(state) {
                    task.output = json!(output);
                }
                Ok(output)
            }
        };
        task.answer["state"] = state.into();
        self.play.tasks.push(task);
        result
    }

    /// The context object in `state`.
    pub(crate) fn context(&self, state: &str) -> Context {
        Context {
            execution: ContextExecution {
                id: EXECUTION_ARN.into(),
                name: EXECUTION.into(),
                input: serde_json::from_value(self.execution.input.clone()).unwrap(),
                start_time: STARTED_AT.parse().unwrap(),
                redrive_count: self.execution.redrive_count.unwrap_or_default(),
            },
            state: ContextState {
                name: state.into(),
                entered_time: self.now,
                retry_count: 0,
            },
            state_machine: ContextStateMachine {
                id: MACHINE_ARN.into(),
            },
        }
    }
}

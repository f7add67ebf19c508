//! What is done, kept as Step Functions keeps an execution, and told as it comes.

use std::{fmt, io};

use backon::Retryable;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use spotmanager_aws::execution_history::{ExecutionHistory, Step, StepFailure};
use spotmanager_domain::{Execution, ExecutionInput, Group, NamedError};

use super::{Failed, patience::Patience};
use crate::{explain::Follower, print::print};

/// What was done so far.
#[derive(Debug)]
pub(super) struct Record {
    history: ExecutionHistory,
    follower: Option<Follower>,
    scaled: Vec<Group>,
}

impl Record {
    pub(super) fn begin(
        execution: &Execution,
        input: &ExecutionInput,
        is_told_live: bool,
    ) -> serde_json::Result<Self> {
        Ok(Self {
            history: ExecutionHistory {
                arn: execution.name.clone(),
                status: "RUNNING".to_owned(),
                error: None,
                cause: None,
                input: serde_json::to_value(input)?,
                started_at: execution.round_began_at,
                stopped_at: None,
                redriven: None,
                steps: Vec::new(),
            },
            follower: is_told_live.then(Follower::default),
            scaled: Vec::new(),
        })
    }

    /// Tries a state's task until it is done, or fails for good, as often as the state machine does.
    ///
    /// # Errors
    /// [`Failed`] where no further attempt is to be made.
    pub(super) async fn attempt<T, E>(
        &mut self,
        state: &str,
        task: impl AsyncFn() -> Result<T, E>,
    ) -> Result<T, Failed>
    where
        T: Serialize,
        E: NamedError + fmt::Display,
    {
        self.attempt_with(state, Patience::of(state), task).await
    }

    async fn attempt_with<T, E>(
        &mut self,
        state: &str,
        mut patience: Patience,
        task: impl AsyncFn() -> Result<T, E>,
    ) -> Result<T, Failed>
    where
        T: Serialize,
        E: NamedError + fmt::Display,
    {
        self.enter(state);
        let task = &task;
        let adjusted = patience.adjusted();
        let attempts = (|| task()).retry(patience.delays());
        let done = attempts
            .when(|error| patience.allows(error.name()))
            .adjust(adjusted)
            .notify(|error, _| self.note(error))
            .await;
        match done {
            Ok(output) => {
                self.leave(serde_json::to_value(&output).unwrap_or_default());
                Ok(output)
            }
            Err(error) => {
                self.note(&error);
                self.leave(Value::Null);
                Err(Failed {
                    name: error.name(),
                    message: error.to_string(),
                })
            }
        }
    }

    /// Remembers a group, as it is before it is scaled up.
    pub(super) fn note_scaled(&mut self, group: &Group) {
        if !self.scaled.contains(group) {
            self.scaled.push(group.clone());
        }
    }

    /// The groups that were to be scaled up, as they were before.
    pub(super) fn scaled(&self) -> &[Group] {
        &self.scaled
    }

    /// The last state, which does nothing.
    pub(super) fn reach(&mut self, state: &str) {
        self.enter(state);
        self.leave(Value::Null);
    }

    /// What stands in for the last state's output.
    pub(super) fn amend(&mut self, output: &impl Serialize) {
        if let Some(step) = self.history.steps.last_mut() {
            step.output = serde_json::to_value(output).unwrap_or_default();
        }
    }

    /// The whole history, as it ended.
    ///
    /// # Errors
    /// When it cannot be told.
    pub(super) fn end(mut self, ended: &Result<(), Failed>) -> io::Result<ExecutionHistory> {
        let failed = ended.as_ref().err();
        let status = if failed.is_some() {
            "FAILED"
        } else {
            "SUCCEEDED"
        };
        status.clone_into(&mut self.history.status);
        self.history.error = failed.map(|failed| failed.name.as_str().to_owned());
        self.history.cause = failed.map(|failed| failed.message.clone());
        self.history.stopped_at = Some(Timestamp::now());
        self.tell()?;
        Ok(self.history)
    }

    fn enter(&mut self, state: &str) {
        self.history.steps.push(Step {
            state: state.to_owned(),
            entered_at: Timestamp::now(),
            exited_at: None,
            failures: Vec::new(),
            output: Value::Null,
        });
    }

    fn leave(&mut self, output: Value) {
        if let Some(step) = self.history.steps.last_mut() {
            step.output = output;
            step.exited_at = Some(Timestamp::now());
        }
        // A closed stdout is reported at the end: a scale-up under way must finish.
        let _ = self.tell();
    }

    fn note(&mut self, error: &(impl NamedError + fmt::Display)) {
        if let Some(step) = self.history.steps.last_mut() {
            step.failures.push(StepFailure {
                at: Timestamp::now(),
                error: error.name().as_str().to_owned(),
                cause: error.to_string(),
            });
        }
        let _ = self.tell();
    }

    fn tell(&mut self) -> io::Result<()> {
        match &mut self.follower {
            Some(follower) => print(follower.news(&self.history)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use spotmanager_domain::ErrorName;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("slow down")]
    struct Refused(ErrorName);

    impl NamedError for Refused {
        fn name(&self) -> ErrorName {
            self.0
        }
    }

    fn record() -> Record {
        let execution = Execution {
            name: "farm-run".to_owned(),
            round_began_at: Timestamp::UNIX_EPOCH,
            state_machine_arn: None,
            round: 1,
            origin: None,
        };
        let input = serde_json::from_str(r#"{"stack_name": "farm"}"#).unwrap();
        Record::begin(&execution, &input, false).unwrap()
    }

    #[tokio::test]
    async fn what_may_pass_is_tried_again_and_each_failure_is_kept() {
        let mut record = record();
        let tries = std::cell::Cell::new(0);
        let task = async || {
            tries.set(tries.get() + 1);
            if tries.get() < 3 {
                Err(Refused(ErrorName::Throttled))
            } else {
                Ok(tries.get())
            }
        };
        assert_eq!(
            record
                .attempt_with("Discover", Patience::of("Discover").at_once(), task)
                .await,
            Ok(3)
        );
        let step = &record.history.steps[0];
        assert_eq!((step.failures.len(), &step.output), (2, &Value::from(3)));
        let history = record.end(&Ok(())).unwrap();
        assert_eq!(history.status, "SUCCEEDED");
    }

    #[tokio::test]
    async fn what_will_not_pass_fails_at_once_under_its_name() {
        let mut record = record();
        let task = async || Err::<(), _>(Refused(ErrorName::InvalidInput));
        let failed = record.attempt("Discover", task).await.unwrap_err();
        assert_eq!(failed.name, ErrorName::InvalidInput);
        let history = record.end(&Err(failed)).unwrap();
        assert_eq!(history.steps[0].failures.len(), 1);
        assert_eq!(history.error.as_deref(), Some("SpotManager.InvalidInput"));
    }
}

//! What an execution went through, from its history.

use aws_sdk_sfn::{Client, types::HistoryEvent};
use aws_smithy_types::DateTime;
use jiff::Timestamp;
use serde_json::Value;

use crate::{AwsError, time::timestamp};

/// A visit to a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The state's name.
    pub state: String,
    /// When it was entered, UTC.
    pub entered_at: Timestamp,
    /// When it was left, UTC.
    pub exited_at: Option<Timestamp>,
    /// Attempts that failed and were retried or caught, in their order.
    pub failures: Vec<StepFailure>,
    /// What it gave out; null where it was the last or failed.
    pub output: Value,
}

/// An attempt at a state's task that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepFailure {
    /// When it failed, UTC.
    pub at: Timestamp,
    /// The error's name, such as `SpotManager.Throttled`.
    pub error: String,
    /// Its cause; a function's is JSON.
    pub cause: String,
}

/// The redrives of an execution.
/// See <https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redriven {
    /// How often, at least once.
    pub count: i32,
    /// The last time, UTC.
    pub at: Timestamp,
}

/// An execution with its history so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionHistory {
    /// Its ARN.
    pub arn: String,
    /// How it stands, such as `RUNNING` or `SUCCEEDED`.
    pub status: String,
    /// The error's name, where it failed.
    pub error: Option<String>,
    /// Why it failed.
    pub cause: Option<String>,
    /// What it was started with.
    pub input: Value,
    /// When it began, UTC.
    pub started_at: Timestamp,
    /// When it ended, UTC.
    pub stopped_at: Option<Timestamp>,
    /// If and when it was redriven.
    pub redriven: Option<Redriven>,
    /// The visits to states, in their order.
    pub steps: Vec<Step>,
}

impl ExecutionHistory {
    /// What the last visit to a state gave out. A visit that is under way or failed gave nothing.
    #[must_use]
    pub fn output_of(&self, state: &str) -> Option<&Value> {
        let visits = self.steps.iter().rev().filter(|step| step.state == state);
        visits
            .map(|step| &step.output)
            .find(|output| !output.is_null())
    }

    /// The names of the states in their order.
    #[must_use]
    pub fn states(&self) -> Vec<&str> {
        self.steps.iter().map(|step| step.state.as_str()).collect()
    }
}

/// Reads an execution and its history.
/// See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html>.
///
/// # Errors
/// [`AwsError`] when a call fails, also when there is no such execution.
pub async fn read_history(
    client: &Client,
    execution_arn: &str,
) -> Result<ExecutionHistory, AwsError> {
    let described = client
        .describe_execution()
        .execution_arn(execution_arn)
        .send()
        .await
        .map_err(|error| AwsError::new("states:DescribeExecution", error))?;
    let mut events = client
        .get_execution_history()
        .execution_arn(execution_arn)
        .into_paginator()
        .items()
        .send();
    let mut steps = Vec::new();
    while let Some(event) = events.next().await {
        let event = event.map_err(|error| AwsError::new("states:GetExecutionHistory", error))?;
        note(&mut steps, &event);
    }
    Ok(ExecutionHistory {
        arn: execution_arn.to_owned(),
        status: described.status().as_str().to_owned(),
        error: described.error().map(str::to_owned),
        cause: described.cause().map(str::to_owned),
        input: json(described.input()),
        started_at: at(described.start_date()),
        stopped_at: described.stop_date().and_then(timestamp),
        redriven: redriven(described.redrive_count(), described.redrive_date()),
        steps,
    })
}

fn redriven(count: Option<i32>, at: Option<&DateTime>) -> Option<Redriven> {
    let count = count.filter(|count| *count > 0)?;
    let at = at.and_then(timestamp)?;
    Some(Redriven { count, at })
}

fn note(steps: &mut Vec<Step>, event: &HistoryEvent) {
    if let Some(entered) = event.state_entered_event_details() {
        steps.push(Step {
            state: entered.name().to_owned(),
            entered_at: at(event.timestamp()),
            exited_at: None,
            failures: Vec::new(),
            output: Value::Null,
        });
        return;
    }
    // The machine runs one state at a time, so what is not an entry belongs to the last one.
    let Some(step) = steps.last_mut() else {
        return;
    };
    let failed = event
        .task_failed_event_details()
        .map(|failed| (failed.error(), failed.cause()))
        .or_else(|| {
            let timed_out = event.task_timed_out_event_details()?;
            Some((timed_out.error(), timed_out.cause()))
        });
    if let Some((error, cause)) = failed {
        step.failures.push(StepFailure {
            at: at(event.timestamp()),
            error: error.unwrap_or_default().to_owned(),
            cause: cause.unwrap_or_default().to_owned(),
        });
    } else if let Some(exited) = event.state_exited_event_details() {
        step.exited_at = timestamp(event.timestamp());
        step.output = json(exited.output());
    }
}

fn json(text: Option<&str>) -> Value {
    text.and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or(Value::Null)
}

fn at(time: &DateTime) -> Timestamp {
    timestamp(time).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_sfn::types::{
        HistoryEventType, StateEnteredEventDetails, StateExitedEventDetails, TaskFailedEventDetails,
    };

    fn event(kind: HistoryEventType) -> aws_sdk_sfn::types::builders::HistoryEventBuilder {
        HistoryEvent::builder()
            .timestamp(DateTime::from_secs(7))
            .r#type(kind)
            .id(1)
    }

    #[test]
    fn a_failed_attempt_and_the_output_belong_to_the_visit() {
        let entered = StateEnteredEventDetails::builder().name("Evaluate");
        let failed = TaskFailedEventDetails::builder()
            .resource_type("lambda")
            .resource("invoke")
            .error("SpotManager.Throttled");
        let exited = StateExitedEventDetails::builder()
            .name("Evaluate")
            .output(r#"{"a":1}"#);
        let mut steps = Vec::new();
        for event in [
            event(HistoryEventType::TaskStateEntered)
                .state_entered_event_details(entered.build().unwrap()),
            event(HistoryEventType::TaskFailed).task_failed_event_details(failed.build().unwrap()),
            event(HistoryEventType::TaskStateExited)
                .state_exited_event_details(exited.build().unwrap()),
        ] {
            note(&mut steps, &event.build().unwrap());
        }
        assert_eq!(steps.len(), 1);
        assert_eq!(steps[0].failures[0].error, "SpotManager.Throttled");
        assert_eq!(steps[0].output["a"], 1);
        assert_eq!(steps[0].entered_at, Timestamp::from_second(7).unwrap());
    }

    #[test]
    fn a_visit_under_way_does_not_hide_what_the_one_before_gave_out() {
        let step = |state: &str, output: Value| Step {
            state: state.into(),
            entered_at: Timestamp::UNIX_EPOCH,
            exited_at: None,
            failures: Vec::new(),
            output,
        };
        let history = ExecutionHistory {
            arn: String::new(),
            status: "RUNNING".into(),
            error: None,
            cause: None,
            input: Value::Null,
            started_at: Timestamp::UNIX_EPOCH,
            stopped_at: None,
            redriven: None,
            steps: vec![
                step("Discover", 1.into()),
                step("ScaleUp", 2.into()),
                step("Discover", Value::Null),
            ],
        };
        assert_eq!(history.output_of("Discover"), Some(&1.into()));
        assert_eq!(history.output_of("Evaluate"), None);
    }
}

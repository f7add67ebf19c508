//! An execution as JSON, as `schemas/explain.json` says.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use spotmanager_aws::execution_history::{ExecutionHistory, Step, StepFailure};
use spotmanager_domain::verdict::{Limit, Verdict};

use crate::{
    occasion,
    outcome::{self, Outcome},
    steps, title,
};

/// The whole story.
#[derive(Debug, Serialize)]
pub(crate) struct Document<'a> {
    version: &'static str,
    /// Absent where Step Functions knows nothing of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    execution_arn: Option<&'a str>,
    name: &'a str,
    status: &'a str,
    /// UTC.
    started_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    occasion: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure<'a>>,
    input: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    redriven: Option<Redriven>,
    decisions: Vec<Decision>,
    /// Who serves at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    steps: Vec<Visit<'a>>,
}

/// An error's name with its cause.
#[derive(Debug, Serialize)]
struct Failure<'a> {
    error: &'a str,
    cause: String,
}

/// What an evaluation came to.
#[derive(Debug, Serialize)]
struct Decision {
    round: u64,
    #[serde(flatten)]
    decided: Decided,
    outcome: Outcome,
}

/// The redrives.
#[derive(Debug, Serialize)]
struct Redriven {
    count: i32,
    /// The last time, UTC.
    at: Timestamp,
}

/// What of an evaluation's output is repeated; the prices stand in the step's own.
#[derive(Debug, Deserialize, Serialize)]
struct Decided {
    verdict: Verdict,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit: Option<Limit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    saving_usd_per_hour: Option<Decimal>,
}

/// A visit to a state.
#[derive(Debug, Serialize)]
struct Visit<'a> {
    state: &'a str,
    /// UTC.
    entered_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    exited_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    what_happened: Option<String>,
    failures: Vec<Attempt<'a>>,
    output: &'a Value,
}

/// An attempt at a state's task that failed.
#[derive(Debug, Serialize)]
struct Attempt<'a> {
    /// UTC.
    at: Timestamp,
    #[serde(flatten)]
    failure: Failure<'a>,
}

impl<'a> Document<'a> {
    /// The story of `history`.
    pub(crate) fn of(history: &'a ExecutionHistory) -> Self {
        Self {
            version: "2",
            execution_arn: history.arn.starts_with("arn:").then_some(&history.arn),
            name: title::name(history),
            status: &history.status,
            started_at: history.started_at,
            stopped_at: history.stopped_at,
            occasion: occasion::of(history),
            failure: history
                .error
                .as_deref()
                .map(|error| failure(error, history.cause.as_deref().unwrap_or_default())),
            input: &history.input,
            redriven: history.redriven.as_ref().map(|redriven| Redriven {
                count: redriven.count,
                at: redriven.at,
            }),
            decisions: outcome::rounds(history)
                .iter()
                .filter_map(|round| {
                    Some(Decision {
                        round: round.number,
                        decided: Decided::deserialize(round.evaluated()?).ok()?,
                        outcome: round.outcome(),
                    })
                })
                .collect(),
            outcome: Outcome::of(history),
            steps: history.steps.iter().map(visit).collect(),
        }
    }
}

fn visit(step: &Step) -> Visit<'_> {
    Visit {
        state: &step.state,
        entered_at: step.entered_at,
        exited_at: step.exited_at,
        // A state that only ends the execution has nothing to say.
        what_happened: steps::happened(step).filter(|happened| !happened.is_empty()),
        failures: step.failures.iter().map(attempt).collect(),
        output: &step.output,
    }
}

fn attempt(failed: &StepFailure) -> Attempt<'_> {
    Attempt {
        at: failed.at,
        failure: failure(&failed.error, &failed.cause),
    }
}

fn failure<'a>(error: &'a str, cause: &str) -> Failure<'a> {
    Failure {
        error,
        cause: steps::message(cause),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{evaluated, history, step};

    #[test]
    fn the_whole_story_is_there() {
        let mut evaluate = step("Evaluate", 1, evaluated());
        evaluate.failures = vec![StepFailure {
            at: evaluate.entered_at,
            error: "SpotManager.Throttled".into(),
            cause: r#"{"errorMessage":"slow down","errorType":"SpotManager.Throttled"}"#.into(),
        }];
        let mut history = history(vec![evaluate, step("CapacityArrived", 9, Value::Null)]);
        history.error = Some("SpotManager.NoCapacity".into());
        history.cause = Some("A launch failed everywhere.".into());
        let document = serde_json::to_value(Document::of(&history)).unwrap();
        for (pointer, expected) in [
            ("/version", json!("2")),
            ("/occasion", json!("hand")),
            ("/outcome/result", json!("capacity_arrived")),
            ("/decisions/0/outcome/served_by", json!("nobody")),
            ("/name", json!("jobs-1")),
            ("/started_at", json!("1970-01-01T00:00:00Z")),
            ("/input/stack_name", json!("render-farm")),
            ("/failure/error", json!("SpotManager.NoCapacity")),
            ("/decisions/0/round", json!(1)),
            ("/decisions/0/verdict/reason", json!("SPOT_WITHIN_LIMIT")),
            ("/decisions/0/limit/limit_usd", json!("0.425")),
            ("/steps/0/what_happened", json!("SPOT_WITHIN_LIMIT")),
            ("/steps/0/failures/0/cause", json!("slow down")),
            ("/steps/0/output/pools/0/average_usd", json!("0.2")),
            ("/steps/1/state", json!("CapacityArrived")),
        ] {
            assert_eq!(document.pointer(pointer), Some(&expected), "{pointer}");
        }
        assert_eq!(document.pointer("/steps/1/what_happened"), None);
        let schema = include_str!("../../../../schemas/explain.json");
        let schema = serde_json::from_str(schema).unwrap();
        jsonschema::validate(&schema, &document).unwrap();
    }
}

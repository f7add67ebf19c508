//! One round, along the steps of the flow: each function's own code says what comes next.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use spotmanager_aws::SdkConfig;
use spotmanager_discover::Discover;
use spotmanager_domain::{
    Caught, DiscoverInput, Discovery, ErrorName, EvaluateInput, Execution, ExecutionInput,
    ScaleInput, VerifyInput,
    flow::{Event, Flow, RoundResult, Step},
};
use spotmanager_evaluate::Evaluate;
use spotmanager_scale::Scale;
use spotmanager_verify::Verify;
use tokio::time::sleep;

use super::{Failed, Record};
use crate::deployed::{Parameters, value_of};

/// The functions' steps, and whom they are taken for.
#[derive(Debug)]
pub(super) struct Course {
    discover: Discover,
    evaluate: Evaluate,
    scale: Scale,
    verify: Verify,
    execution: Execution,
    input: ExecutionInput,
}

/// What the state machine keeps in its variables.
#[derive(Debug)]
struct Variables {
    discovery: Discovery,
    /// What failed last.
    failure: Caught,
}

impl Course {
    pub(super) fn new(config: &SdkConfig, execution: Execution, input: ExecutionInput) -> Self {
        Self {
            discover: Discover::new(config),
            evaluate: Evaluate::new(config),
            scale: Scale::new(config),
            verify: Verify::new(config),
            execution,
            input,
        }
    }

    /// From the first step to the last one.
    ///
    /// # Errors
    /// [`Failed`] where the groups cannot be read, or neither brought capacity.
    pub(super) async fn run(
        &self,
        parameters: &Parameters,
        record: &mut Record,
    ) -> Result<(), Failed> {
        let discovery = Box::pin(self.discover(parameters, record)).await?;
        let mut next = self.flow(&discovery).discovered();
        let mut variables = Variables {
            discovery,
            failure: Caught::default(),
        };
        let mut result = None;
        loop {
            let step = match next {
                // The person who runs it reads it here, and nobody else is notified.
                Step::Report { then, events, .. } => {
                    result = events.iter().find_map(result_of).or(result);
                    next = without_further_round(*then, result);
                    continue;
                }
                Step::Notify { then, .. } => {
                    next = *then;
                    continue;
                }
                Step::Failed => return Err(variables.failure.into()),
                step => step,
            };
            let done = match &step {
                Step::Evaluate { .. } => {
                    Box::pin(self.evaluate(&variables.discovery, record)).await
                }
                Step::WaitForCapacity { seconds, .. } => {
                    sleep(Duration::from_secs((*seconds).into())).await;
                    Box::pin(self.verify(&step, &mut variables, record)).await
                }
                _ if step.action().is_some() => {
                    Box::pin(self.scale(&step, &variables, record)).await
                }
                last => {
                    record.reach(last.state());
                    return Ok(());
                }
            };
            next = done.unwrap_or_else(|failed| {
                let next = after(step, failed.name);
                variables.failure = failed.into();
                next
            });
        }
    }

    fn flow<'a>(&'a self, discovery: &'a Discovery) -> Flow<'a> {
        Flow {
            execution: &self.execution,
            discovery,
        }
    }

    async fn discover(
        &self,
        parameters: &Parameters,
        record: &mut Record,
    ) -> Result<Discovery, Failed> {
        let variable = |name: &str| value_of(parameters, name);
        record
            .attempt("Discover", async || {
                let input = DiscoverInput {
                    context: None,
                    execution: Some(self.execution.clone()),
                    input: self.input.clone(),
                };
                Box::pin(self.discover.run(input, variable, Timestamp::now())).await
            })
            .await
    }

    async fn evaluate(&self, discovery: &Discovery, record: &mut Record) -> Result<Step, Failed> {
        let evaluated = record
            .attempt("Evaluate", async || {
                let input = EvaluateInput {
                    execution: None,
                    discovery: discovery.clone(),
                    window_end: None,
                };
                Box::pin(self.evaluate.run(input, Timestamp::now())).await
            })
            .await;
        if evaluated.is_err() {
            record.amend(&json!({ "verdict": discovery.if_evaluation_fails }));
        }
        Ok(evaluated?.step)
    }

    async fn scale(
        &self,
        step: &Step,
        variables: &Variables,
        record: &mut Record,
    ) -> Result<Step, Failed> {
        if let Step::ScaleUp { action, .. } = step {
            let flow = self.flow(&variables.discovery);
            for market in action.markets() {
                record.note_scaled(flow.group(market));
            }
        }
        let scaled = record
            .attempt(step.state(), async || {
                let input = ScaleInput {
                    discovery: variables.discovery.clone(),
                    step: step.clone(),
                    failure: variables.failure.clone(),
                    context: None,
                };
                Box::pin(self.scale.run(input, Timestamp::now())).await
            })
            .await?;
        Ok(scaled.step.unwrap_or(Step::Failed))
    }

    async fn verify(
        &self,
        step: &Step,
        variables: &mut Variables,
        record: &mut Record,
    ) -> Result<Step, Failed> {
        let seen = record
            .attempt("VerifyCapacity", async || {
                let input = VerifyInput {
                    discovery: variables.discovery.clone(),
                    step: step.clone(),
                    failure: variables.failure.clone(),
                };
                Box::pin(self.verify.run(input, Timestamp::now())).await
            })
            .await?;
        variables.failure = seen.failure;
        Ok(seen.step.unwrap_or(Step::Failed))
    }
}

/// How the round ended, if that is the event.
fn result_of(event: &Event) -> Option<RoundResult> {
    match event {
        Event::Outcome(outcome) => Some(outcome.result),
        _ => None,
    }
}

/// The last state as if no queue were named: no further round begins here.
fn without_further_round(then: Step, result: Option<RoundResult>) -> Step {
    match then {
        Step::Discover { .. } | Step::ContinueAsNew { .. } | Step::RoundsEnded
            if result == Some(RoundResult::NoLongerNeeded) =>
        {
            Step::NoLongerNeeded
        }
        Step::Discover { .. } | Step::ContinueAsNew { .. } | Step::RoundsEnded => {
            Step::CapacityArrived
        }
        other => other,
    }
}

/// What comes next if a step fails for good.
fn after(step: Step, error: ErrorName) -> Step {
    match step {
        Step::ScaleUp { if_unclear, .. } | Step::ScaleDownOnDemand { if_unclear, .. }
            if error == ErrorName::OutcomeUnknown =>
        {
            *if_unclear
        }
        step => step.if_fails().cloned().unwrap_or(Step::Failed),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn no_further_round_begins() {
        let input = json!({"stack_name": "farm"});
        let discover = json!({"next": "Discover", "input": input});
        let further = json!({
            "next": "ContinueAsNew", "name": "farm-r2", "input": input,
            "if_fails": {"next": "Failed"},
        });
        let ended = json!({"next": "RoundsEnded"});
        let last = |then: &Value, result| {
            let then = serde_json::from_value(then.clone()).unwrap();
            without_further_round(then, Some(result)).state()
        };
        for then in [discover, further, ended] {
            let arrived = last(&then, RoundResult::CapacityArrived);
            assert_eq!(arrived, "CapacityArrived", "{then}");
            let withdrawn = last(&then, RoundResult::NoLongerNeeded);
            assert_eq!(withdrawn, "NoLongerNeeded", "{then}");
        }
        let nothing = json!({"next": "NothingToDo"});
        assert_eq!(last(&nothing, RoundResult::NothingToDo), "NothingToDo");
    }

    #[test]
    fn a_step_that_fails_says_itself_what_comes_next() {
        let progress = json!({
            "choice": "spot", "looks": 0,
            "decision": {"spot_group": "s", "reason": "SPOT_WITHIN_LIMIT", "sentence": ""},
        });
        let end = |name: &str| json!({ "next": name });
        for (next, error, expected) in [
            ("ScaleUp", ErrorName::OutcomeUnknown, "NoLongerNeeded"),
            ("ScaleUp", ErrorName::Transient, "NothingToDo"),
            ("StandDownSpot", ErrorName::OutcomeUnknown, "NothingToDo"),
            ("WaitForCapacity", ErrorName::AccessDenied, "NothingToDo"),
            ("Evaluate", ErrorName::Throttled, "NothingToDo"),
        ] {
            let step = json!({
                "next": next, "progress": progress, "seconds": 15, "failed_in": "ScaleUp",
                "action": {"action": "stand_down", "baseline_capacity": 0, "from": 1},
                "if_fails": end("NothingToDo"), "if_unclear": end("NoLongerNeeded"),
            });
            let step = serde_json::from_value(step).unwrap();
            assert_eq!(after(step, error).state(), expected, "{next}, {error}");
        }
    }
}

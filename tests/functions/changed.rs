//! Events of `tests/events` with what a test learns only as it runs.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use spotmanager_artifacts::events::Events;
use spotmanager_fake_aws::runtime_api::invoke;
use spotmanager_testbed::{Stage, expect_output};

const INVOCATION: Duration = Duration::from_secs(60);

/// What a function answers to a case that is changed.
pub(crate) async fn output(
    stage: &Stage,
    function: &str,
    case: &str,
    change: impl FnOnce(&mut Value),
) -> Result<Value> {
    output_with(stage, function, case, &[], change).await
}

/// The same with variables of the function's own environment.
pub(crate) async fn output_with(
    stage: &Stage,
    function: &str,
    case: &str,
    variables: &[(&str, &str)],
    change: impl FnOnce(&mut Value),
) -> Result<Value> {
    let mut event = Events::of(function)?.event(case)?.into_value();
    change(&mut event);
    let mut environment = stage.local.environment();
    let variables = variables.iter().copied();
    environment.extend(variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let binary = stage.checkout.function(function);
    let invocation = invoke(&binary, &environment, &event.to_string(), INVOCATION).await?;
    expect_output(invocation.outcome)
}

/// Adds the context object of a state that was retried so many times.
pub(crate) fn retried(event: &mut Value, times: u32) {
    let arn = |kind| format!("arn:aws:states:us-east-1:000000000000:{kind}:spotmanager");
    let time = "2026-01-01T00:00:00Z";
    event["context"] = json!({
        "Execution": {
            "Id": format!("{}:by-hand", arn("execution")),
            "Name": "by-hand",
            "Input": {"stack_name": event["discovery"]["stack_name"]},
            "StartTime": time,
            "RedriveCount": 0,
        },
        "State": {"Name": event["step"]["next"], "EnteredTime": time, "RetryCount": times},
        "StateMachine": {"Id": arn("stateMachine")},
    });
}

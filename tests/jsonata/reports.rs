//! What the machine sends to EventBridge about a failure, and to the operations topic, said once more.

use serde_json::{Value, json};
use spotmanager_domain::flow::{Event, Failure, Outcome, RoundResult, Step};

use crate::{
    arguments::MOST_CHARACTERS,
    samples::{EXECUTION_ARN, MACHINE_ARN},
};

/// The entries for these events, after this failure.
pub(crate) fn entries(events: &[Event], stack_name: Option<&Value>, failure: &Failure) -> Value {
    let entry = |event: &Event| {
        let mut entry = json!(event);
        entry["Source"] = "spotmanager".into();
        let detail = &mut entry["Detail"];
        detail["version"] = "1".into();
        detail["state_machine_arn"] = MACHINE_ARN.into();
        detail["execution_arn"] = EXECUTION_ARN.into();
        if let Some(stack_name) = stack_name {
            detail["stack_name"] = stack_name.clone();
        }
        detail["failure"] = json!(failure);
        entry
    };
    events.iter().map(entry).collect()
}

/// The subject of the mail on a failure.
pub(crate) fn subject(begins: &str, failure: &Failure) -> String {
    let error = failure.error.trim_start_matches("SpotManager.");
    let subject = format!("{begins}: {error} in {}", failure.state);
    subject.chars().take(MOST_CHARACTERS).collect()
}

/// The text of the mail. Of a function's error it quotes the message.
pub(crate) fn message(consequence: &str, page: &str, failure: &Failure) -> String {
    let Failure {
        error,
        cause,
        state,
    } = failure;
    let function: Option<Value> = serde_json::from_str(cause).ok();
    let why = match &function {
        Some(function) => function["errorMessage"].as_str().unwrap(),
        None => cause,
    };
    let entry = error.to_lowercase().replace('.', "");
    format!(
        "What: {error} in {state}. {consequence}\nWhy: {why}\nWhat to do: docs/runbook.md#{entry}{page}"
    )
}

/// What comes after a discovery that failed, which the machine itself has to know.
pub(crate) fn nothing_decided() -> Step {
    let outcome = Outcome {
        purpose: None,
        round: None,
        dry_run: None,
        result: RoundResult::Failed,
        served_by: None,
        group: None,
        reason: None,
        sentence: "Nothing was decided.".into(),
        saving_usd_per_hour: None,
        failure: None,
        queue_problem: None,
    };
    Step::Notify {
        failed_in: "Discover".into(),
        subject: "SpotManager failed".into(),
        consequence: "Nothing was decided; jobs may be waiting.".into(),
        page: format!("\nIn a terminal: spotmanager explain {EXECUTION_ARN}"),
        then: Box::new(Step::Report {
            events: vec![Event::Failure {}, Event::Outcome(Box::new(outcome))],
            failed_in: Some("Discover".into()),
            then: Box::new(Step::Failed),
        }),
    }
}

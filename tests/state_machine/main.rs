//! Holds the state machine's definition against the domain's types.

#![expect(
    clippy::unwrap_used,
    reason = "a definition that cannot be read fails the test"
)]

mod variables;

use std::collections::BTreeSet;

use serde_json::Value;
use spotmanager_domain::{
    ErrorName,
    settings::{MOST_CAPACITY_TIMEOUT_SECONDS, MOST_CHECKS},
};

fn definition() -> Value {
    serde_json::from_str(include_str!("../../statemachine/spotmanager.asl.json")).unwrap()
}

fn tasks(definition: &Value) -> Vec<(&String, &Value)> {
    let states = definition["States"].as_object().unwrap();
    let tasks: Vec<_> = states
        .iter()
        .filter(|(_, state)| state["Type"] == "Task")
        .collect();
    assert!(!tasks.is_empty());
    tasks
}

fn strings<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| strings(field, found)),
        _ => {}
    }
}

#[test]
fn every_task_has_a_timeout_a_retry_with_full_jitter_and_a_catch() {
    for (name, task) in tasks(&definition()) {
        assert!(task["TimeoutSeconds"].is_u64(), "{name}");
        assert!(!task["Catch"].as_array().unwrap().is_empty(), "{name}");
        let retries = task["Retry"].as_array().unwrap();
        assert!(!retries.is_empty(), "{name}");
        for retry in retries {
            assert_eq!(retry["JitterStrategy"], "FULL", "{name}");
            assert!(retry["MaxDelaySeconds"].is_u64(), "{name}");
        }
    }
}

/// For how long an execution begins further rounds itself, seconds.
const CONTINUE_AS_NEW_AFTER: f64 = 10_800.0;

/// Every wait that a retry may add, seconds.
fn longest_retries(task: &Value) -> f64 {
    let mut sum = 0.0;
    for retry in task["Retry"].as_array().unwrap() {
        let number = |field: &str| retry[field].as_f64().unwrap();
        let mut delay = number("IntervalSeconds");
        for _ in 0..retry["MaxAttempts"].as_u64().unwrap() {
            sum += delay + task["TimeoutSeconds"].as_f64().unwrap();
            delay = (delay * number("BackoffRate")).min(number("MaxDelaySeconds"));
        }
    }
    sum
}

#[test]
fn the_longest_execution_ends_before_the_machine_s_timeout() {
    let definition = definition();
    // Each task once, and once more where both markets go through it.
    let tasks: f64 = tasks(&definition)
        .into_iter()
        .map(|(name, task)| {
            let both = ["ScaleUp", "ScaleUpAgain", "VerifyCapacity"];
            let times = if both.contains(&name.as_str()) {
                2.0
            } else {
                1.0
            };
            times * (longest_retries(task) + task["TimeoutSeconds"].as_f64().unwrap())
        })
        .sum();
    let waits = 2.0 * f64::from(MOST_CAPACITY_TIMEOUT_SECONDS);
    let rounds = CONTINUE_AS_NEW_AFTER;
    let choices = definition["States"]["LookForMore"]["Choices"].as_array();
    let hands_over = choices
        .unwrap()
        .iter()
        .find(|choice| choice["Next"] == "ContinueAsNew");
    let condition = hands_over.unwrap()["Condition"].as_str();
    for most in [
        format!("> {}", rounds * 1000.0),
        format!("> {MOST_CHECKS} or "),
    ] {
        assert!(condition.unwrap().contains(&most), "{condition:?}");
    }
    let machine = definition["TimeoutSeconds"].as_f64().unwrap();
    assert!(
        rounds + tasks + waits <= machine,
        "{rounds} + {tasks} + {waits} > {machine}"
    );
}

#[test]
fn every_error_name_in_the_machine_is_one_that_the_code_knows() {
    let definition = definition();
    let mut texts = Vec::new();
    strings(&definition, &mut texts);
    let named: BTreeSet<_> = texts
        .into_iter()
        .filter(|text| text.starts_with("SpotManager.") && !text.contains(' '))
        .collect();
    assert!(named.contains("SpotManager.Throttled"));
    for name in named {
        assert!(
            ErrorName::ALL.iter().any(|known| known.as_str() == name),
            "{name}"
        );
    }
}

#[test]
fn throttling_is_retried_wherever_a_function_is_called() {
    for (name, task) in tasks(&definition()) {
        if task["Resource"] != "arn:${Partition}:states:::lambda:invoke" {
            continue;
        }
        let mut texts = Vec::new();
        strings(&task["Retry"], &mut texts);
        for catch in task["Catch"].as_array().unwrap() {
            // Which tries again, and looks first.
            if catch["Next"] == "ScaleUpAgain" {
                strings(catch, &mut texts);
            }
        }
        for error in [
            ErrorName::Throttled.as_str(),
            ErrorName::Transient.as_str(),
            "Lambda.ClientExecutionTimeoutException",
        ] {
            assert!(texts.contains(&error), "{name}: {error}");
        }
    }
}

fn errors_of(handlers: &[Value]) -> BTreeSet<&str> {
    let mut names = Vec::new();
    for handler in handlers {
        strings(&handler["ErrorEquals"], &mut names);
    }
    names.into_iter().collect()
}

#[test]
fn a_scale_up_that_may_have_taken_effect_is_tried_again_only_after_a_look() {
    let definition = definition();
    let (first, again) = (
        &definition["States"]["ScaleUp"],
        &definition["States"]["ScaleUpAgain"],
    );
    let doubtful = &first["Catch"][0];
    assert_eq!(doubtful["Next"], "ScaleUpAgain");
    let doubtful = errors_of(std::slice::from_ref(doubtful));
    let refused = errors_of(first["Retry"].as_array().unwrap());
    let everything = errors_of(again["Retry"].as_array().unwrap());
    assert!(refused.contains(ErrorName::Throttled.as_str()));
    assert!(doubtful.contains(ErrorName::Transient.as_str()));
    assert!(refused.is_disjoint(&doubtful));
    assert_eq!(&refused | &doubtful, everything);
    assert!(first["Arguments"]["Payload"]["first_attempt"].is_string());
    assert!(again["Arguments"]["Payload"]["first_attempt"].is_null());
}

//! The longest execution.

use serde_json::Value;
use spotmanager_domain::{
    SETTINGS,
    flow::{MOST_SECONDS, MOST_UNCLEAR_SECONDS},
    settings::{MOST_CAPACITY_TIMEOUT_SECONDS, Range, Values},
};

use crate::{definition, list, tasks};

/// The longest that a visit of a task may take, with every retry, seconds.
fn longest(task: &Value) -> f64 {
    let timeout = task["TimeoutSeconds"].as_f64().unwrap();
    let mut sum = timeout;
    for retry in list(&task["Retry"]) {
        let number = |field: &str| retry[field].as_f64().unwrap();
        let mut delay = number("IntervalSeconds");
        for _ in 0..retry["MaxAttempts"].as_u64().unwrap() {
            sum += delay + timeout;
            delay = (delay * number("BackoffRate")).min(number("MaxDelaySeconds"));
        }
    }
    sum
}

/// How often a round may come to a task that fails as often as its retriers allow.
fn visits(name: &str) -> u32 {
    match name {
        // The last attempt at spot, at on-demand in addition and at on-demand instead, each with its
        // check: those before fit into the time in which a scale-up is tried again whose outcome is
        // not known.
        "ScaleUp" | "VerifyCapacity" => 3,
        // The decision, the fallback and the outcome.
        "Report" => 3,
        // That the spot group could not be stood down, and the failure.
        "Notify" => 2,
        _ => 1,
    }
}

/// The longest between two checks, seconds.
fn longest_interval() -> f64 {
    match SETTINGS.verify_interval_seconds.values {
        Values::Number(_, Range { most, .. }) => most.unwrap().try_into().unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_longest_execution_ends_before_the_machine_s_timeout() {
    let tasks = tasks();
    let tasks = tasks.iter();
    let tasks: f64 = tasks
        .map(|(name, task)| f64::from(visits(name)) * longest(task))
        .sum();
    let rounds = f64::from(MOST_SECONDS);
    let waits = 2.0 * f64::from(MOST_CAPACITY_TIMEOUT_SECONDS);
    let attempts = f64::from(MOST_UNCLEAR_SECONDS);
    // Before the check of a last attempt, and what the last check of a group is late.
    let intervals = 4.0 * longest_interval();
    let machine = definition()["TimeoutSeconds"].as_f64().unwrap();
    assert!(
        rounds + attempts + tasks + waits + intervals <= machine,
        "{rounds} + {attempts} + {tasks} + {waits} + {intervals} > {machine}"
    );
}

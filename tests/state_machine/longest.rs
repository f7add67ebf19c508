//! The longest execution.

use serde_json::Value;
use spotmanager_domain::{
    SETTINGS,
    flow::{MOST_CHECKS_LEFT_TO_OTHERS, MOST_SECONDS, MOST_UNCLEAR_SECONDS},
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

/// What an execution is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    Alarm,
    Loss,
    Return,
}

/// How often a round may come to a task that fails as often as its retriers allow.
fn visits(name: &str, of: For) -> u32 {
    match (name, of) {
        // Only an alarm's has further rounds.
        ("ContinueAsNew", For::Loss | For::Return)
        | ("DetachInstance", For::Alarm | For::Return)
        | ("ScaleDownOnDemand", For::Alarm | For::Loss) => 0,
        ("ScaleUp", For::Return) => 1,
        // The last attempt at spot, at on-demand in addition and at on-demand instead, each with its
        // check: those before fit into the time in which a scale-up is tried again whose outcome is
        // not known. In a return it is the raise, the capacity and on-demand that are checked.
        ("ScaleUp", _) | ("VerifyCapacity", For::Alarm | For::Return) => 3,
        // The same, and the rebalance recommendation's execution.
        ("VerifyCapacity", For::Loss) => 4,
        // What does not launch is taken back because of others, or what came, because on-demand did
        // not fall.
        ("StandDownSpot", For::Return) => 2,
        // The decision, the fallback and the outcome.
        ("Report", _) => 3,
        // That the spot group could not be stood down, and the failure. A return stands it down twice,
        // and may not lower on-demand.
        ("Notify", For::Return) => 3,
        ("Notify", _) => 2,
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
    let machine = definition()["TimeoutSeconds"].as_f64().unwrap();
    for of in [For::Alarm, For::Loss, For::Return] {
        let tasks: f64 = tasks()
            .iter()
            .map(|(name, task)| f64::from(visits(name, of)) * longest(task))
            .sum();
        let rounds = match of {
            For::Alarm => f64::from(MOST_SECONDS),
            For::Loss | For::Return => 0.0,
        };
        let waits = 2.0 * f64::from(MOST_CAPACITY_TIMEOUT_SECONDS);
        let attempts = f64::from(MOST_UNCLEAR_SECONDS);
        // Before the check of a last attempt, what the last check of a group is late, and those that are
        // left to other executions.
        let intervals = f64::from(4 + MOST_CHECKS_LEFT_TO_OTHERS) * longest_interval();
        assert!(
            rounds + attempts + tasks + waits + intervals <= machine,
            "{of:?}: {rounds} + {attempts} + {tasks} + {waits} + {intervals} > {machine}"
        );
    }
}

//! Which errors the machine knows, and what it retries.

use std::collections::BTreeSet;

use serde_json::Value;
use spotmanager_domain::ErrorName;

use crate::{FUNCTION, list, states, tasks};

/// The states whose call may take effect without an answer, and is not simply made again.
const UNCLEAR: [&str; 2] = ["ScaleUp", "ScaleDownOnDemand"];

/// Their `ErrorEquals`.
fn errors_of(handlers: &[Value]) -> BTreeSet<&str> {
    let errors = handlers.iter().flat_map(|one| list(&one["ErrorEquals"]));
    errors.filter_map(Value::as_str).collect()
}

#[test]
fn every_task_has_a_timeout_a_retry_with_full_jitter_and_a_catch() {
    for (name, task) in tasks() {
        assert!(task["TimeoutSeconds"].is_u64(), "{name}");
        assert!(!list(&task["Catch"]).is_empty(), "{name}");
        assert!(!list(&task["Retry"]).is_empty(), "{name}");
        for retry in list(&task["Retry"]) {
            assert_eq!(retry["JitterStrategy"], "FULL", "{name}");
            assert!(retry["MaxDelaySeconds"].is_u64(), "{name}");
        }
    }
}

#[test]
fn every_error_name_in_the_machine_is_one_that_the_code_knows() {
    let mut named = BTreeSet::new();
    for (_, task) in tasks() {
        for handlers in ["Retry", "Catch"] {
            let errors = errors_of(list(&task[handlers]));
            let ours = errors
                .into_iter()
                .filter(|error| error.starts_with("SpotManager."));
            named.extend(ours.map(str::to_owned));
        }
    }
    assert!(named.contains(ErrorName::Throttled.as_str()));
    let known = ErrorName::ALL.iter().map(|name| name.as_str().to_owned());
    let known: BTreeSet<_> = known.collect();
    assert!(named.is_subset(&known), "{named:?}");
}

#[test]
fn throttling_and_what_is_transient_is_retried_wherever_a_function_is_called() {
    for (name, task) in tasks() {
        if task["Resource"] != FUNCTION {
            continue;
        }
        let mut handled = errors_of(list(&task["Retry"]));
        if UNCLEAR.contains(&name.as_str()) {
            // Which tries again, and looks first.
            handled.extend(errors_of(&list(&task["Catch"])[..1]));
        }
        for error in [
            ErrorName::Throttled.as_str(),
            ErrorName::Transient.as_str(),
            "Lambda.ClientExecutionTimeoutException",
        ] {
            assert!(handled.contains(error), "{name}: {error}");
        }
    }
}

#[test]
fn what_may_have_taken_effect_is_tried_again_only_after_a_look() {
    let states = states();
    let detach = errors_of(list(&states["DetachInstance"]["Retry"]));
    let [unknown, busy, transient] = [
        ErrorName::OutcomeUnknown,
        ErrorName::ScalingInProgress,
        ErrorName::Transient,
    ]
    .map(ErrorName::as_str);
    for name in UNCLEAR {
        let state = &states[name];
        let unclear = &list(&state["Catch"])[0];
        assert_eq!(
            unclear["Assign"]["step"], "{% $step.if_unclear %}",
            "{name}"
        );
        let unclear = errors_of(std::slice::from_ref(unclear));
        let retried = errors_of(list(&state["Retry"]));
        assert!(retried.is_disjoint(&unclear), "{name}");
        assert!(unclear.contains(unknown) && retried.contains(transient));
        // Together all that is retried of a function that may be called twice.
        let mut all = detach.clone();
        all.extend([unknown, busy]);
        assert_eq!(&retried | &unclear, all, "{name}");
    }
}

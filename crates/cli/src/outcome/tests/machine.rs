//! What only this release's state machine writes: it checks also if nothing was asked for, and sends
//! every message from one state.

use super::*;
use crate::Story;

/// A check that had nothing to look at.
fn looked_at_nothing(group: &str) -> Step {
    let mut output = seen(group, "pending", "").output;
    for field in [
        "capacity",
        "status",
        "sentence",
        "failed_availability_zones",
    ] {
        output.as_object_mut().unwrap().remove(field);
    }
    step("VerifyCapacity", 3, output)
}

fn states(states: &[&str]) -> Vec<Step> {
    states.iter().map(|state| last(state)).collect()
}

/// The rows that have one of these states, as their states and texts.
fn rows(history: &ExecutionHistory, states: &[&str]) -> Vec<(String, String)> {
    let rows = crate::steps::rows(history).into_iter();
    rows.map(|[_, state, text]| (state, console::strip_ansi_codes(&text).into_owned()))
        .filter(|(state, _)| states.contains(&state.as_str()))
        .collect()
}

fn failed(error: &str, steps: Vec<Step>) -> ExecutionHistory {
    ExecutionHistory {
        error: Some(error.into()),
        ..ended("FAILED", "why", steps)
    }
}

#[test]
fn a_group_that_was_not_asked_has_no_check_and_its_scale_up_says_why() {
    let full = |group: &str| {
        let sentence = format!("farm-{group} is at its MaxSize of 2.");
        let mut steps = vec![scaled("ScaleUp", group, "group_full", &sentence)];
        steps.extend(states(&["WaitForCapacity"]));
        steps.push(looked_at_nothing(group));
        steps
    };
    let mut steps = vec![discovered(json!({})), decided()];
    steps.extend(full("asgGPUSpot"));
    steps.push(scaled(
        "StandDownSpot",
        "asgGPUSpot",
        "already_down",
        "Nothing.",
    ));
    let mut serves = steps.clone();
    serves.push(scaled("ScaleUp", "asgGPU", "scaled", "Executed."));
    serves.push(seen("asgGPU", "arrived", "1 of 1."));
    serves.extend(states(&["NextStep", "Report", "CapacityArrived"]));
    expect(
        &outcome(serves.clone()),
        Ending::CapacityArrived,
        Some(Market::OnDemand),
        "on-demand serves, asgGPU 1 of 1, because spot brought no instance: farm-asgGPUSpot is at its MaxSize of 2; no saving",
    );
    let checks = rows(&history(serves), &["VerifyCapacity"]);
    assert_eq!(checks.len(), 1, "{checks:?}");

    steps.extend(full("asgGPU"));
    steps.extend(states(&[
        "NextStep", "Notify", "NextStep", "Report", "Failed",
    ]));
    let failed = failed("SpotManager.NoCapacity", steps);
    let outcome = Outcome::of(&failed).unwrap();
    assert_eq!(outcome.served_by, ServedBy::Nobody, "{outcome:?}");
    let start = "failed, no capacity arrived: SpotManager.NoCapacity in ScaleUp";
    assert!(outcome.sentence.starts_with(start), "{outcome:?}");
}

#[test]
fn a_check_that_fails_is_no_doubt_if_nothing_was_asked_for() {
    let steps = vec![
        discovered(json!({})),
        verdict("on_demand", "SPOT_ABOVE_LIMIT"),
        scaled("ScaleUp", "asgGPU", "no_effect", "Adds nothing."),
        caught("VerifyCapacity", "Lambda.Unknown", "why"),
    ];
    expect(
        &Outcome::of(&failed("Lambda.Unknown", steps)).unwrap(),
        Ending::Failed,
        None,
        "failed, no capacity arrived: Lambda.Unknown in VerifyCapacity",
    );
}

#[test]
fn a_scale_up_that_stays_unclear_may_have_brought_capacity() {
    let unclear = || caught("ScaleUp", "SpotManager.OutcomeUnknown", "no answer");
    let mut again = looked_at_nothing("asgGPU");
    again.output["capacity"] = seen("asgGPU", "pending", "").output["capacity"].clone();
    let steps = vec![
        discovered(json!({})),
        verdict("on_demand", "SPOT_ABOVE_LIMIT"),
        unclear(),
        last("WaitForCapacity"),
        again,
        unclear(),
        last("NextStep"),
        last("Notify"),
    ];
    let mut history = failed("SpotManager.OutcomeUnknown", steps);
    history.cause = Some("no answer".into());
    let outcome = Outcome::of(&history).unwrap();
    assert_eq!(outcome.served_by, ServedBy::Unknown, "{outcome:?}");
    expect(
        &outcome,
        Ending::Failed,
        None,
        "failed, it is not known if capacity arrived: SpotManager.OutcomeUnknown in ScaleUp",
    );
    // What was refused asked for nothing.
    let last_scale_up = history.steps.len() - 3;
    history.steps[last_scale_up] = caught("ScaleUp", "SpotManager.AccessDenied", "no answer");
    history.error = Some("SpotManager.AccessDenied".into());
    let outcome = Outcome::of(&history).unwrap();
    assert_eq!(outcome.served_by, ServedBy::Nobody, "{outcome:?}");
}

#[test]
fn only_the_notice_that_ends_an_execution_is_a_row() {
    let denied = "SpotManager.AccessDenied";
    let mut steps = spot_fails();
    steps[4] = caught("StandDownSpot", denied, "not allowed");
    steps.extend(states(&["NextStep", "Notify", "NextStep", "Report"]));
    steps.push(scaled("ScaleUp", "asgGPU", "scaled", "Executed."));
    steps.push(seen("asgGPU", "timed_out", "Time is over."));
    let goes_on = ended("RUNNING", "", steps.clone());
    assert_eq!(rows(&goes_on, &["Notify", "Report"]), []);
    let doubts = Outcome::of(&goes_on).unwrap().doubts;
    assert!(doubts[0].contains("may go on buying"), "{doubts:?}");

    steps.extend(states(&["NextStep", "Notify", "NextStep", "Report"]));
    let failed = failed("SpotManager.NoCapacity", steps);
    let notice = ("Notify".to_owned(), String::new());
    assert_eq!(rows(&failed, &["Notify", "Report"]), [notice]);
    let text = Story::of(&failed).to_string();
    assert_eq!(text.matches("may go on buying").count(), 1, "{text}");
}

#[test]
fn an_instance_that_could_not_be_detached_is_why_on_demand_serves() {
    let steps = vec![
        discovered(json!({})),
        decided(),
        caught("DetachInstance", "SpotManager.AccessDenied", "at MinSize"),
        scaled("ScaleUp", "asgGPU", "scaled", "Executed."),
        seen("asgGPU", "arrived", "1 of 1."),
        last("CapacityArrived"),
    ];
    expect(
        &outcome(steps),
        Ending::CapacityArrived,
        Some(Market::OnDemand),
        "on-demand serves, asgGPU 1 of 1, because spot brought no instance: SpotManager.AccessDenied in DetachInstance: at MinSize; no saving",
    );
}

#[test]
fn a_dry_run_ends_after_a_check_that_looked_at_nothing() {
    let steps = vec![
        discovered(json!({})),
        verdict("spot", "SPOT_WITHIN_LIMIT"),
        scaled(
            "ScaleUp",
            "asgGPUSpot",
            "would_scale",
            "Dry run: would execute up.",
        ),
        last("WaitForCapacity"),
        looked_at_nothing("asgGPUSpot"),
        last("Report"),
        last("DryRunEnded"),
    ];
    expect(
        &outcome(steps.clone()),
        Ending::DryRun,
        None,
        "dry run, nothing was changed: would execute up",
    );
    assert_eq!(rows(&history(steps), &["VerifyCapacity"]), []);
}

/// What the flow reports at the end of a round, with what follows.
fn reports(result: &str, served_by: Option<&str>, sentence: &str) -> Value {
    let mut detail = json!({"result": result, "sentence": sentence});
    if let Some(served_by) = served_by {
        detail["served_by"] = json!(served_by);
    }
    let event = json!({"DetailType": "SpotManager Outcome", "Detail": detail});
    json!({"next": "Report", "events": [event], "then": {"next": "CapacityArrived"}})
}

#[test]
fn spot_that_has_all_that_was_wanted_serves_though_more_was_taken_back() {
    let mut steps = spot_fails();
    let report = reports("capacity_arrived", Some("spot"), "Lowered.");
    steps[4].output["step"] = report;
    steps.push(last("CapacityArrived"));
    expect(
        &outcome(steps),
        Ending::CapacityArrived,
        Some(Market::Spot),
        "spot serves, asgGPUSpot 1 of 1; saves 0.326 USD per instance-hour against on-demand",
    );
}

#[test]
fn of_two_groups_that_serve_both_are_named() {
    let mut steps = spot_arrives();
    steps[3] = seen("asgGPU", "arrived", "1 of 1.");
    steps[3].output["step"] = reports("capacity_arrived", Some("spot"), "1 of 1.");
    steps.push(last("CapacityArrived"));
    let expect_both = |steps| {
        expect(
            &outcome(steps),
            Ending::CapacityArrived,
            Some(Market::Spot),
            "spot serves, asgGPUSpot 1 of 1, and on-demand in addition, asgGPU 1 of 1; saves 0.326 USD per instance-hour against on-demand",
        );
    };
    expect_both(steps.clone());
    // The same if verify has sent its events itself.
    let mut report = steps[3].output["step"].take();
    steps[3].output["reported"] = report["events"].take();
    steps[3].output["step"] = report["then"].take();
    expect_both(steps);
}

#[test]
fn a_part_that_arrived_is_said_and_nobody_is_said_to_serve() {
    let mut steps = spot_fails();
    steps.push(scaled("ScaleUp", "asgGPU", "scaled", "Raised."));
    steps.push(seen("asgGPU", "no_capacity", "A launch failed everywhere."));
    let report = reports("failed", None, "3 arrived, and more are wanted.");
    steps[6].output["step"] = json!({
        "next": "Notify", "failed_in": "VerifyCapacity", "subject": "", "consequence": "",
        "page": "", "then": report,
    });
    steps.extend(states(&[
        "NextStep", "Notify", "NextStep", "Report", "Failed",
    ]));
    let outcome = Outcome::of(&failed("SpotManager.NoCapacity", steps)).unwrap();
    assert_eq!(outcome.served_by, ServedBy::Unknown, "{outcome:?}");
    let start = "failed, 3 arrived, and more are wanted: SpotManager.NoCapacity in VerifyCapacity";
    assert!(outcome.sentence.starts_with(start), "{outcome:?}");
}

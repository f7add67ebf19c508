//! What each way to end is called, and that only spot that arrived saves.

use serde_json::{Value, json};
use spotmanager_aws::execution_history::{ExecutionHistory, Step, StepFailure};

use super::{round::Round, *};

mod failed;
mod machine;
mod several;

use crate::testing::{evaluated, history, step};

fn group(market: &str, logical_id: &str, in_service: i32) -> Value {
    json!({
        "market": market, "logical_id": logical_id,
        "auto_scaling_group_name": format!("farm-{logical_id}"),
        "capacity": {"min_size": 0, "max_size": 2, "desired_capacity": in_service,
                     "in_service": in_service, "pending": 0},
        "instance_types": ["g4dn.xlarge"], "subnet_ids": [], "availability_zones": [],
        "scale_up_policy": {"policy_name": "up", "policy_type": "SimpleScaling",
                            "adjustment_type": "ChangeInCapacity", "scaling_adjustment": 1},
    })
}

fn discovered(more: Value) -> Step {
    let mut found = json!({
        "stack_name": "farm",
        "settings": serde_json::to_value(spotmanager_domain::Settings::default()).unwrap(),
        "spot_group": group("spot", "asgGPUSpot", 0),
        "on_demand_group": group("on_demand", "asgGPU", 1),
    });
    for (key, value) in more.as_object().unwrap() {
        found[key] = value.clone();
    }
    step("Discover", 0, found)
}

fn decided() -> Step {
    let mut output = evaluated();
    output["saving_usd_per_hour"] = json!("0.326");
    step("Evaluate", 1, output)
}

fn verdict(choice: &str, reason: &str) -> Step {
    step(
        "Evaluate",
        1,
        json!({"verdict": {"choice": choice, "reason": reason, "sentence": "So it is."}}),
    )
}

fn scaled(state: &str, group: &str, outcome: &str, sentence: &str) -> Step {
    let market = if group == "asgGPU" {
        "on_demand"
    } else {
        "spot"
    };
    step(
        state,
        2,
        json!({
            "action": "scale_up", "outcome": outcome, "sentence": sentence, "market": market,
            "auto_scaling_group_name": format!("farm-{group}"), "policy_name": "up",
            "baseline_capacity": 0, "target_capacity": 1,
            "capacity_before": {"min_size": 0, "max_size": 2, "desired_capacity": 1,
                                "in_service": 1, "pending": 0},
        }),
    )
}

fn seen(group: &str, status: &str, sentence: &str) -> Step {
    let market = if group == "asgGPU" {
        "on_demand"
    } else {
        "spot"
    };
    let in_service = i32::from(status == "arrived");
    step(
        "VerifyCapacity",
        3,
        json!({
            "market": market, "auto_scaling_group_name": format!("farm-{group}"),
            "capacity": {"min_size": 0, "max_size": 2, "desired_capacity": 1,
                         "in_service": in_service, "pending": 0},
            "waited_seconds": 15, "status": status, "sentence": sentence,
            "failed_availability_zones": [],
        }),
    )
}

fn last(state: &str) -> Step {
    step(state, 60, Value::Null)
}

/// A state whose Catch took the error, which is its output then.
fn caught(state: &str, error: &str, cause: &str) -> Step {
    let mut failed = step(state, 4, json!({"Error": error, "Cause": cause}));
    failed.failures = vec![StepFailure {
        at: failed.entered_at,
        error: error.into(),
        cause: cause.into(),
    }];
    failed
}

fn spot_arrives() -> Vec<Step> {
    vec![
        discovered(json!({})),
        decided(),
        scaled("ScaleUp", "asgGPUSpot", "scaled", "Executed."),
        seen("asgGPUSpot", "arrived", "1 of 1."),
    ]
}

fn spot_fails() -> Vec<Step> {
    vec![
        discovered(json!({})),
        decided(),
        scaled("ScaleUp", "asgGPUSpot", "scaled", "Executed."),
        seen("asgGPUSpot", "no_capacity", "A launch failed everywhere."),
        scaled("StandDownSpot", "asgGPUSpot", "stood_down", "Lowered."),
    ]
}

fn outcome(steps: Vec<Step>) -> Outcome {
    Outcome::of(&history(steps)).unwrap()
}

fn expect(outcome: &Outcome, result: Ending, served_by: Option<Market>, sentence: &str) {
    assert_eq!(outcome.result, result, "{outcome:?}");
    assert_eq!(outcome.served_by.market(), served_by, "{outcome:?}");
    assert_eq!(outcome.sentence, sentence);
    assert_eq!(
        outcome.saving_usd_per_hour.is_some(),
        outcome.sentence.contains("saves 0.326"),
        "{outcome:?}"
    );
}

#[test]
fn spot_that_arrived_saves() {
    let saves =
        "spot serves, asgGPUSpot 1 of 1; saves 0.326 USD per instance-hour against on-demand";
    let mut steps = spot_arrives();
    steps.push(last("CapacityArrived"));
    expect(
        &outcome(steps),
        Ending::CapacityArrived,
        Some(Market::Spot),
        saves,
    );
    let kept = vec![
        discovered(json!({})),
        decided(),
        seen("asgGPUSpot", "timed_out", "Time is over."),
        scaled(
            "StandDownSpot",
            "asgGPUSpot",
            "capacity_arrived",
            "It came.",
        ),
        last("CapacityArrived"),
    ];
    expect(
        &outcome(kept),
        Ending::CapacityArrived,
        Some(Market::Spot),
        saves,
    );
}

#[test]
fn what_spot_saves_may_be_unknown() {
    let steps = vec![
        discovered(json!({})),
        verdict("spot", "NO_MAXIMUM_PRICE"),
        seen("asgGPUSpot", "arrived", "1 of 1."),
        last("CapacityArrived"),
    ];
    expect(
        &outcome(steps),
        Ending::CapacityArrived,
        Some(Market::Spot),
        "spot serves, asgGPUSpot 1 of 1; what that saves is not known",
    );
}

#[test]
fn on_demand_that_took_over_saves_nothing() {
    let mut steps = spot_fails();
    steps.push(scaled("ScaleUp", "asgGPU", "scaled", "Executed."));
    steps.push(seen("asgGPU", "arrived", "1 of 1."));
    steps.push(last("CapacityArrived"));
    expect(
        &outcome(steps),
        Ending::CapacityArrived,
        Some(Market::OnDemand),
        "on-demand serves, asgGPU 1 of 1, because spot brought no instance: A launch failed everywhere; no saving",
    );
}

#[test]
fn on_demand_that_was_chosen_has_its_reason() {
    let steps = vec![
        discovered(json!({})),
        verdict("on_demand", "SPOT_ABOVE_LIMIT"),
        seen("asgGPU", "arrived", "1 of 1."),
        last("CapacityArrived"),
    ];
    expect(
        &outcome(steps),
        Ending::CapacityArrived,
        Some(Market::OnDemand),
        "on-demand serves, asgGPU 1 of 1, because of SPOT_ABOVE_LIMIT; no saving",
    );
}

#[test]
fn a_return_to_spot_goes_back_or_stays() {
    let returning = || discovered(json!({"purpose": "return_to_spot"}));
    let mut steps = spot_arrives();
    steps[0] = returning();
    steps.push(scaled(
        "ScaleDownOnDemand",
        "asgGPU",
        "scaled_down",
        "Executed.",
    ));
    steps.push(last("ReturnedToSpot"));
    expect(
        &outcome(steps),
        Ending::ReturnedToSpot,
        Some(Market::Spot),
        "spot serves, asgGPUSpot 1 of 1, and on-demand asks for less; saves 0.326 USD per instance-hour against on-demand",
    );
    let mut steps = spot_fails();
    steps[0] = returning();
    steps.push(last("StayedOnDemand"));
    expect(
        &outcome(steps),
        Ending::StayedOnDemand,
        Some(Market::OnDemand),
        "on-demand goes on serving, because spot brought no instance: A launch failed everywhere; no saving",
    );
    let dear = vec![
        returning(),
        verdict("nothing", "SPOT_ABOVE_LIMIT"),
        last("NothingToDo"),
    ];
    expect(
        &outcome(dear),
        Ending::NothingToDo,
        Some(Market::OnDemand),
        "on-demand goes on serving, because of SPOT_ABOVE_LIMIT; nothing was changed",
    );
}

#[test]
fn nothing_serves_if_nothing_was_changed() {
    let full = vec![
        discovered(json!({})),
        verdict("nothing", "BOTH_GROUPS_FULL"),
        last("NothingToDo"),
    ];
    expect(
        &outcome(full),
        Ending::NothingToDo,
        None,
        "nothing was changed, because of BOTH_GROUPS_FULL",
    );
    let withdrawn = vec![
        discovered(json!({})),
        decided(),
        seen("asgGPUSpot", "withdrawn", "Scaled in."),
        last("NoLongerNeeded"),
    ];
    expect(
        &outcome(withdrawn),
        Ending::NoLongerNeeded,
        None,
        "nothing is waited for any more: the group was scaled in meanwhile; no saving",
    );
    let dry = vec![
        discovered(json!({})),
        verdict("spot", "SPOT_WITHIN_LIMIT"),
        scaled(
            "ScaleUp",
            "asgGPUSpot",
            "would_scale",
            "Dry run: would execute up.",
        ),
        last("DryRunEnded"),
    ];
    expect(
        &outcome(dry),
        Ending::DryRun,
        None,
        "dry run, nothing was changed: would execute up",
    );
}

#[test]
fn each_round_has_its_outcome_and_the_last_line_has_them_all() {
    let mut steps = spot_arrives();
    steps.push(step("Report", 10, Value::Null));
    steps.extend([
        discovered(json!({})),
        verdict("nothing", "BACKLOG_AT_TARGET"),
        last("NothingToDo"),
    ]);
    let history = history(steps);
    let each: Vec<_> = rounds(&history).iter().map(Round::outcome).collect();
    assert_eq!(each.len(), 2);
    assert_eq!(each[0].served_by.market(), Some(Market::Spot));
    assert!(each[0].saving_usd_per_hour.is_some());
    expect(
        &Outcome::of(&history).unwrap(),
        Ending::CapacityArrived,
        Some(Market::Spot),
        "spot serves, asgGPUSpot 1 of 1; saves 0.326 USD per instance-hour against on-demand; no more was needed: BACKLOG_AT_TARGET",
    );
}

#[test]
fn the_execution_that_goes_on_is_named() {
    let mut steps = spot_arrives();
    let started = json!({"ExecutionArn": "arn:aws:states:eu-west-1:1:execution:sm:farm-r2"});
    steps.push(step("ContinueAsNew", 10, started));
    steps.push(last("ContinuedAsNew"));
    let outcome = outcome(steps);
    let end = "against on-demand; goes on in farm-r2";
    assert!(outcome.sentence.ends_with(end), "{outcome:?}");
}

#[test]
fn doubts_are_reported() {
    let mut steps = spot_fails();
    steps[0] = discovered(json!({"queue_problem": "sqs:GetQueueAttributes was refused"}));
    steps[4] = caught("StandDownSpot", "SpotManager.AccessDenied", "not allowed");
    assert_eq!(outcome(steps.clone()).doubts.len(), 1);
    steps.push(last("NotifyStandDownFailed"));
    let doubts = outcome(steps).doubts;
    assert_eq!(doubts.len(), 2, "{doubts:?}");
    assert!(doubts[0].contains("sqs:GetQueueAttributes was refused"));
    assert!(doubts[1].contains("may go on buying"));
}

fn ended(status: &str, cause: &str, steps: Vec<Step>) -> ExecutionHistory {
    ExecutionHistory {
        status: status.into(),
        cause: Some(cause.into()),
        ..history(steps)
    }
}

#[test]
fn an_aborted_execution_says_where_it_was() {
    let mut steps = spot_arrives();
    steps.pop();
    steps.push(last("WaitForCapacity"));
    let aborted = ended("ABORTED", "I stopped it", steps);
    expect(
        &Outcome::of(&aborted).unwrap(),
        Ending::Aborted,
        None,
        "aborted in WaitForCapacity (cause: I stopped it); asgGPUSpot was asked for 1, and nobody checks if that arrives",
    );
    let running = ended("RUNNING", "", vec![last("WaitForCapacity")]);
    expect(
        &Outcome::of(&running).unwrap(),
        Ending::Running,
        None,
        "not known yet: the execution is in WaitForCapacity since 1970-01-01 00:01:00 UTC",
    );
}

#[test]
fn a_failure_has_its_cause_once() {
    let mut discover = last("Discover");
    discover.failures = vec![StepFailure {
        at: discover.entered_at,
        error: "SpotManager.StackNotFound".into(),
        cause: r#"{"errorMessage":"no stack farm"}"#.into(),
    }];
    let failed = ExecutionHistory {
        error: Some("SpotManager.StackNotFound".into()),
        ..ended(
            "FAILED",
            r#"{"errorMessage":"no stack farm"}"#,
            vec![
                discover,
                last("NotifyFailure"),
                last("TellFailure"),
                last("Failed"),
            ],
        )
    };
    expect(
        &Outcome::of(&failed).unwrap(),
        Ending::Failed,
        None,
        "failed, nothing was decided in this round: SpotManager.StackNotFound in Discover",
    );
    let text = crate::Story::of(&failed).to_string();
    assert_eq!(text.matches("no stack farm").count(), 1, "{text}");
}

#[test]
fn on_demand_that_cannot_be_scaled_down_keeps_spot_from_saving() {
    let mut steps = spot_arrives();
    steps[0] = discovered(json!({"purpose": "return_to_spot"}));
    let mut down = last("ScaleDownOnDemand");
    down.failures = vec![StepFailure {
        at: down.entered_at,
        error: "SpotManager.AccessDenied".into(),
        cause: "not allowed".into(),
    }];
    steps.push(down);
    let failed = ExecutionHistory {
        error: Some("SpotManager.AccessDenied".into()),
        ..ended("FAILED", "not allowed", steps)
    };
    expect(
        &Outcome::of(&failed).unwrap(),
        Ending::Failed,
        Some(Market::Spot),
        "failed: spot serves, asgGPUSpot 1 of 1, and it is not known if on-demand asks for less, so that both may run; no saving; SpotManager.AccessDenied in ScaleDownOnDemand",
    );
}

#[test]
fn prices_that_did_not_change_are_shown_once() {
    let mut steps = spot_arrives();
    steps.extend(spot_arrives());
    steps.push(last("RoundsEnded"));
    let text = crate::Story::of(&history(steps)).to_string();
    assert_eq!(text.matches("no price in the window").count(), 1, "{text}");
    assert!(text.contains("prices as in round 1"), "{text}");
    assert!(text.contains("outcome of round 1: spot serves"), "{text}");
    let line = text.lines().last().unwrap();
    assert!(
        line.ends_with("against on-demand; spot arrived in rounds 1, 2; more jobs may wait, and the settings allow no further round"),
        "{text}"
    );
}

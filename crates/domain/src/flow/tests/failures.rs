//! A state that fails after its retries: the other group, or the end.

use serde_json::json;

use super::*;

const THROTTLED: &str = "SpotManager.Throttled";

fn no_on_demand() -> Discovery {
    found(|found| fill(&mut found.on_demand_group))
}

fn failure(error: &str, state: &str) -> Value {
    json!({"error": error, "cause": "why", "state": state})
}

/// Spot fell back on on-demand because of this, which serves then.
#[track_caller]
fn falls_back(played: Played, failure: &Value) {
    let outcome = json!({"served_by": "on_demand", "failure": failure,
                         "sentence": "8 of 8 instances are in service. Spot brought no instance."});
    played
        .says("Fallback", json!({"failure": failure}))
        .scales_up(Market::OnDemand, true, true)
        .scaled()
        .arrives()
        .at("CapacityArrived")
        .says("Outcome", outcome);
}

#[test]
fn what_a_refused_scale_up_asked_for_is_not_taken_back() {
    for (error, baseline) in [
        (THROTTLED, 5),
        ("SpotManager.ScalingInProgress", 5),
        ("SpotManager.Transient", 5),
        ("Lambda.TooManyRequestsException", 5),
        (DENIED, 3),
        ("SpotManager.Unexpected", 3),
    ] {
        let given_up = decided(found(|_| ()), CHEAP)
            .fails(error, "why")
            .at("StandDownSpot")
            .stands_down_to(baseline)
            .scales(ScaleOutcome::AlreadyDown);
        falls_back(given_up, &failure(error, "ScaleUp"));
    }
}

#[test]
fn a_check_that_fails_gives_up_and_takes_back_what_was_asked_for() {
    for error in [THROTTLED, "SpotManager.Transient", DENIED] {
        let given_up = decided(found(|_| ()), CHEAP)
            .scaled()
            .fails(error, "why")
            .takes_back(4, 1)
            .scales(ScaleOutcome::StoodDown);
        falls_back(given_up, &failure(error, "VerifyCapacity"));
    }
}

#[test]
fn a_later_check_that_fails_takes_the_same_back() {
    decided(found(|_| ()), CHEAP)
        .scaled()
        .looked(CapacityStatus::Pending)
        .fails(DENIED, "why")
        .takes_back(4, 1);
}

#[test]
fn on_demand_takes_over_though_spot_cannot_be_stood_down() {
    let given_up = decided(found(|_| ()), CHEAP)
        .scaled()
        .looked(CapacityStatus::NoCapacity)
        .fails(DENIED, "no")
        .notified(
            DENIED,
            "StandDownSpot",
            "The spot group may go on buying in addition to on-demand, which scales up now.",
        )
        .came_by("Report ScaleUp WaitForCapacity StandDownSpot Notify Report ScaleUp")
        .says("Fallback", json!({"stood_down": false}));
    falls_back(given_up, &no_spot());
}

#[test]
fn a_dry_run_leaves_no_spot_group_that_buys() {
    let dry = found(|found| found.settings.dry_run = true);
    decided(dry, CHEAP)
        .asks_nothing(ScaleOutcome::GroupFull)
        .fails(DENIED, "no")
        .notified(
            DENIED,
            "StandDownSpot",
            "This is a dry run: nothing was changed.",
        )
        .pretended()
        .at("DryRunEnded");
}

#[test]
fn the_end_without_capacity_is_notified_and_reported() {
    decided(found(|_| ()), DEAR)
        .fails(DENIED, "why")
        .came_by("Report ScaleUp Notify Report Failed")
        .notified(
            DENIED,
            "ScaleUp",
            "No capacity arrived; jobs may be waiting.",
        )
        .reported("Decision Failure Outcome")
        .says_all(
            "Outcome",
            json!({"result": "failed", "served_by": "nobody", "sentence": "No capacity arrived.",
                   "failure": failure(DENIED, "ScaleUp")}),
        )
        .failed(DENIED, "why", "ScaleUp");
}

#[test]
fn in_a_further_round_it_says_so() {
    let execution = Execution {
        round: 2,
        ..testing::execution(began_at())
    };
    decided_in(found(|_| ()), execution, DEAR)
        .asks_nothing(ScaleOutcome::NoEffect)
        .notified(
            NO_CAPACITY,
            "ScaleUp",
            "No capacity arrived in this round; jobs may be waiting.",
        )
        .says(
            "Outcome",
            json!({"sentence": "No capacity arrived in this round."}),
        );
}

#[test]
fn a_group_that_cannot_be_checked_may_have_capacity() {
    for (discovery, usd) in [(no_on_demand(), CHEAP), (found(|_| ()), DEAR)] {
        decided(discovery, usd)
            .scaled()
            .fails(DENIED, "why")
            .notified(
                DENIED,
                "VerifyCapacity",
                "It is not known if capacity arrived; jobs may be waiting.",
            )
            .says_all(
                "Outcome",
                json!({"result": "failed", "sentence": "It is not known if capacity arrived.",
                       "failure": failure(DENIED, "VerifyCapacity")}),
            )
            .failed(DENIED, "why", "VerifyCapacity");
    }
}

#[test]
fn a_discovery_without_an_execution_has_no_flow() {
    let mut discovery = found(|_| ());
    assert!(Flow::of(&discovery).is_none());
    discovery.execution = Some(testing::execution(began_at()));
    let flow = Flow::of(&discovery).unwrap();
    assert_eq!(Some(flow.execution), discovery.execution.as_ref());
}

#[test]
fn a_step_of_another_function_is_none_of_scale() {
    let played = decided(found(|_| ()), CHEAP).scaled();
    let scaled = Scaled {
        outcome: ScaleOutcome::Scaled,
        sentence: "",
        baseline_capacity: 0,
        target_capacity: None,
        capacity_before: Capacity::default(),
        on_demand_capacity: None,
        is_first: false,
        launched: Launched::default(),
    };
    let Machine { step, failure, .. } = &played.machine;
    assert_eq!(
        played.flow().scaled(step, &scaled, failure, began_at()),
        None
    );
}

#[test]
fn a_check_without_an_attempt_or_a_look_brings_nothing() {
    let played = decided(found(|_| ()), DEAR).scaled();
    let progress = played.machine.step.progress().unwrap();
    let mut bare = progress.clone();
    bare.attempt = None;
    for progress in [bare, progress.clone()] {
        let checked = played
            .flow()
            .checked(progress, &[], &Others::default(), began_at());
        assert_eq!(checked.step.state(), "Notify");
        assert_eq!(checked.failure.unwrap().error, NO_CAPACITY);
    }
}

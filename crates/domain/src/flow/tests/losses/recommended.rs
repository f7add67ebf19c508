//! EC2 recommends to replace an instance, and may warn of the same one later.

use serde_json::json;

use super::*;

const RECOMMENDED: &str = "render-farm-rebalance-i-1";

/// The execution of a recommendation, whose instance runs.
fn recommendation() -> Played {
    decided(lost(LossKind::RebalanceRecommendation), CHEAP)
}

/// It has raised spot from 3 to 4, and every launch has failed.
fn in_vain(others: Others) -> Played {
    let scaled = recommendation().scaled().next_to(others);
    scaled.looked(CapacityStatus::NoCapacity)
}

/// The execution of a warning for an instance that a recommendation was for.
fn warned_again(usd: &str) -> Played {
    let mut found = warned();
    found.loss.as_mut().unwrap().recommended = Some(RECOMMENDED.into());
    let played = decided(found, usd);
    // The first look is at once.
    let Step::WaitForCapacity {
        seconds: 0,
        progress,
        ..
    } = &played.machine.step
    else {
        panic!("{:?} is no check at once", played.machine.step);
    };
    assert_eq!(progress.recommended.as_deref(), Some(RECOMMENDED));
    assert_eq!(played.flow().looks_at(progress).count(), 0);
    played
}

#[test]
fn after_a_recommendation_spot_grows_and_nothing_is_detached() {
    recommendation()
        .scales_up(Market::Spot, false, true)
        .scaled()
        .arrives()
        .at("CapacityArrived");
}

#[test]
fn after_a_recommendation_on_demand_is_not_chosen() {
    decided(lost(LossKind::RebalanceRecommendation), DEAR)
        .at("NothingToDo")
        .says(
            "Decision",
            json!({"choice": "nothing", "reason": "SPOT_ABOVE_LIMIT", "wanted": null,
                   "sentence": "The instance still runs; of a scale-up it would be said: \
                                g4dn.xlarge in eu-west-1a averaged 0.33 USD per hour, the \
                                cheapest, above the limit of 0.2975 (0.35 less 15 %)."}),
        );
}

#[test]
fn a_recommendation_without_spot_takes_its_own_back_and_keeps_the_instance() {
    in_vain(Others::default())
        .takes_back(4, 1)
        .scales(ScaleOutcome::StoodDown)
        .came_by("Report ScaleUp WaitForCapacity StandDownSpot Report NothingToDo")
        .reported("Decision Outcome")
        .says(
            "Outcome",
            json!({"result": "nothing_to_do", "served_by": "nobody", "failure": null,
                   "sentence": "StoodDown. Spot brought no instance, and the one that EC2 may \
                                take back runs."}),
        );
    // What others lack stays theirs.
    recommendation()
        .scaled()
        .finds(testing::capacity([9, 6, 3, 0]), &[failed_launch()])
        .takes_back(6, 1);
    in_vain(Others::default())
        .scales(ScaleOutcome::CapacityArrived)
        .at("CapacityArrived");
}

#[test]
fn a_recommendation_gives_way_also_if_on_demand_is_full() {
    let mut full = lost(LossKind::RebalanceRecommendation);
    fill(&mut full.on_demand_group);
    decided(full, CHEAP)
        .scaled()
        .looked(CapacityStatus::NoCapacity)
        .takes_back(4, 1)
        .scales(ScaleOutcome::StoodDown)
        .at("NothingToDo");
}

#[test]
fn a_recommendation_that_is_refused_takes_nothing_back() {
    recommendation()
        .fails(DENIED, "no")
        .takes_back(3, 0)
        .scales(ScaleOutcome::AlreadyDown)
        .at("NothingToDo");
    recommendation()
        .asks_nothing(ScaleOutcome::GroupFull)
        .takes_back(4, 0)
        .scales(ScaleOutcome::AlreadyDown)
        .at("NothingToDo");
    recommendation()
        .scaled()
        .fails(DENIED, "no")
        .takes_back(4, 1);
}

#[test]
fn a_recommendation_that_cannot_be_taken_back_is_notified() {
    in_vain(Others::default())
        .fails(DENIED, "no")
        .notified(
            DENIED,
            "StandDownSpot",
            "The spot group may go on buying, though the instance that EC2 may take back runs.",
        )
        .at("NothingToDo")
        .says(
            "Outcome",
            json!({"sentence": "Spot brought no instance, and the one that EC2 may take back \
                                runs."}),
        );
}

#[test]
fn if_the_instance_has_left_meanwhile_on_demand_replaces_it() {
    let others = Others {
        lost_has_left: true,
        ..Others::default()
    };
    for outcome in [ScaleOutcome::StoodDown, ScaleOutcome::AlreadyDown] {
        in_vain(others)
            .takes_back(4, 1)
            .scales(outcome)
            .says("Fallback", json!({"failure": no_spot()}))
            .scales_up(Market::OnDemand, false, true)
            .scaled()
            .arrives()
            .at("CapacityArrived");
    }
    in_vain(others)
        .fails(DENIED, "no")
        .notified(
            DENIED,
            "StandDownSpot",
            "The spot group may go on buying in addition to on-demand, which scales up now.",
        )
        .scales_up(Market::OnDemand, false, true);
}

#[test]
fn a_replacement_that_came_leaves_nothing_but_to_detach() {
    for usd in [CHEAP, DEAR] {
        let detached = warned_again(usd).finds_replacement(Replacement::Came);
        detaches(detached, true)
            .scales(ScaleOutcome::Detached)
            .finds_replacement(Replacement::Came)
            .came_by(
                "Report WaitForCapacity DetachInstance WaitForCapacity Report CapacityArrived",
            )
            .says_all(
                "Outcome",
                json!({
                    "purpose": "scale_up",
                    "round": 1,
                    "dry_run": false,
                    "result": "capacity_arrived",
                    "served_by": "spot",
                    "group": "asgGPUSpot",
                    "reason": if usd == CHEAP { "SPOT_WITHIN_LIMIT" } else { "SPOT_ABOVE_LIMIT" },
                    "sentence": format!("EC2 takes the instance back. {RECOMMENDED} replaced it before."),
                }),
            );
    }
    warned_again(CHEAP)
        .finds_replacement(Replacement::Came)
        .fails(DENIED, "no")
        .finds_replacement(Replacement::Came)
        .at("CapacityArrived")
        .says(
            "Outcome",
            json!({"sentence":
                   format!("EC2 takes the instance back. {RECOMMENDED} replaced it before.")}),
        );
}

#[test]
fn a_replacement_underway_is_waited_for_until_75_seconds_after_the_warning() {
    // It was sent a second before the execution began.
    let milliseconds = SignedDuration::from_millis;
    for (elapsed, stays) in [(57_000, true), (58_800, true), (58_877, false)] {
        let looked = warned_again(CHEAP)
            .after(milliseconds(elapsed))
            .finds_replacement(Replacement::Underway);
        if !stays {
            // It may have given up just before the instance was detached.
            let detached = || {
                let looked = warned_again(CHEAP)
                    .after(milliseconds(elapsed))
                    .finds_replacement(Replacement::Underway);
                detaches(looked, true).scales(ScaleOutcome::Detached)
            };
            let underway = detached().finds_replacement(Replacement::Underway);
            let Step::WaitForCapacity { seconds, .. } = underway.machine.step else {
                panic!("{:?} is no wait", underway.machine.step);
            };
            assert_eq!(seconds, 15);
            underway
                .finds_replacement(Replacement::Came)
                .at("CapacityArrived");
            detached()
                .finds_replacement(Replacement::DidNotCome)
                .scales_up(Market::OnDemand, false, true);
            detached()
                .fails(DENIED, "no")
                .scales_up(Market::OnDemand, false, true);
            continue;
        }
        let Step::WaitForCapacity { seconds, .. } = looked.machine.step else {
            panic!("{:?} is no wait", looked.machine.step);
        };
        assert_eq!(seconds, 15);
        let later = looked
            .after(milliseconds(elapsed + 15_000))
            .finds_replacement(Replacement::Underway);
        detaches(later, true);
    }
    // Another check would be too late.
    let mut slow = warned();
    slow.settings.verify_interval_seconds = 80;
    slow.loss.as_mut().unwrap().recommended = Some(RECOMMENDED.into());
    let slow = decided(slow, CHEAP).finds_replacement(Replacement::Underway);
    detaches(slow, true);
}

#[test]
fn each_look_at_a_replacement_counts() {
    let played = warned_again(CHEAP).finds_replacement(Replacement::Underway);
    assert_eq!(played.machine.step.progress().unwrap().looks, 2);
}

#[test]
fn if_the_replacement_did_not_come_or_nobody_knows_it_is_as_without_one() {
    for (usd, decrements) in [(CHEAP, false), (DEAR, true)] {
        let did_not_come = warned_again(usd).finds_replacement(Replacement::DidNotCome);
        let unknown = warned_again(usd).fails(DENIED, "no");
        for played in [did_not_come, unknown] {
            let detached =
                detaches(played, decrements).scales_with(ScaleOutcome::Detached, without_it());
            if usd == CHEAP {
                detached.waits(Market::Spot, 2, Some(4), 15);
            } else {
                detached.scales_up(Market::OnDemand, false, true);
            }
        }
    }
    warned_again(CHEAP)
        .finds_replacement(Replacement::DidNotCome)
        .fails(DENIED, "no")
        .scales_up(Market::OnDemand, false, true);
}

#[test]
fn a_dry_run_does_not_look_at_a_replacement() {
    let mut dry = warned();
    dry.settings.dry_run = true;
    dry.loss.as_mut().unwrap().recommended = Some(RECOMMENDED.into());
    decided(dry, CHEAP).scales_up(Market::Spot, false, true);
}

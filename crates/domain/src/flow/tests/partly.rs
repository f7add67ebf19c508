//! Spot or on-demand brings a part of what was asked for.

use serde_json::json;

use super::*;
use crate::scaling::{StandDownPlan, plan_take_back};

/// 2 are wanted of spot, which brought so many.
fn brings(more: i32, change: fn(&mut Discovery)) -> Played {
    decided(sized(120, change), CHEAP)
        .raises(Market::Spot, 3, 5)
        .scaled()
        .finds(spot(more), &[failed_launch()])
}

fn spot(more: i32) -> Capacity {
    testing::capacity([5, 5, 3 + more, 0])
}

#[test]
fn spot_keeps_what_arrived_and_on_demand_is_asked_for_what_did_not() {
    for (more, to, end) in [
        (0, 9, "Spot brought no instance."),
        (1, 8, "Spot brought 1 of those wanted."),
    ] {
        brings(more, |_| ())
            .takes_back(5, 2)
            .scales_with(ScaleOutcome::StoodDown, spot(more))
            .says(
                "Fallback",
                json!({"stood_down": true, "failure": no_spot()}),
            )
            .raises(Market::OnDemand, 7, to)
            .scaled()
            .arrives()
            .came_by(
                "Report ScaleUp WaitForCapacity StandDownSpot Report ScaleUp WaitForCapacity \
                 Report RoundsEnded",
            )
            .says(
                "Outcome",
                json!({"served_by": "on_demand", "failure": no_spot(),
                       "saving_usd_per_hour": null,
                       "sentence": format!("{to} of {to} instances are in service. {end}")}),
            );
    }
}

#[test]
fn spot_whose_launches_are_pending_has_all_of_its_time() {
    let pending = testing::capacity([5, 5, 4, 1]);
    let mut played = decided(sized(120, |_| ()), CHEAP)
        .scaled()
        .finds(pending, &[failed_launch()])
        .waits(Market::Spot, 3, Some(5), 30);
    let Step::WaitForCapacity { progress, .. } = &mut played.machine.step else {
        panic!("{:?} is no wait", played.machine.step);
    };
    progress.attempt.as_mut().unwrap().waited_seconds = 300;
    played
        .finds(pending, &[failed_launch()])
        .scales_with(ScaleOutcome::StoodDown, pending)
        .raises(Market::OnDemand, 7, 8);
}

#[test]
fn what_arrives_until_the_stand_down_is_kept_too() {
    brings(0, |_| ())
        .scales_with(ScaleOutcome::StoodDown, spot(1))
        .raises(Market::OnDemand, 7, 8);
    // Also if others ask for more, so that something was lowered.
    for outcome in [ScaleOutcome::CapacityArrived, ScaleOutcome::StoodDown] {
        brings(1, |_| ())
            .scales_with(outcome, spot(2))
            .at("RoundsEnded")
            .reported("Decision Outcome")
            .says("Outcome", json!({"served_by": "spot", "failure": null}));
    }
}

#[test]
fn what_has_gone_meanwhile_is_left_to_its_replacement() {
    decided(sized(120, |_| ()), CHEAP)
        .scaled()
        .finds(testing::capacity([5, 5, 1, 0]), &[failed_launch()])
        .takes_back(5, 2);
}

#[test]
fn what_others_lack_is_left_to_them_if_a_queue_says_how_many_are_wanted() {
    decided(sized(120, roomy), CHEAP)
        .scaled()
        .finds(testing::capacity([9, 9, 3, 0]), &[failed_launch()])
        .takes_back(9, 2)
        .scales_with(ScaleOutcome::StoodDown, testing::capacity([9, 9, 3, 0]))
        .raises(Market::OnDemand, 7, 9)
        .scaled()
        .waits(Market::OnDemand, 7, Some(9), 15);
}

#[test]
fn what_a_return_takes_back_meanwhile_leaves_nothing_that_is_asked_for_in_vain() {
    let mut next_to_a_return = sized(120, roomy);
    next_to_a_return.return_runs = true;
    next_to_a_return.spot_group.capacity = testing::capacity([9, 5, 3, 0]);
    let given_up = decided(next_to_a_return, CHEAP)
        .raises(Market::Spot, 5, 7)
        .scaled()
        .finds(testing::capacity([9, 7, 3, 0]), &[failed_launch()])
        .takes_back(7, 2);
    // The return has taken back its two.
    let now = testing::capacity([9, 5, 3, 0]);
    assert_eq!(plan_take_back(7, 2, now, true), StandDownPlan::Lower(3));
    given_up
        .scales_first(ScaleOutcome::StoodDown, now)
        .raises(Market::OnDemand, 7, 9);
}

#[test]
fn if_spot_cannot_be_stood_down_what_the_check_saw_is_not_asked_for_again() {
    for (more, to) in [(0, 9), (1, 8)] {
        brings(more, |_| ())
            .fails(DENIED, "no")
            .says("Fallback", json!({"stood_down": false}))
            .raises(Market::OnDemand, 7, to);
    }
}

#[test]
fn a_raise_without_effect_is_not_made_good_by_one_that_others_asked_for() {
    decided(sized(120, |_| ()), CHEAP)
        .loses_answer()
        .fails(DENIED, "no")
        .scales_with(
            ScaleOutcome::CapacityArrived,
            testing::capacity([5, 4, 4, 0]),
        )
        .raises(Market::OnDemand, 7, 8);
}

#[test]
fn what_others_brought_meanwhile_after_a_refusal_counts() {
    decided(sized(120, |_| ()), CHEAP)
        .fails(DENIED, "no")
        .scales_with(ScaleOutcome::AlreadyDown, testing::capacity([5, 4, 4, 0]))
        .raises(Market::OnDemand, 7, 8);
}

#[test]
fn spot_that_brought_all_that_it_was_asked_for_serves_also_if_others_brought_more() {
    decided(sized(140, roomy), CHEAP)
        .scaled()
        .checked()
        .fails(DENIED, "no")
        .looked(CapacityStatus::NoCapacity)
        .scales_with(ScaleOutcome::StoodDown, testing::capacity([9, 9, 8, 0]))
        .at("RoundsEnded")
        .says("Outcome", json!({"served_by": "spot", "failure": null}));
}

#[test]
fn one_of_several_that_the_group_lacks_is_not_the_one_that_was_lost() {
    let lacks_two = sized(0, |found| {
        found.settings.launch_by = LaunchBy::DesiredCapacity;
        found.loss = Some(loss(LossKind::LaunchUnsuccessful));
        found.spot_group.capacity = testing::capacity([5, 3, 1, 0]);
    });
    let one_came = testing::capacity([5, 3, 2, 0]);
    for stands_down in [true, false] {
        let given_up = decided(lacks_two.clone(), CHEAP)
            .waits(Market::Spot, 1, Some(3), 15)
            .finds(one_came, &[failed_launch()])
            .stands_down_to(1);
        let given_up = if stands_down {
            given_up.scales_with(ScaleOutcome::StoodDown, one_came)
        } else {
            given_up.fails(DENIED, "no")
        };
        given_up.scales_up(Market::OnDemand, false, true);
    }
}

#[test]
fn without_room_in_on_demand_spot_goes_on_and_what_arrived_is_said() {
    let full = |found: &mut Discovery| fill(&mut found.on_demand_group);
    brings(1, full)
        .notified(
            NO_CAPACITY,
            "VerifyCapacity",
            "1 arrived, and more are wanted; jobs may be waiting.",
        )
        .came_by("Report ScaleUp WaitForCapacity Notify Report Failed");
    brings(0, full).notified(
        NO_CAPACITY,
        "VerifyCapacity",
        "No capacity arrived; jobs may be waiting.",
    );
}

#[test]
fn on_demand_that_brings_a_part_and_no_more_fails_and_says_how_many_of_both_arrived() {
    for (spot_more, to, on_demand_in_service, arrived) in [(1, 8, 7, 1), (0, 9, 8, 1), (1, 8, 6, 1)]
    {
        let mut played = brings(spot_more, |_| ())
            .scales_with(ScaleOutcome::StoodDown, spot(spot_more))
            .raises(Market::OnDemand, 7, to)
            .scaled();
        let Step::WaitForCapacity { progress, .. } = &mut played.machine.step else {
            panic!("{:?} is no wait", played.machine.step);
        };
        progress.attempt.as_mut().unwrap().waited_seconds = 600;
        let on_demand = testing::capacity([9, to, on_demand_in_service, 0]);
        played.finds(on_demand, &[failed_launch()]).notified(
            NO_CAPACITY,
            "VerifyCapacity",
            &format!("{arrived} arrived, and more are wanted; jobs may be waiting."),
        );
    }
}

#[test]
fn on_demand_that_is_refused_the_rest_fails_and_says_what_spot_brought() {
    brings(1, |_| ())
        .scales_with(ScaleOutcome::StoodDown, spot(1))
        .fails(DENIED, "no")
        .notified(
            DENIED,
            "ScaleUp",
            "1 arrived, and more are wanted; jobs may be waiting.",
        );
}

#[test]
fn the_next_round_begins_after_a_part_of_each() {
    let more_rounds = |found: &mut Discovery| found.settings.max_rounds = 2;
    brings(1, more_rounds)
        .scales_with(ScaleOutcome::StoodDown, spot(1))
        .scaled()
        .arrives()
        .at("Discover");
}

//! On-demand is asked at once for what spot has no room for.

mod doubt;

use serde_json::json;

use super::*;

/// 4 are wanted: spot has room for 2, and on-demand is asked for the rest.
fn asks(change: fn(&mut Discovery)) -> Played {
    decided(sized(140, change), CHEAP)
        .raises(Market::Spot, 3, 5)
        .scaled()
        .checked()
        .raises(Market::OnDemand, 7, 9)
}

fn asked(change: fn(&mut Discovery)) -> Played {
    asks(change)
        .scaled()
        .waits(Market::Spot, 3, Some(5), 15)
        .in_addition(Some((7, 9, 15)))
}

/// What spot has as discovered, with so many of 2 more.
fn spot(more: i32) -> Capacity {
    testing::capacity([5, 5, 3 + more, 0])
}

/// What on-demand has, with so many of 2 more.
fn on_demand(more: i32) -> Capacity {
    testing::capacity([9, 9, 7 + more, 0])
}

/// *verify* finds so many more of each; every launch of spot has failed that did not bring one.
fn finds(played: Played, spot_more: i32, on_demand_more: i32, spot_failed: bool) -> Played {
    let failed = [failed_launch()];
    let activities = if spot_failed { &failed[..] } else { &[] };
    played.finds_each(&[
        (spot(spot_more), activities),
        (on_demand(on_demand_more), &[]),
    ])
}

#[test]
fn both_arrive_and_spot_serves() {
    finds(asked(|_| ()), 2, 2, false)
        .came_by("Report ScaleUp WaitForCapacity ScaleUp WaitForCapacity Report RoundsEnded")
        .reported("Decision Outcome")
        .says("Decision", json!({"wanted": 4}))
        .says(
            "Outcome",
            json!({"result": "capacity_arrived", "served_by": "spot", "failure": null,
                   "sentence": "Spot brought 2; on-demand, asked for the rest: 9 of 9 instances are in service.",
                   "saving_usd_per_hour": "0.316"}),
        );
}

#[test]
fn what_arrived_of_each_group_is_said_once() {
    let played = asked(|_| ());
    let look = |market, capacity| Look {
        market,
        capacity,
        activities: &[],
    };
    let progress = played.machine.step.progress().unwrap();
    for (more, arrived) in [
        ([2, 2], vec![(Market::OnDemand, 2), (Market::Spot, 2)]),
        ([2, 1], vec![(Market::Spot, 2)]),
        ([1, 2], vec![]),
    ] {
        let looks = [
            look(Market::Spot, spot(more[0])),
            look(Market::OnDemand, on_demand(more[1])),
        ];
        let checked =
            played
                .flow()
                .checked(progress.clone(), &looks, &Others::default(), began_at());
        assert_eq!(checked.arrived, arrived, "{more:?}");
    }
}

#[test]
fn each_group_is_waited_for() {
    // Spot comes first, and is not looked at again.
    let alone = finds(asked(|_| ()), 2, 0, false)
        .waits(Market::OnDemand, 7, Some(9), 30)
        .in_addition(None);
    alone
        .finds(on_demand(2), &[])
        .says(
            "Outcome",
            json!({"served_by": "spot", "saving_usd_per_hour": "0.316"}),
        )
        .at("RoundsEnded");
    // On-demand comes first.
    let both = finds(asked(|_| ()), 1, 2, false)
        .waits(Market::Spot, 3, Some(5), 30)
        .in_addition(Some((7, 9, 30)));
    finds(both, 2, 2, false).at("RoundsEnded");
}

#[test]
fn spot_that_brings_nothing_is_stood_down_and_on_demand_asked_for_all_that_are_wanted() {
    let given_up = |change| {
        finds(asked(change), 0, 1, true)
            .takes_back(5, 2)
            .scales(ScaleOutcome::StoodDown)
            .reported("Decision Fallback")
    };
    let outcome = json!({"served_by": "on_demand", "saving_usd_per_hour": null,
                         "failure": no_spot()});
    given_up(roomy)
        .raises(Market::OnDemand, 7, 11)
        .scaled()
        .waits(Market::OnDemand, 7, Some(11), 15)
        .in_addition(None)
        .arrives()
        .says("Outcome", outcome.clone());
    // It has no room for more: those that were asked for are waited for.
    given_up(|_| ())
        .raises(Market::OnDemand, 7, 9)
        .scales(ScaleOutcome::AlreadyScaled)
        .waits(Market::OnDemand, 7, Some(9), 15)
        .arrives()
        .says("Outcome", outcome);
}

#[test]
fn of_spot_that_brings_a_part_on_demand_is_asked_for_the_rest() {
    finds(asked(roomy), 1, 0, true)
        .takes_back(5, 2)
        .scales_with(ScaleOutcome::StoodDown, spot(1))
        .raises(Market::OnDemand, 7, 10)
        .scaled()
        .arrives()
        .says(
            "Outcome",
            json!({"served_by": "on_demand", "saving_usd_per_hour": null,
                   "sentence": "10 of 10 instances are in service. Spot brought 1 of those wanted."}),
        );
}

#[test]
fn spot_that_arrives_while_it_is_stood_down_leaves_on_demand_to_be_waited_for() {
    for outcome in [ScaleOutcome::CapacityArrived, ScaleOutcome::StoodDown] {
        finds(asked(roomy), 1, 0, true)
            .scales_with(outcome, spot(2))
            .waits(Market::OnDemand, 7, Some(9), 30)
            .finds(on_demand(2), &[])
            .at("RoundsEnded")
            .reported("Decision Outcome")
            .says("Outcome", json!({"served_by": "spot", "failure": null}));
    }
}

#[test]
fn spot_that_is_withdrawn_leaves_on_demand_to_be_waited_for() {
    asked(|_| ())
        .finds_each(&[(testing::capacity([5, 3, 3, 0]), &[]), (on_demand(0), &[])])
        .waits(Market::OnDemand, 7, Some(9), 30)
        .finds(on_demand(2), &[])
        .says(
            "Outcome",
            json!({"served_by": "on_demand", "saving_usd_per_hour": null,
                   "sentence": "9 of 9 instances are in service. Spot brought no instance."}),
        );
}

#[test]
fn on_demand_that_was_asked_and_is_scaled_in_is_not_asked_again() {
    asked(|_| ())
        .finds_each(&[(spot(0), &[]), (testing::capacity([9, 7, 7, 0]), &[])])
        .waits(Market::Spot, 3, Some(5), 30)
        .in_addition(Some((7, 9, 30)));
}

#[test]
fn what_was_asked_in_addition_is_part_of_what_on_demand_takes_over() {
    finds(asked(roomy), 0, 2, true)
        .scales(ScaleOutcome::StoodDown)
        .raises(Market::OnDemand, 7, 11)
        .loses_answer()
        .finds(testing::capacity([100, 11, 9, 2]), &[])
        .waits(Market::OnDemand, 7, Some(11), 30)
        .in_addition(None)
        .arrives()
        .at("RoundsEnded");
}

#[test]
fn on_demand_that_brings_a_part_fails_and_says_how_many_arrived() {
    let mut played = finds(asked(|_| ()), 2, 1, false);
    let Step::WaitForCapacity { progress, .. } = &mut played.machine.step else {
        panic!("{:?} is no wait", played.machine.step);
    };
    progress.attempt.as_mut().unwrap().waited_seconds = 86_400;
    played
        .finds(on_demand(1), &[failed_launch()])
        .notified(
            NO_CAPACITY,
            "VerifyCapacity",
            "3 arrived, and more are wanted; jobs may be waiting.",
        )
        .reported("Decision Failure Outcome")
        .says(
            "Outcome",
            json!({"result": "failed", "served_by": null,
                   "sentence": "3 arrived, and more are wanted."}),
        )
        .at("Failed");
}

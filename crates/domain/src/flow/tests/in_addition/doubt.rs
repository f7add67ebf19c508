//! On-demand is refused or unclear, or what comes before it.

use serde_json::json;

use super::*;

#[test]
fn if_on_demand_cannot_be_asked_spot_is_waited_for_all_the_same() {
    let alone = |played: Played| {
        played
            .waits(Market::Spot, 3, Some(5), 15)
            .in_addition(None)
            .arrives()
            .says(
                "Outcome",
                json!({"result": "capacity_arrived", "served_by": "spot", "failure": null}),
            )
            .at("RoundsEnded");
    };
    alone(asks(|_| ()).fails(DENIED, "no"));
    alone(asks(|_| ()).scales(ScaleOutcome::GroupFull));
    // And if spot does not come either, on-demand is asked for all.
    asks(|_| ())
        .fails(DENIED, "no")
        .looked(CapacityStatus::NoCapacity)
        .scales(ScaleOutcome::StoodDown)
        .raises(Market::OnDemand, 7, 9);
}

#[test]
fn on_demand_is_asked_though_the_check_before_it_fails() {
    decided(sized(140, |_| ()), CHEAP)
        .scaled()
        .fails("SpotManager.Transient", "no answer")
        .raises(Market::OnDemand, 7, 9);
}

#[test]
fn if_it_is_not_known_whether_on_demand_was_asked_a_look_says_so() {
    let lost = || asks(|_| ()).loses_answer().at("WaitForCapacity");
    finds(lost(), 1, 0, false)
        .waits(Market::Spot, 3, Some(5), 30)
        .in_addition(Some((7, 9, 30)));
    let untouched = testing::capacity([9, 7, 7, 0]);
    lost()
        .finds_each(&[(spot(2), &[]), (untouched, &[])])
        .raises(Market::OnDemand, 7, 9)
        .scales(ScaleOutcome::AlreadyScaled)
        .waits(Market::Spot, 3, Some(5), 30)
        .in_addition(Some((7, 9, 15)));
    lost()
        .finds_each(&[(spot(0), &[]), (untouched, &[])])
        .fails(DENIED, "no")
        .waits(Market::Spot, 3, Some(5), 30)
        .in_addition(None);
    // If the look fails too, on-demand is raised to a value that allows for both.
    let unseen = lost().fails(DENIED, "no").stands_down_to(3);
    unseen
        .scales(ScaleOutcome::StoodDown)
        .raises(Market::OnDemand, 7, 9)
        .fails(DENIED, "no")
        .notified(
            DENIED,
            "ScaleUp",
            "It is not known if capacity arrived; jobs may be waiting.",
        );
}

#[test]
fn on_demand_is_asked_again_six_times_at_most() {
    let mut played = asks(|_| ());
    let untouched = testing::capacity([9, 7, 7, 0]);
    for _ in 0..6 {
        played = played
            .raises(Market::OnDemand, 7, 9)
            .loses_answer()
            .finds_each(&[(spot(0), &[]), (untouched, &[])]);
    }
    let progress = played.loses_answer().in_addition(None);
    progress
        .finds(spot(2), &[])
        .at("RoundsEnded")
        .says("Outcome", json!({"served_by": "spot"}));
}

#[test]
fn a_raise_of_spot_that_clears_up_asks_on_demand_too() {
    decided(sized(140, |_| ()), CHEAP)
        .loses_answer()
        .finds(spot(0), &[])
        .raises(Market::OnDemand, 7, 9)
        .scaled()
        .waits(Market::Spot, 3, Some(5), 30)
        .in_addition(Some((7, 9, 15)));
    // One without effect is done again first.
    decided(sized(140, |_| ()), CHEAP)
        .loses_answer()
        .finds(testing::capacity([5, 3, 3, 0]), &[])
        .raises(Market::Spot, 3, 5);
}

#[test]
fn if_on_demand_is_refused_the_rest_nobody_knows_what_came_of_the_first() {
    finds(asked(roomy), 0, 0, true)
        .scales(ScaleOutcome::StoodDown)
        .fails(DENIED, "no")
        .notified(
            DENIED,
            "ScaleUp",
            "It is not known if capacity arrived; jobs may be waiting.",
        );
}

#[test]
fn a_stand_down_that_fails_leaves_the_same_to_be_asked_of_on_demand() {
    finds(asked(roomy), 1, 0, true)
        .fails(DENIED, "no")
        .notified(
            DENIED,
            "StandDownSpot",
            "The spot group may go on buying in addition to on-demand, which scales up now.",
        )
        .raises(Market::OnDemand, 7, 10);
}

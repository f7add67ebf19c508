//! Other executions run next to a return.

use serde_json::json;

use super::*;

#[test]
fn a_return_that_others_were_faster_than_asked_for_nothing() {
    let asked = back().scales_first(ScaleOutcome::AlreadyScaled, spot(5, 3, 0));
    let played = asked.checked();
    assert_eq!(played.machine.messages, []);
    played.at("StayedOnDemand");
}

#[test]
fn next_to_others_a_return_gives_way_for_what_does_not_launch() {
    back()
        .scaled()
        .next_to(another())
        // They ask for one more.
        .finds(spot(6, 3, 0), &[])
        .takes_back(6, 2)
        .scales_with(ScaleOutcome::StoodDown, spot(6, 3, 0))
        .at("StayedOnDemand")
        .reported("Decision Outcome")
        .says(
            "Outcome",
            json!({"result": "stayed_on_demand", "failure": null,
                   "sentence": "StoodDown. Spot brought no instance."}),
        );
    // What does not launch may be theirs.
    back()
        .scaled()
        .next_to(another())
        .finds(spot(6, 4, 1), &[])
        .takes_back(6, 1)
        .scales_with(ScaleOutcome::StoodDown, spot(6, 4, 1))
        .lowers(Market::OnDemand, 7, 6);
    // Without them it waits.
    back()
        .scaled()
        .finds(spot(5, 3, 0), &[])
        .waits(Market::Spot, 3, Some(5), 30);
}

#[test]
fn next_to_others_a_return_waits_for_what_launches() {
    for others in [
        another(),
        Others {
            before: 1,
            ..Others::default()
        },
        Others {
            returns: 1,
            ..Others::default()
        },
    ] {
        let launching = back().scaled().next_to(others).finds(spot(5, 3, 2), &[]);
        launching.waits(Market::Spot, 3, Some(5), 30);
        back()
            .scaled()
            .next_to(others)
            .finds(spot(5, 3, 1), &[])
            .takes_back(5, 1)
            .scales_with(ScaleOutcome::StoodDown, spot(5, 3, 1))
            .waits(Market::Spot, 3, Some(4), 30)
            .finds(spot(4, 4, 0), &[])
            .lowers(Market::OnDemand, 7, 6);
    }
}

#[test]
fn what_others_asked_for_since_the_discovery_is_not_what_a_return_brings() {
    back()
        .scales_with(ScaleOutcome::Scaled, spot(4, 3, 1))
        .waits(Market::Spot, 4, Some(5), 15)
        .finds(spot(5, 5, 0), &[])
        .lowers(Market::OnDemand, 7, 6);
    // All of it.
    back()
        .scales_first(ScaleOutcome::AlreadyScaled, spot(5, 3, 1))
        .checked()
        .came_by("Report ScaleUp WaitForCapacity Report StayedOnDemand")
        .says(
            "Outcome",
            json!({"failure": null, "sentence": "AlreadyScaled. Spot brought no instance."}),
        );
}

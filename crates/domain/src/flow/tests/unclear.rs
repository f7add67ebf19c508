//! A scale-up of which nobody knows whether it took effect: a look finds out.

use serde_json::json;

use super::*;

/// The group as it was discovered, after a look that found no effect.
fn untouched(played: Played) -> Played {
    let spot = played.discovery.spot_group.capacity;
    played.finds(spot, &[])
}

#[test]
fn a_scale_up_that_took_effect_is_waited_for() {
    decided(found(|_| ()), CHEAP)
        .loses_answer()
        .at("WaitForCapacity")
        .finds(testing::capacity([5, 4, 3, 1]), &[])
        .waits(Market::Spot, 3, Some(4), 30)
        .arrives()
        .came_by("Report ScaleUp WaitForCapacity WaitForCapacity Report CapacityArrived")
        .reported("Decision Outcome");
}

#[test]
fn it_may_have_arrived_by_the_first_look() {
    decided(found(|_| ()), CHEAP)
        .loses_answer()
        .finds(testing::capacity([5, 4, 4, 0]), &[])
        .at("CapacityArrived")
        .says("Outcome", json!({"served_by": "spot", "failure": null}));
}

#[test]
fn one_that_was_undone_meanwhile_took_effect_too() {
    let launched = Activity::launched_because("a user request executed policy ScaleUp changing");
    let spot = testing::capacity([5, 3, 3, 0]);
    decided(found(|_| ()), CHEAP)
        .loses_answer()
        .finds(spot, &[launched])
        .at("NoLongerNeeded");
}

#[test]
fn one_that_was_done_before_and_undone_meanwhile_is_not_done_again() {
    let launched = Activity::launched_because("a user request executed policy ScaleUp changing");
    decided(found(|_| ()), CHEAP)
        .scales(ScaleOutcome::AlreadyScaled)
        .finds(testing::capacity([5, 3, 3, 0]), &[launched])
        .at("NoLongerNeeded");
}

#[test]
fn one_without_effect_is_done_again_after_a_look_and_then_compares() {
    for (lost, honor_cooldown) in [
        (None, true),
        (Some(loss(LossKind::RebalanceRecommendation)), false),
    ] {
        let again = untouched(decided(found(|found| found.loss = lost), CHEAP).loses_answer());
        again
            .scales_up(Market::Spot, honor_cooldown, false)
            .scales(ScaleOutcome::AlreadyScaled)
            .finds(testing::capacity([5, 4, 3, 1]), &[])
            .waits(Market::Spot, 3, Some(4), 30)
            .arrives()
            .at("CapacityArrived");
    }
}

#[test]
fn it_is_done_again_six_times_at_most_and_then_given_up() {
    let mut played = decided(found(|_| ()), CHEAP);
    for again in 0..6 {
        played = untouched(
            played
                .scales_up(Market::Spot, true, again == 0)
                .loses_answer(),
        );
    }
    played
        .scales_up(Market::Spot, true, false)
        .loses_answer()
        .at("StandDownSpot")
        .stands_down_to(3)
        .scales(ScaleOutcome::StoodDown)
        .says(
            "Fallback",
            json!({"failure": {"error": UNKNOWN, "cause": "lost", "state": "ScaleUp"}}),
        )
        .scales_up(Market::OnDemand, true, true);
}

#[test]
fn of_on_demand_that_was_done_seven_times_nobody_knows() {
    let mut played = decided(found(|_| ()), DEAR);
    for _ in 0..6 {
        let on_demand = played.discovery.on_demand_group.capacity;
        played = played.loses_answer().finds(on_demand, &[]);
    }
    played
        .loses_answer()
        .notified(
            UNKNOWN,
            "ScaleUp",
            "It is not known if capacity arrived; jobs may be waiting.",
        )
        .says(
            "Outcome",
            json!({"sentence": "It is not known if capacity arrived.", "served_by": null}),
        )
        .failed(UNKNOWN, "lost", "ScaleUp");
}

#[test]
fn if_it_cannot_be_looked_at_spot_is_stood_down_to_what_was_discovered() {
    decided(found(|_| ()), CHEAP)
        .loses_answer()
        .fails(DENIED, "no")
        .stands_down_to(3)
        .scales(ScaleOutcome::StoodDown)
        .says(
            "Fallback",
            json!({"failure": {"error": DENIED, "cause": "no", "state": "VerifyCapacity"}}),
        );
    let full = found(|found| fill(&mut found.on_demand_group));
    decided(full, CHEAP)
        .loses_answer()
        .fails(DENIED, "no")
        .notified(
            DENIED,
            "VerifyCapacity",
            "It is not known if capacity arrived; jobs may be waiting.",
        );
}

#[test]
fn one_that_is_refused_after_a_look_brought_nothing() {
    untouched(decided(found(|found| fill(&mut found.on_demand_group)), CHEAP).loses_answer())
        .fails(DENIED, "no")
        .notified(
            DENIED,
            "ScaleUp",
            "No capacity arrived; jobs may be waiting.",
        );
}

#[test]
fn each_look_counts_also_one_that_clears_up() {
    let queued = found(|found| found.queue = queue(300));
    let played = untouched(decided(queued, CHEAP).loses_answer())
        .loses_answer()
        .finds(testing::capacity([5, 4, 3, 1]), &[])
        .arrives();
    let Step::Discover { input } = &played.machine.step else {
        panic!("{:?}", played.machine.step);
    };
    assert_eq!(input.round.as_ref().unwrap().looks, Some(3));
}

#[test]
fn a_dry_run_for_a_loss_is_the_same() {
    let dry = found(|found| {
        found.settings.dry_run = true;
        found.loss = Some(loss(LossKind::InterruptionWarning));
    });
    let on_demand = dry.on_demand_group.capacity;
    decided(dry, DEAR)
        .loses_answer()
        .finds(on_demand, &[])
        .scales_up(Market::OnDemand, false, false)
        .pretended()
        .at("DryRunEnded");
}

#[test]
fn one_of_a_policy_that_adds_several_waits_for_all_of_them() {
    let mut found = found(|_| ());
    found.spot_group.scale_up_policy = testing::scaling_policy("ScaleUp", 2);
    decided(found, CHEAP)
        .loses_answer()
        .finds(testing::capacity([5, 5, 4, 1]), &[])
        .waits(Market::Spot, 3, Some(5), 30);
}

#[test]
fn a_raise_that_may_have_taken_effect_is_looked_at_and_repeated_to_the_same_value() {
    let lost = || {
        decided(sized(120, |_| ()), CHEAP)
            .loses_answer()
            .at("WaitForCapacity")
    };
    lost()
        .finds(testing::capacity([5, 5, 2, 1]), &[])
        .waits(Market::Spot, 3, Some(5), 30)
        .arrives()
        .at("RoundsEnded");
    // What others ask for meanwhile does not change it.
    lost()
        .finds(testing::capacity([5, 4, 2, 1]), &[])
        .raises(Market::Spot, 3, 5)
        .scales(ScaleOutcome::AlreadyScaled)
        .waits(Market::Spot, 3, Some(5), 15);
    lost().fails(DENIED, "no").stands_down_to(3);
}

#[test]
fn a_raise_whose_outcome_stays_unknown_is_given_up_after_six_more() {
    let mut played = decided(sized(120, |_| ()), CHEAP);
    for _ in 0..6 {
        let spot = played.discovery.spot_group.capacity;
        played = played
            .raises(Market::Spot, 3, 5)
            .loses_answer()
            .finds(spot, &[]);
    }
    played
        .loses_answer()
        .stands_down_to(3)
        .scales(ScaleOutcome::StoodDown)
        .raises(Market::OnDemand, 7, 9);
}

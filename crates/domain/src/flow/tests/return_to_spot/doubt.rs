//! Spot is refused or unclear, or on-demand cannot be lowered.

use serde_json::json;

use super::*;

/// 2 of spot have come, and on-demand is to ask for 5 instead of 7.
fn came() -> Played {
    back().scaled().arrives().lowers(Market::OnDemand, 7, 5)
}

/// On-demand asks for so many.
fn on_demand(desired_capacity: i32) -> Capacity {
    testing::capacity([9, desired_capacity, desired_capacity, 0])
}

/// It is not known whether on-demand was lowered, and then found like this.
fn lost(desired_capacity: i32, others: Others) -> Played {
    let lost = came().loses_answer().at("WaitForCapacity");
    lost.next_to(others).finds(on_demand(desired_capacity), &[])
}

const BOTH: &str =
    "Spot is in service, and it is not known if on-demand asks for less: both may run and cost.";

#[test]
fn a_scale_up_that_is_refused_leaves_on_demand_serving() {
    back()
        .fails(DENIED, "no")
        .came_by("Report ScaleUp Report StayedOnDemand")
        .says(
            "Outcome",
            json!({"failure": {"error": DENIED, "cause": "no", "state": "ScaleUp"}}),
        );
    back()
        .asks_nothing(ScaleOutcome::GroupFull)
        .at("StayedOnDemand")
        .says(
            "Outcome",
            json!({"failure": {"error": NO_CAPACITY, "cause": "GroupFull.", "state": "ScaleUp"}}),
        );
}

#[test]
fn if_spot_cannot_be_checked_all_is_taken_back_that_was_asked_for() {
    let failure = json!({"error": DENIED, "cause": "why", "state": "VerifyCapacity"});
    let given_up = || back().scaled().fails(DENIED, "why").takes_back(5, 2);
    given_up()
        .scales(ScaleOutcome::StoodDown)
        .at("StayedOnDemand")
        .says("Outcome", json!({"failure": failure}));
    given_up()
        .scales_with(ScaleOutcome::StoodDown, spot(5, 4, 0))
        .lowers(Market::OnDemand, 7, 6);
}

#[test]
fn spot_that_cannot_be_taken_back_is_notified() {
    let consequence =
        "The spot group may go on buying in addition to on-demand, which goes on serving.";
    back()
        .scaled()
        .finds(spot(5, 4, 0), &[failed_launch()])
        .fails(DENIED, "no")
        .notified(DENIED, "StandDownSpot", consequence)
        // What came takes over all the same.
        .lowers(Market::OnDemand, 7, 6);
    back()
        .scaled()
        .next_to(another())
        .finds(spot(5, 3, 0), &[])
        .fails(DENIED, "no")
        .notified(DENIED, "StandDownSpot", consequence)
        .at("StayedOnDemand")
        .says(
            "Outcome",
            json!({"failure": {"error": DENIED, "cause": "no", "state": "StandDownSpot"}}),
        );
}

#[test]
fn a_raise_whose_outcome_is_unknown_is_looked_at() {
    let unclear = || back().loses_answer().at("WaitForCapacity");
    unclear()
        .finds(spot(5, 3, 2), &[])
        .waits(Market::Spot, 3, Some(5), 30);
    // Without effect it is raised to the same.
    unclear()
        .next_to(another())
        .finds(spot(3, 3, 0), &[])
        .raises(Market::Spot, 3, 5);
    let message = unclear().next_to(another()).finds(spot(5, 3, 2), &[]);
    let message = message
        .at("StayedOnDemand")
        .notified(
            UNKNOWN,
            "ScaleUp",
            "Its outcome is unknown, and another execution runs for the same groups. Only one of \
             both may have scaled up: the spot group may have been raised, and on-demand goes on \
             serving.",
        )
        .machine
        .messages
        .remove(0);
    let subject = "SpotManager cannot confirm a scale-up for render-farm";
    assert_eq!(message.subject, subject);
    // It took no effect, and is given up.
    unclear()
        .after(SignedDuration::from_secs(1_800))
        .finds(spot(3, 3, 0), &[])
        .takes_back(5, 2)
        .scales_with(ScaleOutcome::AlreadyDown, spot(3, 3, 0))
        .at("StayedOnDemand");
}

#[test]
fn a_raise_whose_outcome_stays_unknown_is_taken_back() {
    let mut played = back();
    for _ in 0..6 {
        played = played
            .raises(Market::Spot, 3, 5)
            .loses_answer()
            .finds(spot(3, 3, 0), &[]);
    }
    played
        .loses_answer()
        .takes_back(5, 2)
        .scales(ScaleOutcome::StoodDown)
        .at("StayedOnDemand")
        .says(
            "Outcome",
            json!({"failure": {"error": UNKNOWN, "cause": "lost", "state": "ScaleUp"}}),
        );
}

#[test]
fn on_demand_is_lowered_from_what_was_seen_last() {
    let grown = on_demand(8);
    let scaled_in = Capacity {
        min_size: 5,
        ..on_demand(6)
    };
    for (seen, from, to) in [(grown, 8, 6), (scaled_in, 6, 4)] {
        back()
            .scaled()
            .finds_each(&[(spot(5, 5, 0), &[]), (seen, &[])])
            .lowers(Market::OnDemand, from, to);
    }
    // Its MinSize stays as it was discovered.
    let least = returning(|found| found.on_demand_group.capacity.min_size = 5);
    decided(least, CHEAP)
        .scaled()
        .finds_each(&[(spot(5, 5, 0), &[]), (on_demand(6), &[])])
        .lowers(Market::OnDemand, 6, 5);
    // Others have lowered it to that.
    let least = returning(|found| found.on_demand_group.capacity.min_size = 5);
    decided(least, CHEAP)
        .scaled()
        .finds_each(&[(spot(5, 5, 0), &[]), (on_demand(5), &[])])
        .lowers(Market::OnDemand, 5, 5)
        .scales(ScaleOutcome::AlreadyScaledDown)
        .finds(on_demand(5), &[])
        .at("ReturnedToSpot");
}

#[test]
fn on_demand_that_others_need_is_left_alone_and_spot_is_taken_back() {
    came()
        .scales_with(ScaleOutcome::NotScaledDown, on_demand(8))
        .lowers(Market::Spot, 5, 3)
        .scales(ScaleOutcome::ScaledDown)
        .came_by(
            "Report ScaleUp WaitForCapacity ScaleDownOnDemand StandDownSpot Report \
             StayedOnDemand",
        )
        .says(
            "Outcome",
            json!({"result": "stayed_on_demand", "served_by": "on_demand", "failure": null,
                   "sentence": "ScaledDown. Spot brought 2 of those wanted.",
                   "saving_usd_per_hour": null}),
        );
    // Others need spot too.
    came()
        .scales_with(ScaleOutcome::NotScaledDown, on_demand(8))
        .scales_with(ScaleOutcome::NotScaledDown, spot(6, 5, 1))
        .lowers(Market::Spot, 6, 4)
        .scales(ScaleOutcome::AlreadyScaledDown)
        .at("StayedOnDemand");
}

#[test]
fn on_demand_that_cannot_be_lowered_is_notified_and_spot_is_taken_back() {
    let refused = came().fails(DENIED, "no").notified(
        DENIED,
        "ScaleDownOnDemand",
        "The spot instances that came are taken back, and on-demand goes on serving.",
    );
    let subject = "SpotManager could not lower on-demand for render-farm";
    assert_eq!(refused.machine.messages[0].subject, subject);
    refused
        .lowers(Market::Spot, 5, 3)
        .scales(ScaleOutcome::ScaledDown)
        .at("StayedOnDemand")
        .reported("Decision Outcome");
    came()
        .fails(DENIED, "no")
        .fails(DENIED, "no")
        .notified(
            DENIED,
            "StandDownSpot",
            "The spot group may go on buying in addition to on-demand, which goes on serving.",
        )
        .at("StayedOnDemand");
}

#[test]
fn a_check_says_whether_on_demand_fell() {
    let lowered = |others| {
        let lowered = came().scales(ScaleOutcome::ScaledDown);
        lowered.next_to(others).at("WaitForCapacity")
    };
    for desired_capacity in [5, 6, 4] {
        lowered(Others::default())
            .finds(on_demand(desired_capacity), &[])
            .at("ReturnedToSpot");
    }
    // Auto Scaling refused it.
    lowered(Others::default())
        .finds(on_demand(7), &[])
        .lowers(Market::Spot, 5, 3)
        .scales(ScaleOutcome::ScaledDown)
        .at("StayedOnDemand");
    // It fell, and others have raised it since.
    lowered(another())
        .finds(on_demand(7), &[])
        .at("ReturnedToSpot")
        .says(
            "Outcome",
            json!({"sentence": "workers-on-demand asks for 7: 2 of spot serve instead."}),
        );
    lowered(Others::default())
        .fails(DENIED, "why")
        .notified(DENIED, "ScaleDownOnDemand", BOTH)
        .failed(DENIED, "why", "ScaleDownOnDemand");
    // It was lowered before.
    came()
        .scales(ScaleOutcome::AlreadyScaledDown)
        .finds(on_demand(5), &[])
        .at("ReturnedToSpot");
}

#[test]
fn if_it_is_not_known_whether_on_demand_was_lowered_a_check_says_so() {
    for others in [Others::default(), another()] {
        lost(5, others).at("ReturnedToSpot");
    }
    lost(7, Others::default()).lowers(Market::OnDemand, 7, 5);
    for (desired_capacity, others) in [(7, another()), (8, Others::default())] {
        lost(desired_capacity, others)
            .notified(UNKNOWN, "ScaleDownOnDemand", BOTH)
            .reported("Decision Failure Outcome")
            .says_all(
                "Outcome",
                json!({
                    "result": "failed",
                    "served_by": "spot",
                    "sentence": "Spot is in service, and it is not known if on-demand asks for less.",
                    "failure": {"error": UNKNOWN, "cause": "lost", "state": "ScaleDownOnDemand"},
                }),
            )
            .failed(UNKNOWN, "lost", "ScaleDownOnDemand");
    }
    came()
        .loses_answer()
        .after(SignedDuration::from_secs(1_800))
        .finds(on_demand(7), &[])
        .at("Failed");
    came().loses_answer().fails(DENIED, "why").at("Failed");
}

#[test]
fn on_demand_is_lowered_again_six_times_at_most() {
    let mut played = came();
    for _ in 0..6 {
        played = played
            .lowers(Market::OnDemand, 7, 5)
            .loses_answer()
            .finds(on_demand(7), &[]);
    }
    played
        .loses_answer()
        .failed(UNKNOWN, "lost", "ScaleDownOnDemand");
}

#[test]
fn without_a_look_at_on_demand_nobody_knows() {
    let played = came().scales(ScaleOutcome::ScaledDown);
    let progress = played.machine.step.progress().unwrap().clone();
    let flow = played.flow();
    assert!(!flow.depends_on_others(&progress, &[]));
    let checked = flow.checked(progress, &[], &Others::default(), began_at());
    assert_eq!(checked.step.state(), "Notify");
}

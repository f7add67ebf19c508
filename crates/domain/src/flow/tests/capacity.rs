//! Whether the capacity arrives, and what follows if it does not.

use serde_json::json;

use super::*;

fn no_on_demand() -> Discovery {
    found(|found| fill(&mut found.on_demand_group))
}

#[test]
fn without_spot_in_any_zone_on_demand_takes_over_and_has_all_of_its_time() {
    decided(found(|_| ()), CHEAP)
        .scaled()
        .looked(CapacityStatus::Pending)
        .looked(CapacityStatus::NoCapacity)
        // All that it lacks, as far as on-demand has room.
        .stands_down_to(2)
        .scales(ScaleOutcome::StoodDown)
        .says_all(
            "Fallback",
            json!({
                "round": 1,
                "dry_run": false,
                "from_group": "workers-spot",
                "to_group": "workers-on-demand",
                "stood_down": true,
                "failure": no_spot(),
            }),
        )
        .scales_up(Market::OnDemand, true, true)
        .scaled()
        .waits(Market::OnDemand, 7, Some(8), 15)
        .looked(CapacityStatus::NoCapacity)
        .waits(Market::OnDemand, 7, Some(8), 30)
        .arrives()
        .came_by(
            "Report ScaleUp WaitForCapacity WaitForCapacity StandDownSpot Report ScaleUp \
             WaitForCapacity WaitForCapacity Report CapacityArrived",
        )
        .reported("Decision Fallback Outcome");
}

#[test]
fn spot_has_its_own_time_and_on_demand_its_own() {
    let settings = |found: &mut Discovery| {
        found.settings.spot_capacity_timeout_seconds = 30;
        found.settings.on_demand_capacity_timeout_seconds = 45;
    };
    let pending = |desired| testing::capacity([9, desired, desired - 1, 1]);
    decided(found(settings), CHEAP)
        .scaled()
        .finds(pending(4), &[])
        .finds(pending(4), &[])
        .at("StandDownSpot")
        .scales(ScaleOutcome::StoodDown)
        .scaled()
        .finds(pending(8), &[failed_launch()])
        .finds(pending(8), &[])
        .waits(Market::OnDemand, 7, Some(8), 45)
        .finds(pending(8), &[failed_launch()])
        .failed(
            NO_CAPACITY,
            "7 of 8 instances are in service after 45 of 45 seconds. No spot.",
            "VerifyCapacity",
        );
}

#[test]
fn what_others_ask_for_beyond_the_target_is_not_waited_for() {
    decided(found(|_| ()), CHEAP)
        .scaled()
        .finds(testing::capacity([9, 6, 4, 2]), &[])
        .at("CapacityArrived");
    // After a scale-up that asked for an unknown number all is.
    let played = decided(found(|_| ()), CHEAP).scaled();
    let flow = played.flow();
    let mut progress = played.machine.step.progress().unwrap().clone();
    progress.attempt.as_mut().unwrap().target_capacity = None;
    let look = Look {
        market: Market::Spot,
        capacity: testing::capacity([9, 6, 4, 2]),
        activities: &[],
    };
    let checked = flow.checked(progress, &[look], &Others::default(), began_at());
    assert_eq!(checked.report.unwrap().1.status, CapacityStatus::Pending);
    assert_eq!(checked.arrived, vec![]);
}

#[test]
fn a_check_says_how_much_more_arrived() {
    let mut found = found(|_| ());
    found.spot_group.scale_up_policy = testing::scaling_policy("ScaleUp", 2);
    let played = decided(found, CHEAP)
        .scaled()
        .waits(Market::Spot, 3, Some(5), 15);
    let progress = played.machine.step.progress().unwrap();
    for (sizes, arrived) in [
        ([9, 8, 8, 0], vec![(Market::Spot, 2)]),
        ([9, 5, 4, 1], vec![]),
    ] {
        let look = Look {
            market: Market::Spot,
            capacity: testing::capacity(sizes),
            activities: &[],
        };
        let flow = played.flow();
        let checked = flow.checked(progress.clone(), &[look], &Others::default(), began_at());
        assert_eq!(checked.arrived, arrived, "{sizes:?}");
        assert_eq!(checked.failure, None);
    }
}

#[test]
fn spot_that_arrives_while_it_is_stood_down_is_kept() {
    let arrives = |change: fn(&mut Discovery)| {
        decided(found(change), CHEAP)
            .scaled()
            .looked(CapacityStatus::TimedOut)
            .scales(ScaleOutcome::CapacityArrived)
    };
    arrives(|_| ()).at("CapacityArrived").says(
        "Outcome",
        json!({"served_by": "spot", "sentence": "CapacityArrived.", "failure": null,
               "saving_usd_per_hour": "0.316"}),
    );
    arrives(|found| {
        found.queue = queue(90);
        found.settings.max_rounds = 1;
    })
    .at("RoundsEnded");
}

#[test]
fn what_others_brought_is_theirs_if_a_scale_up_was_refused() {
    decided(found(|_| ()), CHEAP)
        .fails(DENIED, "no")
        .scales(ScaleOutcome::CapacityArrived)
        .scales_up(Market::OnDemand, true, true);
}

#[test]
fn a_group_that_was_scaled_in_is_waited_for_no_more() {
    decided(found(|_| ()), CHEAP)
        .scaled()
        .looked(CapacityStatus::Withdrawn)
        .at("NoLongerNeeded")
        .reported("Decision Outcome");
}

#[test]
fn spot_that_is_full_or_cannot_grow_gives_way() {
    for outcome in [ScaleOutcome::GroupFull, ScaleOutcome::NoEffect] {
        let cause = format!("{outcome:?}.");
        decided(found(|_| ()), CHEAP)
            .asks_nothing(outcome)
            .stands_down_to(3)
            .scales(ScaleOutcome::AlreadyDown)
            .says(
                "Fallback",
                json!({"failure": {"error": NO_CAPACITY, "cause": cause, "state": "ScaleUp"},
                       "stood_down": true}),
            )
            .scaled()
            .arrives()
            .came_by(
                "Report ScaleUp WaitForCapacity StandDownSpot Report ScaleUp WaitForCapacity \
                 Report CapacityArrived",
            );
    }
}

#[test]
fn why_a_full_group_gives_way_is_known_though_it_cannot_be_checked() {
    decided(found(|_| ()), CHEAP)
        .scales(ScaleOutcome::GroupFull)
        .fails("SpotManager.Throttled", "why")
        .stands_down_to(3)
        .scales(ScaleOutcome::AlreadyDown)
        .says(
            "Fallback",
            json!({"failure": {"error": NO_CAPACITY, "cause": "GroupFull.", "state": "ScaleUp"}}),
        );
    decided(found(|_| ()), DEAR)
        .scales(ScaleOutcome::GroupFull)
        .fails(DENIED, "no")
        .notified(
            DENIED,
            "VerifyCapacity",
            "No capacity arrived; jobs may be waiting.",
        );
}

#[test]
fn on_demand_that_cannot_grow_leaves_nothing() {
    for outcome in [ScaleOutcome::GroupFull, ScaleOutcome::NoEffect] {
        let cause = format!("{outcome:?}.");
        decided(found(|_| ()), DEAR)
            .asks_nothing(outcome)
            .came_by("Report ScaleUp WaitForCapacity Notify Report Failed")
            .failed(NO_CAPACITY, &cause, "ScaleUp");
    }
}

#[test]
fn on_demand_that_timed_out_leaves_nothing() {
    decided(found(|_| ()), DEAR)
        .scaled()
        .looked(CapacityStatus::TimedOut)
        .failed(
            NO_CAPACITY,
            "7 of 8 instances are in service after 86400 of 600 seconds.",
            "VerifyCapacity",
        );
}

#[test]
fn spot_is_not_stood_down_if_on_demand_is_full() {
    decided(no_on_demand(), CHEAP)
        .scaled()
        .looked(CapacityStatus::NoCapacity)
        .failed(
            NO_CAPACITY,
            &format!("{NOWHERE} No spot."),
            "VerifyCapacity",
        );
    decided(no_on_demand(), CHEAP)
        .asks_nothing(ScaleOutcome::GroupFull)
        .failed(NO_CAPACITY, "GroupFull.", "ScaleUp");
    decided(no_on_demand(), CHEAP)
        .fails(DENIED, "no")
        .failed(DENIED, "no", "ScaleUp");
}

#[test]
fn a_dry_run_of_a_full_spot_group_goes_on_to_what_on_demand_would_do() {
    let dry = found(|found| found.settings.dry_run = true);
    decided(dry, CHEAP)
        .asks_nothing(ScaleOutcome::GroupFull)
        .scales(ScaleOutcome::WouldStandDown)
        .says("Fallback", json!({"dry_run": true, "stood_down": true}))
        .pretended()
        .at("DryRunEnded")
        .says(
            "Outcome",
            json!({"sentence": "WouldScale. Spot brought no instance.", "served_by": "nobody",
                   "failure": {"error": NO_CAPACITY, "cause": "GroupFull.", "state": "ScaleUp"}}),
        );
}

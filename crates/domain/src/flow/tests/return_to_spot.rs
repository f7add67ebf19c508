//! Spot takes over from on-demand.

use serde_json::json;

use super::*;

#[test]
fn spot_arrives_and_an_on_demand_instance_goes() {
    for honor_cooldown in [true, false] {
        let back = returning(|found| {
            found.settings.honor_cooldown = honor_cooldown;
            found.queue = queue(90);
        });
        let played = decided(back, CHEAP)
            .says("Decision", json!({"purpose": "return_to_spot"}))
            .scales_up(Market::Spot, honor_cooldown, true)
            .scaled()
            .arrives()
            .at("ScaleDownOnDemand");
        assert_eq!(played.action(), &ScaleAction::ScaleDown { honor_cooldown });
        played
            .scales(ScaleOutcome::ScaledDown)
            .came_by("Report ScaleUp WaitForCapacity ScaleDownOnDemand Report ReturnedToSpot");
    }
}

#[test]
fn whatever_the_scale_down_found_spot_serves() {
    for outcome in [
        ScaleOutcome::ScaledDown,
        ScaleOutcome::WouldScaleDown,
        ScaleOutcome::AlreadyScaledDown,
    ] {
        decided(returning(|_| ()), CHEAP)
            .scaled()
            .arrives()
            .scales(outcome)
            .at("ReturnedToSpot")
            .says_all(
                "Outcome",
                json!({
                    "purpose": "return_to_spot",
                    "round": 1,
                    "dry_run": false,
                    "result": "returned_to_spot",
                    "served_by": "spot",
                    "group": "asgGPUSpot",
                    "reason": "SPOT_WITHIN_LIMIT",
                    "sentence": format!("{outcome:?}."),
                    "saving_usd_per_hour": "0.316",
                }),
            );
    }
}

#[test]
fn spot_that_arrives_while_it_is_stood_down_takes_over() {
    decided(returning(|_| ()), CHEAP)
        .scaled()
        .looked(CapacityStatus::NoCapacity)
        .scales(ScaleOutcome::CapacityArrived)
        .at("ScaleDownOnDemand")
        .scales(ScaleOutcome::ScaledDown)
        .at("ReturnedToSpot")
        .says("Outcome", json!({"failure": null}));
}

#[test]
fn without_spot_on_demand_goes_on_serving_full_or_not() {
    for change in [
        |_: &mut Discovery| (),
        |found: &mut Discovery| {
            fill(&mut found.on_demand_group);
        },
    ] {
        decided(returning(change), CHEAP)
            .scaled()
            .looked(CapacityStatus::NoCapacity)
            .stands_down_to(3)
            .scales(ScaleOutcome::StoodDown)
            .came_by("Report ScaleUp WaitForCapacity StandDownSpot Report StayedOnDemand")
            .reported("Decision Outcome")
            .says_all(
                "Outcome",
                json!({
                    "purpose": "return_to_spot",
                    "round": 1,
                    "dry_run": false,
                    "result": "stayed_on_demand",
                    "served_by": "on_demand",
                    "group": "asgGPU",
                    "reason": "SPOT_WITHIN_LIMIT",
                    "sentence": "StoodDown. Spot brought no instance.",
                    "failure": no_spot(),
                }),
            );
    }
}

#[test]
fn a_scale_up_that_is_refused_leaves_on_demand_serving() {
    decided(returning(|_| ()), CHEAP)
        .fails(DENIED, "no")
        .scales(ScaleOutcome::AlreadyDown)
        .at("StayedOnDemand")
        .says(
            "Outcome",
            json!({"failure": {"error": DENIED, "cause": "no", "state": "ScaleUp"}}),
        );
}

#[test]
fn a_spot_group_that_was_scaled_in_is_no_longer_needed_whatever_waits() {
    let back = returning(|found| found.queue = queue(90));
    decided(back, CHEAP)
        .scaled()
        .looked(CapacityStatus::Withdrawn)
        .at("NoLongerNeeded")
        .says(
            "Outcome",
            json!({"result": "no_longer_needed", "served_by": "on_demand", "group": "asgGPU"}),
        );
}

#[test]
fn spot_above_the_limit_is_not_returned_to() {
    let served_by = |change: fn(&mut Discovery), served_by| {
        decided(returning(change), DEAR)
            .at("NothingToDo")
            .reported("Decision Outcome")
            .says(
                "Outcome",
                json!({"result": "nothing_to_do", "served_by": served_by, "group": null}),
            );
    };
    served_by(|_| (), "on_demand");
    served_by(
        |found| found.on_demand_group.capacity.in_service = 0,
        "nobody",
    );
}

#[test]
fn a_dry_run_changes_nothing_and_on_demand_serves() {
    let dry = returning(|found| found.settings.dry_run = true);
    decided(dry, CHEAP).pretended().at("DryRunEnded").says(
        "Outcome",
        json!({"result": "dry_run", "served_by": "on_demand", "group": "asgGPU",
               "saving_usd_per_hour": null}),
    );
}

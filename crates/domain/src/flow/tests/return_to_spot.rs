//! Spot takes over from on-demand.

mod doubt;
mod others;

use serde_json::json;

use super::*;

/// 2 are asked of spot, which has 3 of at most 5, for the 5 of on-demand's 7 that are in service.
fn back() -> Played {
    decided(returning(|_| ()), CHEAP).raises(Market::Spot, 3, 5)
}

/// The spot group asks for `desired_capacity`, of which this runs or launches.
fn spot(desired_capacity: i32, in_service: i32, pending: i32) -> Capacity {
    testing::capacity([9, desired_capacity, in_service, pending])
}

/// One other execution, which began after the return.
fn another() -> Others {
    Others {
        after: 1,
        ..Others::default()
    }
}

#[test]
fn spot_arrives_and_on_demand_asks_for_as_many_less() {
    for honor_cooldown in [true, false] {
        let with = returning(|found| {
            found.settings.honor_cooldown = honor_cooldown;
            found.queue = queue(90);
        });
        decided(with, CHEAP)
            .says(
                "Decision",
                json!({"purpose": "return_to_spot", "wanted": 5}),
            )
            .raises(Market::Spot, 3, 5)
            .scaled()
            .waits(Market::Spot, 3, Some(5), 15)
            .arrives()
            .lowers(Market::OnDemand, 7, 5)
            .scales(ScaleOutcome::ScaledDown)
            .finds(testing::capacity([9, 5, 5, 0]), &[])
            .came_by(
                "Report ScaleUp WaitForCapacity ScaleDownOnDemand WaitForCapacity Report \
                 ReturnedToSpot",
            )
            .reported("Decision Outcome")
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
                    "sentence": "workers-on-demand asks for 5: 2 of spot serve instead.",
                    "saving_usd_per_hour": "0.316",
                }),
            );
    }
}

#[test]
fn as_many_are_asked_for_at_once_as_on_demand_has_in_service_above_its_min_size() {
    for (min_size, in_service, max_size, to) in [
        (0, 5, 50, 8),
        (4, 5, 50, 6),
        (0, 1, 50, 4),
        (0, 7, 50, 10),
        // The spot group has room for fewer, and on-demand is not asked for the rest.
        (0, 7, 4, 4),
    ] {
        for launch_by in [
            LaunchBy::ScalingPolicy,
            LaunchBy::Automatic,
            LaunchBy::DesiredCapacity,
        ] {
            let found = returning(|found| {
                found.settings.launch_by = launch_by;
                found.spot_group.capacity.max_size = max_size;
                found.on_demand_group.capacity.min_size = min_size;
                found.on_demand_group.capacity.in_service = in_service;
            });
            decided(found, CHEAP)
                .raises(Market::Spot, 3, to)
                .scaled()
                .waits(Market::Spot, 3, Some(to), 15)
                .in_addition(None);
        }
    }
    let nothing_above = returning(|found| found.on_demand_group.capacity.min_size = 7);
    decided(nothing_above, CHEAP)
        .at("NothingToDo")
        .says("Decision", json!({"reason": "NOTHING_ON_DEMAND"}));
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
            .takes_back(5, 2)
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
fn what_came_takes_over_and_the_rest_is_taken_back() {
    back()
        .scaled()
        .finds(spot(5, 4, 0), &[failed_launch()])
        .takes_back(5, 1)
        .scales(ScaleOutcome::StoodDown)
        .lowers(Market::OnDemand, 7, 6)
        .scales(ScaleOutcome::ScaledDown)
        .finds(testing::capacity([9, 6, 6, 0]), &[])
        .at("ReturnedToSpot")
        .says(
            "Outcome",
            json!({"sentence": "workers-on-demand asks for 6: 1 of spot serve instead.",
                   "failure": null}),
        );
    // If one of them goes meanwhile, it is taken back too after the next check.
    back()
        .scaled()
        .finds(spot(5, 4, 0), &[failed_launch()])
        .scales_with(ScaleOutcome::StoodDown, spot(5, 3, 0))
        .waits(Market::Spot, 3, Some(4), 30)
        .finds(spot(4, 3, 0), &[failed_launch()])
        .takes_back(4, 1)
        .scales(ScaleOutcome::StoodDown)
        .at("StayedOnDemand");
    // Its time is over.
    let mut late = back().scaled();
    let Step::WaitForCapacity { progress, .. } = &mut late.machine.step else {
        panic!("{:?} is no wait", late.machine.step);
    };
    progress.attempt.as_mut().unwrap().waited_seconds = 300;
    late.finds(spot(5, 4, 1), &[])
        .takes_back(5, 1)
        .scales(ScaleOutcome::StoodDown)
        .lowers(Market::OnDemand, 7, 6);
}

#[test]
fn spot_that_arrives_while_it_is_taken_back_takes_over() {
    let given_up = || back().scaled().looked(CapacityStatus::NoCapacity);
    given_up()
        .scales_with(ScaleOutcome::CapacityArrived, spot(5, 5, 0))
        .lowers(Market::OnDemand, 7, 5)
        .scales(ScaleOutcome::NotScaledDown)
        .lowers(Market::Spot, 5, 3);
    given_up()
        .scales_with(ScaleOutcome::StoodDown, spot(5, 4, 0))
        .lowers(Market::OnDemand, 7, 6)
        .scales(ScaleOutcome::NotScaledDown)
        .lowers(Market::Spot, 4, 3);
    // Never more than was asked for, less what was taken back.
    given_up()
        .scales_with(ScaleOutcome::StoodDown, spot(9, 8, 0))
        .lowers(Market::OnDemand, 7, 6);
}

#[test]
fn a_spot_group_that_was_scaled_in_is_left_alone() {
    // One of spot is about to go.
    back()
        .scaled()
        .finds(spot(3, 4, 0), &[])
        .came_by("Report ScaleUp WaitForCapacity Report StayedOnDemand")
        .says(
            "Outcome",
            json!({"result": "stayed_on_demand", "served_by": "on_demand", "group": "asgGPU",
                   "sentence": format!("{WITHIN} Spot brought no instance."),
                   "failure": {"error": NO_CAPACITY, "state": "VerifyCapacity",
                               "cause": "The group was scaled in to 3 meanwhile."}}),
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

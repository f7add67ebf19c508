//! How many are asked for, by which way.

use serde_json::json;

use super::*;

fn by(launch_by: LaunchBy, jobs: Option<u64>) -> Discovery {
    sized(0, |found| {
        found.settings.launch_by = launch_by;
        found.queue = jobs.and_then(queue);
    })
}

#[test]
fn the_setting_says_how_and_the_queue_how_many() {
    use LaunchBy::{Automatic, DesiredCapacity, ScalingPolicy};
    for (launch_by, jobs, wanted) in [
        (Automatic, None, None),
        (Automatic, Some(120), Some(2)),
        (ScalingPolicy, None, None),
        (ScalingPolicy, Some(120), None),
        (DesiredCapacity, None, Some(1)),
        (DesiredCapacity, Some(120), Some(2)),
    ] {
        let played =
            decided(by(launch_by, jobs), CHEAP).says("Decision", json!({"wanted": wanted}));
        match wanted {
            Some(wanted) => played.raises(Market::Spot, 3, 3 + wanted),
            None => played.scales_up(Market::Spot, true, true),
        };
    }
}

#[test]
fn a_queue_that_cannot_be_read_sizes_nothing() {
    let mut found = by(LaunchBy::Automatic, None);
    found.queue_problem = Some("refused".into());
    decided(found, CHEAP).scales_up(Market::Spot, true, true);
}

#[test]
fn a_loss_is_not_sized() {
    for launch_by in [LaunchBy::Automatic, LaunchBy::DesiredCapacity] {
        let one = |played: Played, honor_cooldown| {
            let played = played.says("Decision", json!({"wanted": null}));
            played.scales_up(Market::Spot, honor_cooldown, true);
        };
        let lost = |kind| {
            let mut found = by(launch_by, Some(190));
            found.loss = Some(loss(kind));
            decided(found, CHEAP)
        };
        one(lost(LossKind::RebalanceRecommendation), false);
        let warned = lost(LossKind::InterruptionWarning).says("Decision", json!({"wanted": null}));
        let group = testing::capacity([5, 4, 2, 0]);
        warned
            .scales_with(ScaleOutcome::Detached, group)
            .waits(Market::Spot, 2, Some(4), 15);
    }
}

#[test]
fn in_the_first_round_one_is_wanted_at_least_and_in_a_further_one_what_the_queue_says() {
    let in_round = |round, jobs| {
        let execution = Execution {
            round,
            ..testing::execution(began_at())
        };
        decided_in(sized(jobs, |_| ()), execution, CHEAP)
    };
    in_round(1, 0).raises(Market::Spot, 3, 4);
    in_round(2, 101).raises(Market::Spot, 3, 4);
    in_round(2, 111).raises(Market::Spot, 3, 5);
    in_round(2, 100)
        .says("Decision", json!({"wanted": null}))
        .at("NothingToDo");
}

#[test]
fn on_demand_is_asked_as_far_as_it_has_room() {
    for (jobs, to) in [(101, 8), (120, 9), (1_000, 9)] {
        decided(sized(jobs, |_| ()), DEAR)
            .raises(Market::OnDemand, 7, to)
            .scaled()
            .waits(Market::OnDemand, 7, Some(to), 15)
            .in_addition(None)
            .arrives()
            .at("RoundsEnded");
    }
}

#[test]
fn both_groups_stay_within_their_maximum() {
    for (most, spot, on_demand) in [
        (11, 4, None),
        (12, 5, None),
        (13, 5, Some(8)),
        (14, 5, Some(9)),
    ] {
        let limited = sized(200, |found| {
            found.settings.maximum_capacity_of_both_groups = Some(most);
        });
        let played = decided(limited, CHEAP)
            .raises(Market::Spot, 3, spot)
            .scaled();
        match on_demand {
            Some(to) => played.checked().raises(Market::OnDemand, 7, to),
            None => played.waits(Market::Spot, 3, Some(spot), 15),
        };
    }
    let limited = |most| {
        sized(200, |found| {
            roomy(found);
            found.settings.maximum_capacity_of_both_groups = Some(most);
        })
    };
    decided(limited(12), DEAR).raises(Market::OnDemand, 7, 9);
    decided(limited(10), CHEAP).at("NothingToDo").says(
        "Decision",
        json!({"reason": "BOTH_GROUPS_AT_MAXIMUM", "wanted": null}),
    );
    // Spot gave back what it did not bring.
    decided(limited(11), CHEAP)
        .scaled()
        .looked(CapacityStatus::NoCapacity)
        .scales(ScaleOutcome::StoodDown)
        .raises(Market::OnDemand, 7, 8);
}

#[test]
fn a_replacement_takes_the_place_of_what_was_lost_also_at_the_maximum() {
    let at_maximum = |change: fn(&mut Discovery)| {
        let mut found = by(LaunchBy::DesiredCapacity, None);
        found.settings.maximum_capacity_of_both_groups = Some(10);
        change(&mut found);
        decided(found, CHEAP)
    };
    at_maximum(|found| found.purpose = Purpose::ReturnToSpot).raises(Market::Spot, 3, 5);
    at_maximum(|found| found.loss = Some(loss(LossKind::LaunchUnsuccessful)))
        .waits(Market::Spot, 2, Some(3), 15)
        .looked(CapacityStatus::NoCapacity)
        .scales(ScaleOutcome::StoodDown)
        .scales_up(Market::OnDemand, false, true);
}

#[test]
fn what_a_group_asks_for_and_does_not_have_is_part_of_what_is_wanted() {
    // 8 are in service, of the 10 that are asked for, or launching.
    let starved = |jobs| {
        sized(jobs, |found| {
            found.spot_group.capacity = testing::capacity([5, 3, 1, 0]);
        })
    };
    decided(starved(100), CHEAP)
        .says("Decision", json!({"wanted": 2}))
        .raises(Market::Spot, 1, 3)
        .scales(ScaleOutcome::AlreadyScaled)
        .waits(Market::Spot, 1, Some(3), 15)
        .looked(CapacityStatus::NoCapacity)
        .takes_back(3, 2)
        .scales(ScaleOutcome::StoodDown)
        .raises(Market::OnDemand, 7, 9);
    decided(starved(110), CHEAP).raises(Market::Spot, 1, 4);
    // A return to spot may take it back.
    let mut next_to_a_return = starved(100);
    next_to_a_return.return_runs = true;
    decided(next_to_a_return, CHEAP).raises(Market::Spot, 3, 5);
}

#[test]
fn a_group_that_weighs_is_raised_by_units() {
    let weighed = sized(120, |found| {
        found.spot_group.weighted_capacities = [("g4dn.xlarge".to_owned(), 4)].into();
    });
    // An instance is more than is wanted.
    decided(weighed, CHEAP)
        .raises(Market::Spot, 3, 5)
        .scaled()
        .finds(testing::capacity([5, 5, 7, 0]), &[])
        .at("RoundsEnded");
}

#[test]
fn if_the_evaluation_fails_on_demand_is_asked_for_as_many() {
    undecided(sized(120, |_| ()), 1)
        .says(
            "Decision",
            json!({"wanted": 2, "reason": "EVALUATION_FAILED"}),
        )
        .raises(Market::OnDemand, 7, 9)
        .scaled()
        .arrives()
        .at("RoundsEnded");
    let full = sized(1_000, |found| fill(&mut found.on_demand_group));
    undecided(full, 1)
        .raises(Market::Spot, 3, 5)
        .scaled()
        .waits(Market::Spot, 3, Some(5), 15)
        .in_addition(None);
}

#[test]
fn a_dry_run_asks_for_nothing_and_says_how_many_are_wanted() {
    decided(sized(140, |found| found.settings.dry_run = true), CHEAP)
        .says("Decision", json!({"wanted": 4, "dry_run": true}))
        .raises(Market::Spot, 3, 5)
        .pretended()
        .came_by("Report ScaleUp WaitForCapacity Report DryRunEnded")
        .says(
            "Outcome",
            json!({"result": "dry_run", "sentence": "WouldScale."}),
        );
    decided(sized(140, |found| found.settings.dry_run = true), CHEAP)
        .scales(ScaleOutcome::WouldScale)
        .fails(DENIED, "no")
        .at("DryRunEnded");
}

#[test]
fn a_group_whose_max_size_was_lowered_is_asked_for_less_and_on_demand_for_the_rest() {
    decided(sized(120, |_| ()), CHEAP)
        .scales_with(ScaleOutcome::Scaled, testing::capacity([4, 3, 2, 1]))
        .checked()
        .raises(Market::OnDemand, 7, 8)
        .scaled()
        .waits(Market::Spot, 3, Some(4), 15)
        .in_addition(Some((7, 8, 15)));
    decided(sized(120, |_| ()), CHEAP)
        .asks_nothing(ScaleOutcome::GroupFull)
        .stands_down_to(3)
        .scales(ScaleOutcome::AlreadyDown)
        .raises(Market::OnDemand, 7, 9);
}

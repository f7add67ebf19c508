//! Spot capacity that EC2 takes back, or that the group cannot launch.

mod recommended;

use serde_json::json;

use super::*;

fn lost(kind: LossKind) -> Discovery {
    found(|found| found.loss = Some(loss(kind)))
}

fn warned() -> Discovery {
    lost(LossKind::InterruptionWarning)
}

/// The instance is to be detached, and the group asks for one less then or not.
fn detaches(played: Played, decrements: bool) -> Played {
    let detach = ScaleAction::Detach {
        instance_id: "i-1".into(),
        decrements,
    };
    assert_eq!(played.action(), &detach);
    played.at("DetachInstance")
}

/// The spot group as the detachment of an instance leaves it, which was its third: as discovered, that
/// did not count any more.
fn without_it() -> Capacity {
    testing::capacity([5, 4, 2, 0])
}

#[test]
fn an_interrupted_instance_is_replaced_by_its_group_itself_if_spot_is_chosen() {
    for outcome in [ScaleOutcome::Detached, ScaleOutcome::AlreadyDetached] {
        detaches(decided(warned(), CHEAP), false)
            .scales_with(outcome, without_it())
            .waits(Market::Spot, 2, Some(4), 15)
            .finds(testing::capacity([5, 4, 3, 1]), &[])
            .waits(Market::Spot, 2, Some(4), 30)
            .finds(testing::capacity([5, 4, 4, 0]), &[])
            .came_by("Report DetachInstance WaitForCapacity WaitForCapacity Report CapacityArrived")
            .says(
                "Outcome",
                json!({"served_by": "spot", "saving_usd_per_hour": "0.316", "failure": null}),
            );
    }
}

#[test]
fn an_interrupted_instance_is_replaced_by_on_demand_if_that_is_chosen() {
    for outcome in [ScaleOutcome::Detached, ScaleOutcome::AlreadyDetached] {
        detaches(decided(warned(), DEAR), true)
            .scales(outcome)
            .scales_up(Market::OnDemand, false, true)
            .scaled()
            .waits(Market::OnDemand, 7, Some(8), 15)
            .arrives()
            .came_by("Report DetachInstance ScaleUp WaitForCapacity Report CapacityArrived")
            .says(
                "Outcome",
                json!({"served_by": "on_demand", "saving_usd_per_hour": null, "failure": null}),
            );
    }
}

#[test]
fn a_group_at_its_min_size_does_not_ask_for_less() {
    let at_min_size = || {
        let mut found = warned();
        found.loss.as_mut().unwrap().at_min_size = true;
        found
    };
    detaches(decided(at_min_size(), CHEAP), false);
    detaches(decided(at_min_size(), DEAR), false)
        .scales(ScaleOutcome::Detached)
        .scales_up(Market::OnDemand, false, true);
}

#[test]
fn if_its_group_does_not_replace_it_on_demand_does() {
    decided(warned(), CHEAP)
        .scales_with(ScaleOutcome::Detached, without_it())
        .finds(testing::capacity([5, 4, 3, 0]), &[failed_launch()])
        .stands_down_to(2)
        .scales(ScaleOutcome::StoodDown)
        .says("Fallback", json!({"failure": no_spot()}))
        .scales_up(Market::OnDemand, false, true)
        .scaled()
        .arrives()
        .says(
            "Outcome",
            json!({"sentence": "8 of 8 instances are in service. Spot brought no instance.",
                   "served_by": "on_demand", "failure": no_spot()}),
        );
}

#[test]
fn a_group_that_is_scaled_in_after_a_warning_is_waited_for_no_more() {
    decided(warned(), CHEAP)
        .scales_with(ScaleOutcome::Detached, without_it())
        .finds(testing::capacity([5, 2, 2, 0]), &[])
        .at("NoLongerNeeded");
}

#[test]
fn once_the_lost_is_replaced_the_queue_is_looked_at_but_not_after_a_recommendation() {
    let queued = |kind| {
        let mut found = lost(kind);
        found.queue = queue(300);
        decided(found, CHEAP)
    };
    queued(LossKind::InterruptionWarning)
        .scales_with(ScaleOutcome::Detached, without_it())
        .arrives()
        .at("Discover");
    queued(LossKind::InstanceGone)
        .looked(CapacityStatus::Withdrawn)
        .at("Discover");
    queued(LossKind::RebalanceRecommendation)
        .scaled()
        .arrives()
        .at("CapacityArrived");
}

#[test]
fn an_instance_that_cannot_be_detached_is_bridged_with_on_demand() {
    let failure = json!({"error": "SpotManager.Unexpected", "cause": "MinSize",
                         "state": "DetachInstance"});
    for (usd, failure, end) in [
        (CHEAP, failure, " Spot brought no instance."),
        (DEAR, json!(null), ""),
    ] {
        decided(warned(), usd)
            .fails("SpotManager.Unexpected", "MinSize")
            .scales_up(Market::OnDemand, false, true)
            .scaled()
            .waits(Market::OnDemand, 7, Some(8), 15)
            .arrives()
            .at("CapacityArrived")
            .reported("Decision Outcome")
            .says(
                "Outcome",
                json!({"sentence": format!("8 of 8 instances are in service.{end}"),
                       "served_by": "on_demand", "failure": failure}),
            );
    }
}

#[test]
fn a_failure_that_the_state_machine_knows_no_more_is_not_reported() {
    decided(warned(), CHEAP)
        .fails("SpotManager.Unexpected", "MinSize")
        .loses_answer()
        .finds(testing::capacity([9, 8, 8, 0]), &[])
        .at("CapacityArrived")
        .says(
            "Outcome",
            json!({"served_by": "on_demand", "failure": null}),
        );
}

#[test]
fn a_dry_run_detaches_nothing() {
    for (usd, market) in [(CHEAP, Market::Spot), (DEAR, Market::OnDemand)] {
        let mut dry = warned();
        dry.settings.dry_run = true;
        decided(dry, usd)
            .scales_up(market, false, true)
            .pretended()
            .at("DryRunEnded");
    }
}

#[test]
fn an_instance_without_an_id_is_bridged_with_on_demand() {
    let nameless = || {
        let mut found = warned();
        found.loss.as_mut().unwrap().instance_id = None;
        found
    };
    for usd in [CHEAP, DEAR] {
        decided(nameless(), usd).scales_up(Market::OnDemand, false, true);
    }
    let played = decided(nameless(), CHEAP).scaled().arrives();
    let failure = &played.sent("Outcome")["failure"];
    assert_eq!(failure["error"], "SpotManager.InvalidInput");
    assert_eq!(failure["state"], "DetachInstance");
    let mut dry = nameless();
    dry.settings.dry_run = true;
    decided(dry, CHEAP).scales_up(Market::Spot, false, true);
}

#[test]
fn a_group_that_lacks_an_instance_brings_it_itself_and_otherwise_on_demand_does() {
    for kind in [LossKind::LaunchUnsuccessful, LossKind::InstanceGone] {
        decided(lost(kind), CHEAP)
            .waits(Market::Spot, 2, Some(3), 15)
            .arrives()
            .came_by("Report WaitForCapacity Report CapacityArrived")
            .says("Outcome", json!({"served_by": "spot"}));
        let given_up = || {
            decided(lost(kind), CHEAP)
                .looked(CapacityStatus::NoCapacity)
                .stands_down_to(1)
                .scales(ScaleOutcome::StoodDown)
                .scales_up(Market::OnDemand, false, true)
        };
        given_up()
            .scaled()
            .waits(Market::OnDemand, 7, Some(8), 15)
            .arrives()
            .at("CapacityArrived");
        given_up().asks_nothing(ScaleOutcome::GroupFull).failed(
            NO_CAPACITY,
            "GroupFull.",
            "ScaleUp",
        );
    }
}

#[test]
fn a_group_that_has_all_of_its_instances_again_lacks_nothing() {
    for kind in [LossKind::LaunchUnsuccessful, LossKind::InstanceGone] {
        let mut served = lost(kind);
        served.spot_group.capacity.in_service = 3;
        decided(served, CHEAP).at("NothingToDo");
    }
}

#[test]
fn a_dry_run_does_not_wait_for_the_group() {
    for kind in [LossKind::LaunchUnsuccessful, LossKind::InstanceGone] {
        let mut dry = lost(kind);
        dry.settings.dry_run = true;
        let played = decided(dry, CHEAP);
        let sentence = played.sent("Decision")["sentence"].clone();
        played.came_by("Report Report DryRunEnded").says(
            "Outcome",
            json!({"result": "dry_run", "reason": "SPOT_LAUNCH_FAILED", "sentence": sentence,
                       "served_by": "nobody"}),
        );
    }
}

//! Spot capacity that EC2 takes back, or that the group cannot launch.

use serde_json::json;

use super::*;

fn lost(kind: LossKind) -> Discovery {
    found(|found| found.loss = Some(loss(kind)))
}

fn warned() -> Discovery {
    lost(LossKind::InterruptionWarning)
}

#[test]
fn an_interrupted_instance_is_detached_and_the_chosen_group_replaces_it() {
    for (usd, market, [baseline, target]) in [
        (CHEAP, Market::Spot, [3, 4]),
        (DEAR, Market::OnDemand, [7, 8]),
    ] {
        let detached = decided(warned(), usd).at("DetachInstance");
        let detach = ScaleAction::Detach {
            instance_id: "i-1".into(),
        };
        assert_eq!(detached.action(), &detach);
        detached
            .scales(ScaleOutcome::Detached)
            .scales_up(market, false, true)
            .scaled()
            .waits(market, baseline, Some(target), 15)
            .arrives()
            .came_by("Report DetachInstance ScaleUp WaitForCapacity Report CapacityArrived");
    }
}

#[test]
fn an_instance_that_is_gone_its_group_replaces_whatever_was_chosen() {
    for (usd, saving) in [(CHEAP, json!("0.316")), (DEAR, json!(null))] {
        decided(warned(), usd)
            .scales(ScaleOutcome::AlreadyDetached)
            .waits(Market::Spot, 2, Some(3), 15)
            .arrives()
            .at("CapacityArrived")
            .says(
                "Outcome",
                json!({"served_by": "spot", "saving_usd_per_hour": saving, "failure": null}),
            );
    }
}

#[test]
fn if_its_group_does_not_replace_it_on_demand_does_and_says_why_only_if_spot_was_chosen() {
    for (usd, failure, end) in [
        (CHEAP, no_spot(), " Spot brought no instance."),
        (DEAR, json!(null), ""),
    ] {
        decided(warned(), usd)
            .scales(ScaleOutcome::AlreadyDetached)
            .looked(CapacityStatus::NoCapacity)
            .stands_down_to(2)
            .scales(ScaleOutcome::StoodDown)
            .says("Fallback", json!({"failure": no_spot()}))
            .scaled()
            .arrives()
            .says(
                "Outcome",
                json!({"sentence": format!("8 of 8 instances are in service.{end}"),
                       "served_by": "on_demand", "failure": failure}),
            );
    }
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
fn after_a_recommendation_spot_grows_and_nothing_is_detached() {
    decided(lost(LossKind::RebalanceRecommendation), CHEAP)
        .scales_up(Market::Spot, false, true)
        .scaled()
        .arrives()
        .at("CapacityArrived");
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
                .stands_down_to(2)
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

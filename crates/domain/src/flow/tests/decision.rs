//! From the decision to the group that scales up.

use serde_json::json;

use super::*;

#[test]
fn spot_within_the_limit_scales_up_and_arrives_at_the_second_check() {
    decided(found(|_| ()), CHEAP)
        .scales_up(Market::Spot, true, true)
        .scaled()
        .waits(Market::Spot, 3, Some(4), 15)
        .looked(CapacityStatus::Pending)
        .waits(Market::Spot, 3, Some(4), 30)
        .arrives()
        .came_by("Report ScaleUp WaitForCapacity WaitForCapacity Report CapacityArrived")
        .reported("Decision Outcome");
}

#[test]
fn a_decision_says_what_was_chosen_and_why() {
    decided(found(|_| ()), CHEAP).says_all(
        "Decision",
        json!({
            "purpose": "scale_up",
            "round": 1,
            "dry_run": false,
            "choice": "spot",
            "reason": "SPOT_WITHIN_LIMIT",
            "sentence": WITHIN,
            "limit_usd": "0.2975",
            "cheapest": {
                "instance_type": "g4dn.xlarge",
                "availability_zone": "eu-west-1a",
                "average_usd": "0.21",
                "placement_score": 7,
                "on_demand_usd": "0.526",
            },
            "saving_usd_per_hour": "0.316",
        }),
    );
    let queued = found(|found| {
        found.queue = queue(26);
        found.loss = Some(loss(LossKind::RebalanceRecommendation));
    });
    let lost = json!(queued.loss);
    let backlog = json!({"visible_messages": 26, "instances": 10, "per_instance": "2.6",
                         "target_per_instance": "10"});
    decided(queued, CHEAP).says("Decision", json!({"backlog": backlog, "loss": lost}));
    let unlimited = found(|found| found.spot_group.maximum_price = None);
    let no_limit = json!({"reason": "NO_MAXIMUM_PRICE", "limit_usd": null});
    decided(unlimited, DEAR).says("Decision", no_limit);
}

#[test]
fn a_decision_omits_what_nobody_knows() {
    let execution = testing::execution(began_at());
    let discovery = found(|_| ());
    let flow = Flow {
        execution: &execution,
        discovery: &discovery,
    };
    let bare = testing::price("eu-west-1a", Some("0.21".parse().unwrap()));
    let step = flow.decided(&discovery.decide(1, vec![bare]));
    let cheapest = json!({"instance_type": "g4dn.xlarge", "availability_zone": "eu-west-1a",
                          "average_usd": "0.21"});
    let decision = &Machine::new(step).sent[0]["Detail"];
    assert_eq!(decision["cheapest"], cheapest);
    assert_eq!(decision.get("saving_usd_per_hour"), None);
}

#[test]
fn spot_above_the_limit_means_on_demand() {
    decided(found(|_| ()), DEAR)
        .says(
            "Decision",
            json!({"choice": "on_demand", "saving_usd_per_hour": null}),
        )
        .scales_up(Market::OnDemand, true, true)
        .scaled()
        .waits(Market::OnDemand, 7, Some(8), 15)
        .arrives()
        .at("CapacityArrived");
}

#[test]
fn if_both_groups_are_full_nothing_is_done_and_that_is_the_outcome() {
    let full = found(|found| {
        fill(&mut found.spot_group);
        fill(&mut found.on_demand_group);
        found.queue_problem = Some("refused".into());
    });
    let sentence = "workers-spot is at its MaxSize of 3 and workers-on-demand is at its MaxSize of 7: neither group can grow.";
    decided(full, CHEAP)
        .came_by("Report NothingToDo")
        .reported("Decision Outcome")
        .says(
            "Decision",
            json!({"choice": "nothing", "reason": "BOTH_GROUPS_FULL"}),
        )
        .says_all(
            "Outcome",
            json!({
                "purpose": "scale_up",
                "round": 1,
                "dry_run": false,
                "result": "nothing_to_do",
                "served_by": "nobody",
                "reason": "BOTH_GROUPS_FULL",
                "sentence": sentence,
                "queue_problem": "refused",
            }),
        );
}

#[test]
fn a_dry_run_ends_before_the_wait() {
    let dry = found(|found| found.settings.dry_run = true);
    decided(dry, CHEAP)
        .says("Decision", json!({"dry_run": true}))
        .pretended()
        .came_by("Report ScaleUp WaitForCapacity Report DryRunEnded")
        .says(
            "Outcome",
            json!({"result": "dry_run", "dry_run": true, "sentence": "WouldScale."}),
        );
}

#[test]
fn what_a_dry_run_would_do_is_known_though_it_cannot_be_checked() {
    let dry = found(|found| found.settings.dry_run = true);
    for usd in [CHEAP, DEAR] {
        decided(dry.clone(), usd)
            .scales(ScaleOutcome::WouldScale)
            .fails(DENIED, "no")
            .at("DryRunEnded")
            .says(
                "Outcome",
                json!({"sentence": "WouldScale.", "failure": null}),
            )
            .reported("Decision Outcome");
    }
}

#[test]
fn the_setting_says_whether_a_cooldown_is_honored_and_a_replacement_waits_for_none() {
    for (setting, lost, honored) in [
        (true, None, true),
        (false, None, false),
        (true, Some(loss(LossKind::RebalanceRecommendation)), false),
    ] {
        let discovery = found(|found| {
            found.settings.honor_cooldown = setting;
            found.loss = lost;
        });
        decided(discovery, CHEAP).scales_up(Market::Spot, honored, true);
    }
}

#[test]
fn later_steps_know_the_decision() {
    let played = decided(found(|_| ()), CHEAP).scaled();
    let decision = json!({
        "spot_group": "asgGPUSpot",
        "reason": "SPOT_WITHIN_LIMIT",
        "sentence": WITHIN,
        "saving_usd_per_hour": "0.316",
    });
    let progress = played.machine.step.progress().unwrap();
    assert_eq!(json!(progress.decision), decision);
    let played = played
        .looked(CapacityStatus::NoCapacity)
        .at("StandDownSpot");
    let progress = played.machine.step.progress().unwrap();
    assert_eq!(json!(progress.decision), decision);
}

#[test]
fn a_group_that_was_filled_since_the_discovery_is_waited_for() {
    decided(found(|_| ()), CHEAP)
        .scales(ScaleOutcome::AlreadyScaled)
        .finds(testing::capacity([5, 4, 3, 1]), &[])
        .waits(Market::Spot, 3, Some(4), 30)
        .arrives()
        .at("CapacityArrived");
}

//! What the outcome of a round says: who serves, why, and what that saves.

use serde_json::json;

use super::*;

#[test]
fn spot_that_arrived_saves() {
    let usual = found(|found| found.queue_problem = Some("refused".into()));
    decided(usual, CHEAP).scaled().arrives().says_all(
        "Outcome",
        json!({
            "purpose": "scale_up",
            "round": 1,
            "dry_run": false,
            "result": "capacity_arrived",
            "served_by": "spot",
            "group": "asgGPUSpot",
            "reason": "SPOT_WITHIN_LIMIT",
            "sentence": "4 of 4 instances are in service.",
            "saving_usd_per_hour": "0.316",
            "queue_problem": "refused",
        }),
    );
}

#[test]
fn on_demand_that_was_chosen_saves_nothing() {
    decided(found(|_| ()), DEAR).scaled().arrives().says_all(
        "Outcome",
        json!({
            "purpose": "scale_up",
            "round": 1,
            "dry_run": false,
            "result": "capacity_arrived",
            "served_by": "on_demand",
            "group": "asgGPU",
            "reason": "SPOT_ABOVE_LIMIT",
            "sentence": "8 of 8 instances are in service.",
        }),
    );
}

#[test]
fn on_demand_that_took_over_says_why_spot_did_not_come() {
    decided(found(|_| ()), CHEAP)
        .scaled()
        .looked(CapacityStatus::NoCapacity)
        .scales(ScaleOutcome::StoodDown)
        .scaled()
        .arrives()
        .says_all(
            "Outcome",
            json!({
                "purpose": "scale_up",
                "round": 1,
                "dry_run": false,
                "result": "capacity_arrived",
                "served_by": "on_demand",
                "group": "asgGPU",
                "reason": "SPOT_WITHIN_LIMIT",
                "sentence": "8 of 8 instances are in service. Spot brought no instance.",
                "failure": no_spot(),
            }),
        );
}

#[test]
fn on_demand_that_took_over_and_was_scaled_in_says_so_too() {
    decided(found(|_| ()), CHEAP)
        .scaled()
        .looked(CapacityStatus::NoCapacity)
        .scales(ScaleOutcome::StoodDown)
        .scaled()
        .looked(CapacityStatus::Withdrawn)
        .at("NoLongerNeeded")
        .says(
            "Outcome",
            json!({"result": "no_longer_needed", "served_by": "nobody", "failure": no_spot(),
                   "sentence": "The group was scaled in to 7 meanwhile. Spot brought no instance."}),
        );
}

#[test]
fn nobody_serves_what_is_no_longer_needed_or_would_be_scaled() {
    decided(found(|_| ()), CHEAP)
        .scaled()
        .looked(CapacityStatus::Withdrawn)
        .says_all(
            "Outcome",
            json!({
                "purpose": "scale_up",
                "round": 1,
                "dry_run": false,
                "result": "no_longer_needed",
                "served_by": "nobody",
                "reason": "SPOT_WITHIN_LIMIT",
                "sentence": "The group was scaled in to 3 meanwhile.",
            }),
        );
    let dry = found(|found| found.settings.dry_run = true);
    decided(dry, CHEAP).pretended().says_all(
        "Outcome",
        json!({
            "purpose": "scale_up",
            "round": 1,
            "dry_run": true,
            "result": "dry_run",
            "served_by": "nobody",
            "reason": "SPOT_WITHIN_LIMIT",
            "sentence": "WouldScale.",
        }),
    );
}

#[test]
fn a_spot_price_whose_alternative_is_not_known_saves_nothing_that_is_known() {
    let execution = testing::execution(began_at());
    let discovery = found(|_| ());
    let flow = Flow {
        execution: &execution,
        discovery: &discovery,
    };
    let bare = testing::price("eu-west-1a", Some("0.21".parse().unwrap()));
    let machine = Machine::new(flow.decided(&discovery.decide(1, vec![bare])));
    let played = Played {
        machine,
        discovery: discovery.clone(),
        execution: execution.clone(),
        elapsed: SignedDuration::ZERO,
        others: Others::default(),
    };
    played.scaled().arrives().says(
        "Outcome",
        json!({"served_by": "spot", "saving_usd_per_hour": null}),
    );
}

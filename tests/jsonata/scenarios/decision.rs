//! From the alarm to the group that scales up.

use serde_json::json;
use spotmanager_domain::{
    LossKind,
    ScaleOutcome::{AlreadyScaled, WouldScale},
    capacity::CapacityStatus::Pending,
};

use crate::{samples::*, scenario::Scenario, steps::*};

pub(super) fn scenarios() -> Vec<Scenario> {
    let usual = found(|_| ());
    let (spot, on_demand) = (&usual.spot_group, &usual.on_demand_group);
    let full = found(|found| {
        fill(&mut found.spot_group);
        fill(&mut found.on_demand_group);
    });
    let dry = found(|found| found.settings.dry_run = true);
    let dry_loss = found(|found| {
        found.settings.dry_run = true;
        found.loss = Some(loss(LossKind::InterruptionWarning));
    });
    let impatient = found(|found| found.settings.honor_cooldown = false);
    let unlimited = found(|found| found.spot_group.maximum_price = None);
    let queued = found(|found| found.queue = queue(26));
    let execution = json!({
        "name": EXECUTION,
        "started_at": STARTED_AT,
        "state_machine_arn": MACHINE_ARN,
        "round": 1,
    });
    vec![
        Scenario::new(
            "spot is within the limit, and arrives at the second check",
            [
                decided(&usual, 1, CHEAP),
                scaled(spot),
                looked(spot, Pending),
                arrives(spot),
            ],
        )
        .sends("Discover", "/execution", execution.clone())
        .sends("Discover", "/input", json!(alarm()))
        .sends("Evaluate", "/execution", execution.clone())
        .sends("Evaluate", "/discovery", json!(usual))
        .sends(
            "TellDecision",
            "",
            json!({
                "version": "1",
                "state_machine_arn": MACHINE_ARN,
                "execution_arn": EXECUTION_ARN,
                "stack_name": "render-farm",
                "purpose": "scale_up",
                "round": 1,
                "dry_run": false,
                "choice": "spot",
                "reason": "SPOT_WITHIN_LIMIT",
                "sentence": "g4dn.xlarge in us-east-1a averaged 0.21 USD per hour, within the limit of 0.2975 (0.35 less 15 %).",
                "limit_usd": "0.2975",
                "cheapest": {
                    "instance_type": "g4dn.xlarge",
                    "availability_zone": "us-east-1a",
                    "average_usd": "0.21",
                    "placement_score": 7,
                    "on_demand_usd": "0.526",
                },
                "saving_usd_per_hour": "0.316",
            }),
        )
        .sends(
            "ScaleUp",
            "",
            json!({
                "execution": execution,
                "stack_name": "render-farm",
                "action": "scale_up",
                "group": spot,
                "honor_cooldown": true,
                "dry_run": false,
                "first_attempt": true,
            }),
        )
        .sends("VerifyCapacity#1", "/waited_seconds", 15)
        .sends(
            "VerifyCapacity#2",
            "",
            json!({
                "execution": execution.clone(),
                "stack_name": "render-farm",
                "purpose": "scale_up",
                "group": spot,
                "baseline_capacity": 3,
                "target_capacity": 4,
                "decision": {
                    "spot_group": "asgGPUSpot",
                    "reason": "SPOT_WITHIN_LIMIT",
                    "sentence": "g4dn.xlarge in us-east-1a averaged 0.21 USD per hour, within the limit of 0.2975 (0.35 less 15 %).",
                    "saving_usd_per_hour": "0.316",
                },
                "waited_seconds": 30,
                "timeout_seconds": 300,
            }),
        ),
        Scenario::new(
            "spot is above the limit: on-demand",
            [
                decided(&usual, 1, DEAR),
                at("ChooseOnDemand"),
                scaled(on_demand),
                arrives(on_demand),
            ],
        )
        .sends("TellDecision", "/choice", "on_demand")
        .omits("TellDecision", "/saving_usd_per_hour")
        .sends("ScaleUp", "/group", json!(on_demand))
        .sends("VerifyCapacity", "/group", json!(on_demand))
        .sends("VerifyCapacity", "/baseline_capacity", 7)
        .sends("VerifyCapacity", "/target_capacity", 8)
        .sends("VerifyCapacity", "/waited_seconds", 15)
        .sends("VerifyCapacity", "/timeout_seconds", 600),
        Scenario::new(
            "both groups are full: nothing to do",
            [decided(&full, 1, CHEAP), at("NothingToDo")],
        )
        .sends("TellDecision", "/reason", "BOTH_GROUPS_FULL"),
        Scenario::new(
            "a group without a maximum price has no limit to report",
            [
                decided(&unlimited, 1, DEAR),
                scaled(&unlimited.spot_group),
                arrives(&unlimited.spot_group),
            ],
        )
        .sends("TellDecision", "/reason", "NO_MAXIMUM_PRICE")
        .omits("TellDecision", "/limit_usd"),
        Scenario::new(
            "the backlog is reported",
            [
                decided(&queued, 1, CHEAP),
                pretended(&queued.spot_group),
            ],
        )
        .sends(
            "TellDecision",
            "/backlog",
            json!({"visible_messages": 26, "instances": 10, "per_instance": "2.6", "target_per_instance": "10"}),
        ),
        Scenario::new(
            "a dry run ends before the wait",
            [
                decided(&dry, 1, CHEAP),
                pretended(&dry.spot_group),
            ],
        )
        .sends("TellDecision", "/dry_run", true)
        .sends("ScaleUp", "/dry_run", true),
        Scenario::new(
            "the setting says whether a cooldown is honored",
            [
                decided(&impatient, 1, CHEAP),
                pretended(&impatient.spot_group),
            ],
        )
        .sends("ScaleUp", "/honor_cooldown", false),
        Scenario::new(
            "after an attempt in doubt the group is checked first",
            [
                decided(&usual, 1, CHEAP),
                failed("ScaleUp", "Lambda.Unknown", None),
                done("ScaleUpAgain", scale(spot, AlreadyScaled)),
                at("LookForCapacity"),
                arrives(spot),
            ],
        )
        .sends(
            "ScaleUpAgain",
            "",
            json!({
                "execution": execution,
                "stack_name": "render-farm",
                "action": "scale_up",
                "group": spot,
                "honor_cooldown": true,
                "dry_run": false,
            }),
        )
        .sends("VerifyCapacity", "/baseline_capacity", 3)
        .sends("VerifyCapacity", "/target_capacity", 4),
        Scenario::new(
            "the same in a dry run, for a loss",
            [
                decided(&dry_loss, 1, DEAR),
                at("ChooseOnDemand"),
                failed("ScaleUp", "Lambda.Unknown", None),
                done("ScaleUpAgain", scale(on_demand, WouldScale)),
                at("LookForCapacity"),
                ends("DryRunEnded"),
            ],
        )
        .sends("ScaleUpAgain", "/honor_cooldown", false)
        .sends("ScaleUpAgain", "/dry_run", true),
        Scenario::new(
            "a redriven execution may have scaled before",
            [
                decided(&usual, 1, CHEAP),
                pretended(spot),
            ],
        )
        .redriven(Some(1))
        .sends("ScaleUp", "/first_attempt", false),
        Scenario::new(
            "a count of redrives may be absent",
            [
                decided(&usual, 1, CHEAP),
                pretended(spot),
            ],
        )
        .redriven(None)
        .sends("ScaleUp", "/first_attempt", true),
    ]
}

//! What the outcome of a round says: who serves, why, and what that saves.

use serde_json::json;
use spotmanager_domain::{
    Discovery, LossKind, Purpose,
    ScaleOutcome::{CapacityArrived, ScaledDown, StoodDown},
    capacity::CapacityStatus::{Arrived, NoCapacity, TimedOut, Withdrawn},
};

use crate::{
    samples::{self, *},
    scenario::Scenario,
    steps::*,
};

fn returning(change: impl FnOnce(&mut Discovery)) -> Discovery {
    found(|found| {
        found.purpose = Purpose::ReturnToSpot;
        change(found);
    })
}

pub(super) fn scenarios() -> Vec<Scenario> {
    [of_spot(), of_on_demand(), of_nobody(), messages()]
        .into_iter()
        .flatten()
        .collect()
}

fn of_spot() -> Vec<Scenario> {
    let usual = found(|found| found.queue_problem = Some("refused".into()));
    let spot = &usual.spot_group;
    let back = returning(|_| ());
    let down = || samples::scale(&back.on_demand_group, ScaledDown);
    let decision = json!({
        "spot_group": "asgGPUSpot",
        "reason": "SPOT_WITHIN_LIMIT",
        "sentence": "g4dn.xlarge in us-east-1a averaged 0.21 USD per hour, within the limit of 0.2975 (0.35 less 15 %).",
        "saving_usd_per_hour": "0.316",
    });
    vec![
        Scenario::new(
            "outcome: spot arrived, and saves",
            [decided(&usual, 1, CHEAP), scaled(spot), arrives(spot)],
        )
        .adds_none("TellDecision")
        .sends("VerifyCapacity", "/decision", decision.clone())
        .sends(
            "TellOutcome",
            "",
            json!({
                "version": "1",
                "state_machine_arn": MACHINE_ARN,
                "execution_arn": EXECUTION_ARN,
                "stack_name": "render-farm",
                "purpose": "scale_up",
                "round": 1,
                "dry_run": false,
                "result": "capacity_arrived",
                "served_by": "spot",
                "group": "asgGPUSpot",
                "reason": "SPOT_WITHIN_LIMIT",
                "sentence": "Arrived.",
                "saving_usd_per_hour": "0.316",
                "queue_problem": "refused",
            }),
        ),
        Scenario::new(
            "outcome: spot arrived while it was stood down, and saves",
            [
                decided(&usual, 1, CHEAP),
                scaled(spot),
                looked(spot, TimedOut),
                stood_down(spot, CapacityArrived),
                ends("CapacityArrived"),
            ],
        )
        .sends("StandDownSpot", "/decision", decision)
        .sends("TellOutcome", "/served_by", "spot")
        .sends("TellOutcome", "/saving_usd_per_hour", "0.316")
        .omits("TellOutcome", "/failure"),
        Scenario::new(
            "outcome: spot serves again",
            [
                decided(&back, 1, CHEAP),
                scaled(&back.spot_group),
                looked(&back.spot_group, Arrived),
                done("ScaleDownOnDemand", down()),
                ends("ReturnedToSpot"),
            ],
        )
        .sends("VerifyCapacity", "/purpose", "return_to_spot")
        .sends("ScaleDownOnDemand", "/purpose", "return_to_spot")
        .sends("ScaleDownOnDemand", "/decision/saving_usd_per_hour", "0.316")
        .sends("TellOutcome", "/result", "returned_to_spot")
        .sends("TellOutcome", "/served_by", "spot")
        .sends("TellOutcome", "/group", "asgGPUSpot")
        .sends("TellOutcome", "/sentence", "ScaledDown.")
        .sends("TellOutcome", "/saving_usd_per_hour", "0.316"),
        Scenario::new(
            "outcome: spot serves, and on-demand cannot be scaled down: nothing is saved",
            [
                decided(&back, 1, CHEAP),
                scaled(&back.spot_group),
                looked(&back.spot_group, Arrived),
                failed("ScaleDownOnDemand", "SpotManager.AccessDenied", Some("no")),
                reported(),
            ],
        )
        .fails("SpotManager.AccessDenied", "no")
        .sends(
            "NotifyFailure",
            "/Message",
            message(
                "SpotManager.AccessDenied in ScaleDownOnDemand. Spot is in service, and no on-demand instance was taken away: both run and cost.",
                "no",
                "SpotManager.AccessDenied",
            ),
        )
        .adds("TellFailure", "/result", "failed")
        .adds("TellFailure", "/served_by", "spot"),
    ]
}

fn of_on_demand() -> Vec<Scenario> {
    let usual = found(|_| ());
    let (spot, on_demand) = (&usual.spot_group, &usual.on_demand_group);
    let warned = found(|found| {
        let mut loss = loss(LossKind::InterruptionWarning);
        loss.pool = None;
        found.loss = Some(loss);
    });
    let stays = returning(|_| ());
    let none_serves = returning(|found| found.on_demand_group.capacity.in_service = 0);
    let failure = json!({"error": "SpotManager.NoCapacity", "cause": "NoCapacity. No spot.", "state": "VerifyCapacity"});
    vec![
        Scenario::new(
            "outcome: on-demand was chosen",
            [
                decided(&usual, 1, DEAR),
                at("ChooseOnDemand"),
                scaled(on_demand),
                arrives(on_demand),
            ],
        )
        .sends("TellOutcome", "/served_by", "on_demand")
        .sends("TellOutcome", "/group", "asgGPU")
        .sends("TellOutcome", "/reason", "SPOT_ABOVE_LIMIT")
        .sends("TellOutcome", "/sentence", "Arrived.")
        .omits("TellOutcome", "/failure")
        .omits("TellOutcome", "/saving_usd_per_hour"),
        Scenario::new(
            "outcome: on-demand took over, and nothing is saved",
            [
                decided(&usual, 1, CHEAP),
                scaled(spot),
                looked(spot, NoCapacity),
                stood_down(spot, StoodDown),
                fell_back(),
                scaled(on_demand),
                arrives(on_demand),
            ],
        )
        .sends("TellOutcome", "/served_by", "on_demand")
        .sends("TellOutcome", "/reason", "SPOT_WITHIN_LIMIT")
        .sends("TellOutcome", "/sentence", "Arrived. Spot brought no instance.")
        .sends("TellOutcome", "/failure", failure.clone())
        .omits("TellOutcome", "/saving_usd_per_hour"),
        Scenario::new(
            "outcome: an instance cannot be detached, and on-demand bridges the time",
            [
                decided(&warned, 1, CHEAP),
                failed("DetachInstance", "SpotManager.Unexpected", Some("MinSize")),
                at("ChooseOnDemand"),
                scaled(&warned.on_demand_group),
                arrives(&warned.on_demand_group),
            ],
        )
        .sends("TellOutcome", "/served_by", "on_demand")
        .sends(
            "TellOutcome",
            "/failure",
            json!({"error": "SpotManager.Unexpected", "cause": "MinSize", "state": "DetachInstance"}),
        ),
        Scenario::new(
            "outcome: without spot on-demand stays",
            [
                decided(&stays, 1, CHEAP),
                scaled(&stays.spot_group),
                looked(&stays.spot_group, NoCapacity),
                stood_down(&stays.spot_group, StoodDown),
                ends("StayedOnDemand"),
            ],
        )
        .sends("TellOutcome", "/result", "stayed_on_demand")
        .sends("TellOutcome", "/served_by", "on_demand")
        .sends("TellOutcome", "/failure", failure)
        .omits("TellOutcome", "/saving_usd_per_hour"),
        Scenario::new(
            "outcome: spot is too dear to return, and on-demand stays",
            [decided(&stays, 1, DEAR), at("NothingToDo")],
        )
        .adds("TellDecision", "/result", "nothing_to_do")
        .adds("TellDecision", "/served_by", "on_demand"),
        Scenario::new(
            "outcome: a dry run of a return to spot changes nothing, and on-demand serves",
            [decided(&stays, 1, CHEAP), pretended(&stays.spot_group)],
        )
        .sends("TellOutcome", "/result", "dry_run")
        .sends("TellOutcome", "/served_by", "on_demand")
        .sends("TellOutcome", "/group", "asgGPU")
        .omits("TellOutcome", "/saving_usd_per_hour"),
        Scenario::new(
            "outcome: a return to spot that is no longer needed leaves on-demand serving",
            [
                decided(&stays, 1, CHEAP),
                scaled(&stays.spot_group),
                looked(&stays.spot_group, Withdrawn),
                ends("NoLongerNeeded"),
            ],
        )
        .sends("TellOutcome", "/result", "no_longer_needed")
        .sends("TellOutcome", "/served_by", "on_demand")
        .sends("TellOutcome", "/group", "asgGPU"),
        Scenario::new(
            "outcome: there is nothing to return from",
            [decided(&none_serves, 1, DEAR), at("NothingToDo")],
        )
        .adds("TellDecision", "/served_by", "nobody"),
    ]
}

fn of_nobody() -> Vec<Scenario> {
    let usual = found(|_| ());
    let spot = &usual.spot_group;
    let full = found(|found| {
        fill(&mut found.spot_group);
        fill(&mut found.on_demand_group);
    });
    let waits = found(|found| {
        found.settings.dry_run = true;
        found.loss = Some(loss(LossKind::LaunchUnsuccessful));
        found.spot_group.capacity.in_service = 1;
    });
    vec![
        Scenario::new(
            "outcome: nothing to do",
            [decided(&full, 1, CHEAP), at("NothingToDo")],
        )
        .adds(
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
                "result": "nothing_to_do",
                "served_by": "nobody",
                "reason": "BOTH_GROUPS_FULL",
                "sentence": "workers-spot is at its MaxSize of 3 and workers-on_demand is at its MaxSize of 7: neither group can grow.",
            }),
        ),
        Scenario::new(
            "outcome: no longer needed",
            [
                decided(&usual, 1, CHEAP),
                scaled(spot),
                looked(spot, Withdrawn),
                ends("NoLongerNeeded"),
            ],
        )
        .sends("TellOutcome", "/result", "no_longer_needed")
        .sends("TellOutcome", "/served_by", "nobody")
        .omits("TellOutcome", "/group")
        .omits("TellOutcome", "/saving_usd_per_hour"),
        Scenario::new(
            "outcome: a dry run",
            [decided(&usual, 1, CHEAP), pretended(spot)],
        )
        .sends("TellOutcome", "/result", "dry_run")
        .sends("TellOutcome", "/served_by", "nobody")
        .sends("TellOutcome", "/sentence", "WouldScale.")
        .omits("TellOutcome", "/saving_usd_per_hour"),
        Scenario::new(
            "outcome: a dry run that would wait for the group",
            [
                decided(&waits, 1, CHEAP),
                at("LookForCapacity"),
                ends("DryRunEnded"),
            ],
        )
        .sends("TellOutcome", "/result", "dry_run")
        .sends("TellOutcome", "/reason", "SPOT_LAUNCH_FAILED"),
        Scenario::new(
            "outcome: EventBridge does not take it",
            [
                decided(&usual, 1, CHEAP),
                scaled(spot),
                looked(spot, Arrived),
                failed("TellOutcome", "EventBridge.AccessDeniedException", Some("no")),
                at("LookForMore CapacityArrived"),
            ],
        ),
    ]
}

/// The mail on a failure.
fn messages() -> Vec<Scenario> {
    let cause =
        r#"{"errorType": "SpotManager.StackNotFound", "errorMessage": "stack_name is \"farm\""}"#;
    let usual = found(|_| ());
    let lost = || {
        [
            failed("Discover", "SpotManager.StackNotFound", Some(cause)),
            reported(),
        ]
    };
    let named = |stack_name: &str| {
        let mut input = alarm();
        input.stack_name = stack_name.into();
        input
    };
    let of = |name: &str, stack_name: &str| {
        Scenario::new(name, lost())
            .input(named(stack_name))
            .fails("SpotManager.StackNotFound", cause)
    };
    vec![
        of("mail: a function's cause is unwrapped", "farm")
            .sends(
                "NotifyFailure",
                "/Subject",
                "SpotManager failed for farm: StackNotFound in Discover",
            )
            .sends(
                "NotifyFailure",
                "/Message",
                message(
                    "SpotManager.StackNotFound in Discover. Nothing was decided in this round; jobs may be waiting.",
                    r#"stack_name is "farm""#,
                    "SpotManager.StackNotFound",
                ),
            )
            .adds("TellFailure", "/served_by", "nobody")
            .adds("TellFailure", "/failure/error", "SpotManager.StackNotFound"),
        of(
            "mail: a stack's ARN gives its name, and what is not ASCII is replaced",
            "arn:aws:cloudformation:us-east-1:123456789012:stack/Färm\n/1a2b",
        )
        .sends(
            "NotifyFailure",
            "/Subject",
            "SpotManager failed for F?rm?: StackNotFound in Discover",
        ),
        of("mail: a long subject is cut", &"farm".repeat(32)).sends(
            "NotifyFailure",
            "/Subject",
            format!("SpotManager failed for {}", "farm".repeat(19)),
        ),
        of("mail: a partition without a known console", "farm").partition("aws-iso"),
        Scenario::new(
            "mail: the same for a spot group that cannot be stood down",
            [
                decided(&usual, 1, CHEAP),
                scaled(&usual.spot_group),
                looked(&usual.spot_group, NoCapacity),
                at("GiveUpOnGroup"),
                failed("StandDownSpot", "SpotManager.AccessDenied", Some(cause)),
                notified("NotifyStandDownFailed"),
                at("CheckStandDown"),
                fell_back(),
                pretended(&usual.on_demand_group),
            ],
        )
        .input(named(
            "arn:aws-iso:cloudformation:us-east-1:123456789012:stack/farm/1a2b",
        ))
        .partition("aws-iso")
        .sends(
            "NotifyStandDownFailed",
            "/Subject",
            "SpotManager could not stand the spot group down for farm: AccessDenied",
        ),
        Scenario::new(
            "mail: a failure without a cause",
            [failed("Discover", "States.Timeout", None), reported()],
        )
        .fails("States.Timeout", "")
        .sends(
            "NotifyFailure",
            "/Message",
            message(
                "States.Timeout in Discover. Nothing was decided in this round; jobs may be waiting.",
                "no cause was given",
                "States.Timeout",
            ),
        ),
    ]
}

//! Whether the capacity arrives, and what follows if it does not.

use serde_json::json;
use spotmanager_domain::{
    ScaleOutcome::{AlreadyDown, CapacityArrived, GroupFull, NoEffect, StoodDown},
    capacity::CapacityStatus::{NoCapacity, Pending, TimedOut, Withdrawn},
};

use crate::{samples::*, scenario::Scenario, steps::*};

const NO_CAPACITY: &str = "SpotManager.NoCapacity";

pub(super) fn scenarios() -> Vec<Scenario> {
    let usual = found(|_| ());
    let (spot, on_demand) = (&usual.spot_group, &usual.on_demand_group);
    let queued = found(|found| {
        found.queue = queue(90);
        found.settings.max_rounds = 1;
    });
    let no_on_demand = found(|found| fill(&mut found.on_demand_group));
    let brief = found(|found| found.settings.on_demand_capacity_timeout_seconds = 30);
    vec![
        Scenario::new(
            "no spot in any zone: on-demand, which has all of its time",
            [
                decided(&usual, 1, CHEAP),
                scaled(spot),
                looked(spot, Pending),
                looked(spot, NoCapacity),
                stood_down(spot, StoodDown),
                fell_back(),
                scaled(on_demand),
                looked(on_demand, NoCapacity),
                arrives(on_demand),
            ],
        )
        .sends("StandDownSpot", "/action", "stand_down")
        .sends("StandDownSpot", "/stack_name", "render-farm")
        .sends("StandDownSpot", "/purpose", "scale_up")
        .sends("StandDownSpot", "/group", json!(spot))
        .sends("StandDownSpot", "/honor_cooldown", false)
        .sends("StandDownSpot", "/dry_run", false)
        .sends("StandDownSpot", "/baseline_capacity", 3)
        .sends("StandDownSpot", "/execution/round", 1)
        .sends(
            "TellFallback",
            "",
            json!({
                "version": "1",
                "state_machine_arn": MACHINE_ARN,
                "execution_arn": EXECUTION_ARN,
                "stack_name": "render-farm",
                "round": 1,
                "dry_run": false,
                "from_group": "workers-spot",
                "to_group": "workers-on_demand",
                "stood_down": true,
                "failure": {"error": NO_CAPACITY, "cause": "NoCapacity. No spot.", "state": "VerifyCapacity"},
            }),
        )
        .sends("ScaleUp#2", "/group", json!(on_demand))
        .sends("VerifyCapacity#3", "/waited_seconds", 15)
        .sends("VerifyCapacity#3", "/timeout_seconds", 600)
        .sends("VerifyCapacity#3", "/baseline_capacity", 7)
        .sends("VerifyCapacity#4", "/waited_seconds", 30),
        Scenario::new(
            "spot timed out, and arrived while it was stood down",
            [
                decided(&usual, 1, CHEAP),
                scaled(spot),
                looked(spot, TimedOut),
                stood_down(spot, CapacityArrived),
                ends("CapacityArrived"),
            ],
        ),
        Scenario::new(
            "spot arrived while it was stood down, and a queue is known",
            [
                decided(&queued, 1, CHEAP),
                scaled(&queued.spot_group),
                looked(&queued.spot_group, TimedOut),
                stood_down(&queued.spot_group, CapacityArrived),
                ends("RoundsEnded"),
            ],
        ),
        Scenario::new(
            "no spot, and a queue is known: on-demand",
            [
                decided(&queued, 1, CHEAP),
                scaled(&queued.spot_group),
                looked(&queued.spot_group, TimedOut),
                stood_down(&queued.spot_group, StoodDown),
                fell_back(),
                pretended(on_demand),
            ],
        ),
        Scenario::new(
            "the group was scaled in meanwhile",
            [
                decided(&usual, 1, CHEAP),
                scaled(spot),
                looked(spot, Withdrawn),
                ends("NoLongerNeeded"),
            ],
        ),
        Scenario::new(
            "spot is full by now: on-demand",
            [
                decided(&usual, 1, CHEAP),
                scale_up(spot, GroupFull),
                stood_down(spot, AlreadyDown),
                fell_back(),
                scaled(on_demand),
                arrives(on_demand),
            ],
        )
        .sends(
            "TellFallback",
            "/failure",
            json!({"error": NO_CAPACITY, "cause": "GroupFull.", "state": "ScaleUp"}),
        ),
        Scenario::new(
            "the spot group cannot be stood down: on-demand all the same",
            [
                decided(&usual, 1, CHEAP),
                scaled(spot),
                looked(spot, NoCapacity),
                at("GiveUpOnGroup"),
                failed("StandDownSpot", "SpotManager.AccessDenied", Some("no")),
                notified("NotifyStandDownFailed"),
                at("CheckStandDown"),
                fell_back(),
                scaled(on_demand),
                arrives(on_demand),
            ],
        )
        .sends("NotifyStandDownFailed", "/Message", message(
            "SpotManager.AccessDenied in StandDownSpot. The spot group may go on buying in addition to on-demand, which scales up now.",
            "no",
            "SpotManager.AccessDenied",
        ))
        .sends("TellFallback", "/stood_down", false)
        .sends("TellFallback", "/failure/state", "VerifyCapacity"),
        Scenario::new(
            "on-demand's policy adds nothing: nothing is left",
            [
                decided(&usual, 1, DEAR),
                at("ChooseOnDemand"),
                scale_up(on_demand, NoEffect),
                at("GiveUpOnGroup"),
                reported(),
            ],
        )
        .fails(NO_CAPACITY, "NoEffect."),
        Scenario::new(
            "on-demand has no capacity to the end of its time",
            [
                decided(&brief, 1, DEAR),
                at("ChooseOnDemand"),
                scaled(on_demand),
                looked(on_demand, NoCapacity),
                looked(on_demand, NoCapacity),
                at("GiveUpOnGroup"),
                reported(),
            ],
        )
        .fails(NO_CAPACITY, "NoCapacity. No spot.")
        .sends("NotifyFailure", "/Message", message(
            "SpotManager.NoCapacity in VerifyCapacity. No capacity arrived; jobs may be waiting.",
            "NoCapacity. No spot.",
            NO_CAPACITY,
        ))
        .sends("TellFailure", "/failure/error", NO_CAPACITY),
        Scenario::new(
            "on-demand timed out",
            [
                decided(&usual, 1, DEAR),
                at("ChooseOnDemand"),
                scaled(on_demand),
                looked(on_demand, TimedOut),
                at("GiveUpOnGroup"),
                reported(),
            ],
        )
        .fails(NO_CAPACITY, "TimedOut. "),
        Scenario::new(
            "no spot, and on-demand is full: nothing is left",
            [
                decided(&no_on_demand, 1, CHEAP),
                scaled(&no_on_demand.spot_group),
                looked(&no_on_demand.spot_group, NoCapacity),
                at("GiveUpOnGroup"),
                reported(),
            ],
        )
        .fails(NO_CAPACITY, "NoCapacity. No spot."),
    ]
}

//! Spot takes over from on-demand.

use serde_json::json;
use spotmanager_domain::{
    Discovery, Purpose,
    ScaleOutcome::{CapacityArrived, ScaledDown, StoodDown},
    capacity::CapacityStatus::{Arrived, NoCapacity, Withdrawn},
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
    let usual = returning(|_| ());
    let (spot, on_demand) = (&usual.spot_group, &usual.on_demand_group);
    let queued = returning(|found| {
        found.queue = queue(90);
        found.settings.honor_cooldown = false;
        found.settings.dry_run = true;
    });
    // On-demand serves already, so that it is full does not matter.
    let full = returning(|found| fill(&mut found.on_demand_group));
    let mut input = alarm();
    (input.alarm, input.purpose) = (None, Purpose::ReturnToSpot);
    vec![
        Scenario::new(
            "return: spot arrives, and one on-demand instance goes",
            [
                decided(&usual, 1, CHEAP),
                scaled(spot),
                looked(spot, Arrived),
                done("ScaleDownOnDemand", samples::scale(on_demand, ScaledDown)),
                ends("ReturnedToSpot"),
            ],
        )
        .input(input)
        .sends("TellDecision", "/purpose", "return_to_spot")
        .sends("ScaleDownOnDemand", "/action", "scale_down")
        .sends("ScaleDownOnDemand", "/stack_name", "render-farm")
        .sends("ScaleDownOnDemand", "/group", json!(on_demand))
        .sends("ScaleDownOnDemand", "/honor_cooldown", true)
        .sends("ScaleDownOnDemand", "/dry_run", false)
        .sends("ScaleDownOnDemand", "/execution/round", 1),
        Scenario::new(
            "return: a queue asks for no further round",
            [
                decided(&queued, 1, CHEAP),
                scaled(spot),
                looked(spot, Arrived),
                done("ScaleDownOnDemand", samples::scale(on_demand, ScaledDown)),
                ends("ReturnedToSpot"),
            ],
        )
        .sends("ScaleDownOnDemand", "/honor_cooldown", false)
        .sends("ScaleDownOnDemand", "/dry_run", true),
        Scenario::new(
            "return: spot arrives while it is stood down",
            [
                decided(&queued, 1, CHEAP),
                scaled(spot),
                looked(spot, NoCapacity),
                stood_down(spot, CapacityArrived),
                done("ScaleDownOnDemand", samples::scale(on_demand, ScaledDown)),
                ends("ReturnedToSpot"),
            ],
        )
        .sends("StandDownSpot", "/dry_run", true),
        Scenario::new(
            "return: no spot, and a full on-demand group goes on serving",
            [
                decided(&full, 1, CHEAP),
                scaled(spot),
                looked(spot, NoCapacity),
                stood_down(spot, StoodDown),
                ends("StayedOnDemand"),
            ],
        )
        .sends("StandDownSpot", "/purpose", "return_to_spot"),
        Scenario::new(
            "return: the spot group was scaled in meanwhile",
            [
                decided(&queued, 1, CHEAP),
                scaled(spot),
                looked(spot, Withdrawn),
                ends("NoLongerNeeded"),
            ],
        ),
        Scenario::new(
            "return: spot is above the limit",
            [decided(&usual, 1, DEAR), at("NothingToDo")],
        ),
    ]
}

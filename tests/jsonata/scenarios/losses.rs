//! Spot capacity that EC2 takes back, or that the group cannot launch.

use serde_json::json;
use spotmanager_domain::{
    Discovery, LossKind,
    ScaleOutcome::{AlreadyDetached, Detached, GroupFull, StoodDown},
    capacity::CapacityStatus::NoCapacity,
};

use crate::{
    samples::{self, *},
    scenario::Scenario,
    steps::*,
};

fn lost(kind: LossKind, change: impl FnOnce(&mut Discovery)) -> Discovery {
    found(|found| {
        found.loss = Some(loss(kind));
        change(found);
    })
}

fn served(kind: LossKind) -> Discovery {
    lost(kind, |found| {
        let capacity = &mut found.spot_group.capacity;
        capacity.in_service = capacity.desired_capacity;
    })
}

pub(super) fn scenarios() -> Vec<Scenario> {
    let usual = found(|_| ());
    let (spot, on_demand) = (&usual.spot_group, &usual.on_demand_group);
    // The pool that the instance is taken from is excluded, so spot needs a second one.
    let warned = lost(LossKind::InterruptionWarning, |found| {
        found.loss.as_mut().unwrap().pool = None;
    });
    let taken = lost(LossKind::InterruptionWarning, |_| ());
    let dry = lost(LossKind::InterruptionWarning, |found| {
        found.settings.dry_run = true;
    });
    let nameless = lost(LossKind::InterruptionWarning, |found| {
        found.loss.as_mut().unwrap().instance_id = None;
    });
    let advised = lost(LossKind::RebalanceRecommendation, |found| {
        found.loss.as_mut().unwrap().pool = None;
    });
    let mut input = alarm();
    input.loss = Some(loss(LossKind::InterruptionWarning));
    let mut scenarios = vec![
        Scenario::new(
            "interruption: the instance is detached, and spot replaces it",
            [
                decided(&warned, 1, CHEAP),
                done("DetachInstance", samples::scale(spot, Detached)),
                at("CheckDetached"),
                scaled(spot),
                arrives(spot),
            ],
        )
        .input(input)
        .sends("TellDecision", "/loss", json!(warned.loss))
        .sends("DetachInstance", "/action", "detach")
        .sends("DetachInstance", "/stack_name", "render-farm")
        .sends("DetachInstance", "/group", json!(spot))
        .sends("DetachInstance", "/instance_id", "i-1")
        .sends("DetachInstance", "/honor_cooldown", false)
        .sends("DetachInstance", "/execution/round", 1)
        .sends("ScaleUp", "/group", json!(spot))
        .sends("ScaleUp", "/honor_cooldown", false)
        .sends("VerifyCapacity", "/waited_seconds", 15)
        .sends("VerifyCapacity", "/timeout_seconds", 300),
        Scenario::new(
            "interruption: the instance is detached, and on-demand replaces it",
            [
                decided(&taken, 1, DEAR),
                done("DetachInstance", samples::scale(spot, Detached)),
                at("CheckDetached"),
                scaled(on_demand),
                arrives(on_demand),
            ],
        )
        .sends("DetachInstance", "/group", json!(spot))
        .sends("ScaleUp", "/group", json!(on_demand))
        .sends("VerifyCapacity", "/waited_seconds", 15)
        .sends("VerifyCapacity", "/timeout_seconds", 600),
        Scenario::new(
            "interruption: an instance that is gone is replaced by its group",
            [
                decided(&taken, 1, DEAR),
                done("DetachInstance", samples::scale(spot, AlreadyDetached)),
                at("CheckDetached"),
                arrives(spot),
            ],
        )
        .sends("VerifyCapacity", "/group", json!(spot))
        .sends("VerifyCapacity", "/baseline_capacity", 2)
        .sends("VerifyCapacity", "/target_capacity", 3)
        .sends("VerifyCapacity", "/waited_seconds", 15)
        .sends("VerifyCapacity", "/timeout_seconds", 300),
        Scenario::new(
            "interruption: an instance that cannot be detached is bridged with on-demand",
            [
                decided(&warned, 1, CHEAP),
                failed("DetachInstance", "SpotManager.Unexpected", Some("MinSize")),
                at("ChooseOnDemand"),
                scaled(on_demand),
                arrives(on_demand),
            ],
        ),
        Scenario::new(
            "interruption: a dry run detaches nothing",
            [
                decided(&dry, 1, DEAR),
                at("ChooseOnDemand"),
                pretended(on_demand),
            ],
        ),
        Scenario::new(
            "interruption without an instance id: on-demand",
            [
                decided(&nameless, 1, DEAR),
                at("DetachInstance ChooseOnDemand"),
                pretended(on_demand),
            ],
        )
        .cannot_evaluate("DetachInstance/Arguments/Payload/instance_id"),
        Scenario::new(
            "rebalance recommendation: spot grows, and nothing is detached",
            [decided(&advised, 1, CHEAP), scaled(spot), arrives(spot)],
        )
        .sends("ScaleUp", "/honor_cooldown", false),
    ];
    for kind in [LossKind::LaunchUnsuccessful, LossKind::InstanceGone] {
        let lost = |dry_run| lost(kind, |found| found.settings.dry_run = dry_run);
        scenarios.extend([
            Scenario::new(
                format!("{kind:?}: the group itself brings the instance"),
                [
                    decided(&lost(false), 1, CHEAP),
                    at("LookForCapacity"),
                    arrives(spot),
                ],
            )
            .sends("VerifyCapacity", "/group", json!(spot))
            .sends("VerifyCapacity", "/baseline_capacity", 2)
            .sends("VerifyCapacity", "/target_capacity", 3)
            .sends("VerifyCapacity", "/waited_seconds", 15)
            .sends("VerifyCapacity", "/timeout_seconds", 300),
            Scenario::new(
                format!("{kind:?}: on-demand, if the group does not"),
                [
                    decided(&lost(false), 1, CHEAP),
                    at("LookForCapacity"),
                    looked(spot, NoCapacity),
                    stood_down(spot, StoodDown),
                    fell_back(),
                    scaled(on_demand),
                    arrives(on_demand),
                ],
            )
            .sends("StandDownSpot", "/baseline_capacity", 2)
            .sends("ScaleUp", "/honor_cooldown", false)
            .sends("VerifyCapacity#2", "/baseline_capacity", 7),
            Scenario::new(
                format!("{kind:?}: on-demand is full by now"),
                [
                    decided(&lost(false), 1, CHEAP),
                    at("LookForCapacity"),
                    looked(spot, NoCapacity),
                    stood_down(spot, StoodDown),
                    fell_back(),
                    scale_up(on_demand, GroupFull),
                    at("GiveUpOnGroup"),
                    reported(),
                ],
            )
            .fails("SpotManager.NoCapacity", "GroupFull."),
            Scenario::new(
                format!("{kind:?}: the group has all of its instances again"),
                [decided(&served(kind), 1, CHEAP), at("NothingToDo")],
            ),
            Scenario::new(
                format!("{kind:?}: a dry run does not wait"),
                [
                    decided(&lost(true), 1, CHEAP),
                    at("LookForCapacity"),
                    ends("DryRunEnded"),
                ],
            ),
        ]);
    }
    scenarios
}

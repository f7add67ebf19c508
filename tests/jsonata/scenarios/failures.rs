//! What a mail and an event say of a failure: no more than is known.

use serde_json::json;
use spotmanager_domain::{
    Discovery, ExecutionInput, Purpose,
    ScaleOutcome::NoEffect,
    capacity::CapacityStatus::{Arrived, NoCapacity, Withdrawn},
};

use crate::{arguments::MOST_CHARACTERS, samples::*, scenario::Scenario, steps::*};

const NO_CAPACITY: &str = "SpotManager.NoCapacity";
const DENIED: &str = "SpotManager.AccessDenied";

fn returning(change: impl FnOnce(&mut Discovery)) -> Discovery {
    found(|found| {
        found.purpose = Purpose::ReturnToSpot;
        change(found);
    })
}

fn tick() -> ExecutionInput {
    ExecutionInput {
        alarm: None,
        purpose: Purpose::ReturnToSpot,
        ..alarm()
    }
}

/// Spot brings nothing, and cannot be stood down.
fn stuck(discovery: &Discovery) -> Steps {
    let spot = &discovery.spot_group;
    let spot_fails = [scaled(spot), looked(spot, NoCapacity)].concat();
    [
        decided(discovery, 1, CHEAP),
        spot_fails,
        at("GiveUpOnGroup"),
        failed("StandDownSpot", DENIED, Some("no")),
        notified("NotifyStandDownFailed"),
        at("CheckStandDown"),
    ]
    .concat()
}

pub(super) fn scenarios() -> Vec<Scenario> {
    let all = [stand_down(), of_discover(), of_capacity(), of_rounds()];
    all.into_iter().flatten().collect()
}

fn stand_down() -> Vec<Scenario> {
    let usual = found(|_| ());
    let on_demand = &usual.on_demand_group;
    let back = returning(|_| ());
    let dry = found(|found| found.settings.dry_run = true);
    let first =
        json!({"error": NO_CAPACITY, "cause": "NoCapacity. No spot.", "state": "VerifyCapacity"});
    let sentence = "g4dn.xlarge in us-east-1a averaged 0.21 USD per hour, within the limit of 0.2975 (0.35 less 15 %). Spot brought no instance.";
    let mut long = alarm();
    long.stack_name = "farm".repeat(32);
    let subject = format!(
        "SpotManager could not stand the spot group down for {}",
        "farm".repeat(32)
    );
    vec![
        Scenario::new(
            "failure: why spot brought nothing is kept if it cannot be stood down",
            [stuck(&usual), fell_back(), scaled(on_demand), arrives(on_demand)],
        )
        .sends("TellFallback", "/stood_down", false)
        .sends("TellFallback", "/failure", first.clone())
        .sends("TellOutcome", "/failure", first.clone())
        .sends("TellOutcome", "/sentence", "Arrived. Spot brought no instance."),
        Scenario::new(
            "failure: in a return to spot on-demand goes on serving, and does not scale up",
            [stuck(&back), ends("StayedOnDemand")],
        )
        .input(tick())
        .sends(
            "NotifyStandDownFailed",
            "/Message",
            message(
                "SpotManager.AccessDenied in StandDownSpot. The spot group may go on buying in addition to on-demand, which goes on serving.",
                "no",
                DENIED,
            ),
        )
        .sends("TellOutcome", "/failure", first)
        .sends("TellOutcome", "/sentence", sentence),
        Scenario::new(
            "failure: a dry run leaves no spot group that buys",
            [stuck(&dry), fell_back(), pretended(&dry.on_demand_group)],
        )
        .sends(
            "NotifyStandDownFailed",
            "/Message",
            message(
                "SpotManager.AccessDenied in StandDownSpot. This is a dry run: nothing was changed.",
                "no",
                DENIED,
            ),
        ),
        Scenario::new(
            "failure: the subject of a spot group that cannot be stood down is cut",
            [stuck(&usual), fell_back(), pretended(on_demand)],
        )
        .input(long)
        .sends(
            "NotifyStandDownFailed",
            "/Subject",
            &subject[..MOST_CHARACTERS],
        ),
    ]
}

fn of_discover() -> Vec<Scenario> {
    let queued = found(|found| found.queue = queue(300));
    let lost = || [failed("Discover", DENIED, Some("no")), reported()].concat();
    let spot = &queued.spot_group;
    let says = |scenario: Scenario, end: &'static str| {
        let what =
            format!("SpotManager.AccessDenied in Discover. Nothing was decided in this round{end}");
        scenario
            .fails(DENIED, "no")
            .sends("NotifyFailure", "/Message", message(&what, "no", DENIED))
            .adds("TellFailure", "/result", "failed")
    };
    let again = Scenario::new(
        "failure: a further round does not deny what the ones before brought",
        [
            decided(&queued, 1, CHEAP),
            scaled(spot),
            looked(spot, Arrived),
            ends("NextRound"),
            lost(),
        ],
    );
    let back = Scenario::new(
        "failure: who serves is not known before a return to spot has looked",
        [lost()],
    );
    vec![
        says(again, "; jobs may be waiting.")
            .adds("TellFailure", "/served_by", "nobody")
            .adds(
                "TellFailure",
                "/sentence",
                "Nothing was decided in this round.",
            ),
        says(back.input(tick()), ", and nothing was changed.")
            .adds_no("TellFailure", "/served_by")
            .adds(
                "TellFailure",
                "/sentence",
                "Nothing was decided in this round, and nothing was changed.",
            ),
    ]
}

/// After an alarm, and for what is known of the capacity.
fn of_capacity() -> Vec<Scenario> {
    let full = found(|found| fill(&mut found.on_demand_group));
    let spot = &full.spot_group;
    let chosen = || decided(&full, 1, CHEAP);
    let unknown = |name: &str, state: &'static str, before: Steps| {
        let what = format!(
            "SpotManager.AccessDenied in {state}. It is not known if capacity arrived; jobs may be waiting."
        );
        let denied = failed(state, DENIED, Some("no"));
        Scenario::new(name, [before, denied, at("GiveUpOnGroup"), reported()])
            .fails(DENIED, "no")
            .sends("NotifyFailure", "/Message", message(&what, "no", DENIED))
            .adds_no("TellFailure", "/served_by")
            .adds(
                "TellFailure",
                "/sentence",
                "It is not known if capacity arrived.",
            )
    };
    let uncertain = [chosen(), failed("ScaleUp", "SpotManager.Transient", None)];
    let waits = [chosen(), scaled(spot), at("WaitForCapacity")];
    vec![
        unknown(
            "failure: a policy that may have taken effect",
            "ScaleUpAgain",
            uncertain.concat(),
        ),
        unknown(
            "failure: a group that cannot be checked",
            "VerifyCapacity",
            waits.concat(),
        ),
        Scenario::new(
            "failure: no capacity",
            [
                chosen(),
                scaled(spot),
                looked(spot, NoCapacity),
                at("GiveUpOnGroup"),
                reported(),
            ],
        )
        .fails(NO_CAPACITY, "NoCapacity. No spot.")
        .adds("TellFailure", "/served_by", "nobody")
        .adds("TellFailure", "/sentence", "No capacity arrived."),
    ]
}

fn of_rounds() -> Vec<Scenario> {
    let lasting = found(|found| {
        found.queue = queue(300);
        found.settings.rounds_timeout_seconds = 20_000;
    });
    let (spot, on_demand) = (&lasting.spot_group, &lasting.on_demand_group);
    let hands_over = |name: &str, status, what: &str| {
        let what = format!("StepFunctions.Other in ContinueAsNew. {what}");
        Scenario::new(
            name,
            [
                decided(&lasting, 1, CHEAP),
                scaled(spot),
                took(MORE_THAN_THREE_HOURS, looked(spot, status)),
                ends(""),
                failed("ContinueAsNew", "StepFunctions.Other", Some("why")),
                reported(),
            ],
        )
        .fails("StepFunctions.Other", "why")
        .sends(
            "NotifyFailure",
            "/Message",
            message(&what, "why", "StepFunctions.Other"),
        )
    };
    let again = [
        decided(&lasting, 1, CHEAP),
        scaled(spot),
        looked(spot, Arrived),
        ends("NextRound"),
        decided(&lasting, 2, DEAR),
        at("ChooseOnDemand"),
        scale_up(on_demand, NoEffect),
        at("GiveUpOnGroup"),
        reported(),
    ];
    vec![
        hands_over(
            "failure: capacity arrived, and no further round began",
            Arrived,
            "Capacity arrived, and no further round began: more jobs may be waiting.",
        ),
        hands_over(
            "failure: the group was scaled in, and no further round began",
            Withdrawn,
            "No further round began: more jobs may be waiting.",
        ),
        Scenario::new("failure: no capacity in a further round", again)
            .fails(NO_CAPACITY, "NoEffect.")
            .sends(
                "NotifyFailure",
                "/Message",
                message(
                    "SpotManager.NoCapacity in ScaleUp. No capacity arrived in this round; jobs may be waiting.",
                    "NoEffect.",
                    NO_CAPACITY,
                ),
            )
            .adds("TellFailure", "/sentence", "No capacity arrived in this round."),
    ]
}

//! Every way through the machine.

use serde_json::json;
use spotmanager_domain::{
    CapacityLoss, Discovery, LossKind, Purpose, Round,
    ScaleOutcome::{AlreadyDetached, CapacityArrived, GroupFull, NotScaledDown, Scaled},
    capacity::CapacityStatus::{Arrived, NoCapacity, Pending, Withdrawn},
    flow::{
        Others,
        Replacement::{Came, DidNotCome, Underway},
    },
};

use crate::{
    execution::Execution,
    samples::{STARTED_AT, fill, found, loss, queue},
};

fn queued(change: impl FnOnce(&mut Discovery)) -> Discovery {
    found(|found| {
        found.queue = queue(300);
        change(found);
    })
}

fn returning() -> Discovery {
    found(|found| found.purpose = Purpose::ReturnToSpot)
}

fn lost(kind: LossKind) -> Discovery {
    found(|found| found.loss = loss(kind))
}

/// A round after so many checks.
fn round(looks: u32) -> Option<Round> {
    Some(Round {
        number: 2,
        first_began_at: STARTED_AT.parse().unwrap(),
        began_at: None,
        looks: Some(looks),
    })
}

/// On-demand may take as long as one check.
fn one_check(found: &mut Discovery) {
    found.settings.on_demand_capacity_timeout_seconds = 15;
}

pub(crate) fn executions() -> Vec<Execution> {
    let each = [
        simple(),
        fallen_back(),
        returns(),
        losses(),
        rounds(),
        unclear(),
        odd(),
    ];
    let mut ways = each.concat();
    ways.extend(heard());
    ways
}

/// The functions send their events themselves, so that the machine sends only the others.
fn heard() -> Vec<Execution> {
    let heard = simple().into_iter().chain(fallen_back()).chain(rounds());
    let heard = heard.map(|execution| Execution {
        name: format!("{}, and the functions report", execution.name),
        is_heard: true,
        ..execution
    });
    heard.collect()
}

fn simple() -> Vec<Execution> {
    let nothing = found(|found| {
        fill(&mut found.spot_group);
        fill(&mut found.on_demand_group);
    });
    let tried = found(|found| found.settings.dry_run = true);
    vec![
        Execution::new("spot comes", "CapacityArrived").sees([Pending]),
        Execution {
            usd: "0.45",
            ..Execution::new("spot is dear", "CapacityArrived")
        },
        Execution::new("no group can grow", "NothingToDo").finds([nothing]),
        Execution::new("a dry run", "DryRunEnded").finds([tried]),
        Execution::new("the group is scaled in", "NoLongerNeeded").sees([Withdrawn]),
        Execution::new("a return to spot", "ReturnedToSpot").finds([returning()]),
    ]
}

fn fallen_back() -> Vec<Execution> {
    let short = || found(one_check);
    vec![
        Execution::new("spot brings nothing", "CapacityArrived").sees([NoCapacity]),
        Execution::new("spot comes late", "CapacityArrived")
            .sees([NoCapacity])
            .scales([Scaled, CapacityArrived]),
        Execution::new("neither brings anything", "Failed")
            .finds([short()])
            .sees([NoCapacity, NoCapacity]),
        Execution::new("both groups are full by then", "Failed")
            .scales([GroupFull, GroupFull, GroupFull]),
        // The one that began before it has failed, or is busy otherwise.
        Execution {
            others: Others {
                before: 1,
                ..Others::default()
            },
            ..Execution::new("spot brings nothing to two", "CapacityArrived")
        }
        .sees([NoCapacity, NoCapacity, NoCapacity]),
    ]
}

fn returns() -> Vec<Execution> {
    let back = |name, ends| Execution::new(name, ends).finds([returning()]);
    let next_to = |others, execution| Execution {
        others,
        ..execution
    };
    let another = Others {
        after: 1,
        ..Others::default()
    };
    let unknown = "SpotManager.OutcomeUnknown";
    let lost = |execution: Execution, visit| {
        execution.fails("ScaleDownOnDemand", visit, unknown, Some("lost"))
    };
    let never = back("on-demand that is lowered in vain", "Failed");
    let never = (0..7).fold(never, lost).sees([
        Arrived, Pending, Pending, Pending, Pending, Pending, Pending,
    ]);
    vec![
        back("a return without spot", "StayedOnDemand").sees([NoCapacity]),
        back("a return that waits", "ReturnedToSpot").sees([Pending, Arrived]),
        next_to(another, back("a return that gives way", "StayedOnDemand")).sees([Pending]),
        back("on-demand that does not fall", "StayedOnDemand").sees([Arrived, Pending]),
        back("on-demand that has grown", "StayedOnDemand").scales([Scaled, NotScaledDown]),
        lost(back("on-demand was lowered", "ReturnedToSpot"), 0),
        lost(back("on-demand was not lowered", "ReturnedToSpot"), 0).sees([Arrived, Pending]),
        next_to(another, lost(back("on-demand may be lowered", "Failed"), 0))
            .sees([Arrived, Pending]),
        never,
        next_to(
            another,
            back("a raise that may be another's", "StayedOnDemand"),
        )
        .fails("ScaleUp", 0, unknown, Some("lost")),
    ]
}

fn losses() -> Vec<Execution> {
    let warned = || lost(LossKind::InterruptionWarning);
    let recommended = |replacements: &[_], name, ends| Execution {
        replacements: replacements.to_vec(),
        ..Execution::new(name, ends).finds([found(|found| {
            found.loss = loss(LossKind::InterruptionWarning).map(|loss| CapacityLoss {
                recommended: Some("render-farm-rebalance-i-1".into()),
                ..loss
            });
        })])
    };
    let arrives = "CapacityArrived";
    vec![
        Execution::new("an instance is detached", arrives).finds([warned()]),
        Execution::new("an instance is gone", arrives)
            .finds([warned()])
            .scales([AlreadyDetached]),
        Execution {
            usd: "0.45",
            ..Execution::new("an instance is detached, and spot is dear", arrives).finds([warned()])
        },
        Execution::new("a detached instance that spot does not replace", arrives)
            .finds([warned()])
            .sees([NoCapacity]),
        Execution::new("Auto Scaling repeats a launch", arrives)
            .finds([lost(LossKind::LaunchUnsuccessful)]),
        Execution::new("a recommendation that spot does not follow", "NothingToDo")
            .finds([lost(LossKind::RebalanceRecommendation)])
            .sees([NoCapacity]),
        recommended(&[Came], "a recommendation before the warning", arrives),
        recommended(&[DidNotCome], "a recommendation in vain", arrives),
        recommended(
            &[Underway, Came],
            "a recommendation that is awaited",
            arrives,
        ),
        // Until 75 seconds after the warning.
        recommended(&[Underway; 6], "a recommendation that takes long", arrives),
        recommended(
            &[Came, DidNotCome],
            "a recommendation that gives up just before",
            arrives,
        ),
        recommended(&[], "a recommendation that cannot be looked at", arrives).fails(
            "VerifyCapacity",
            0,
            "SpotManager.AccessDenied",
            Some("no"),
        ),
    ]
}

fn rounds() -> Vec<Execution> {
    let empty = || queued(|found| found.queue = queue(0));
    let last = queued(|found| found.settings.max_rounds = 1);
    vec![
        // Spot has room for two, so on-demand is asked in addition.
        Execution::new("a second round", "NothingToDo").finds([queued(|_| ()), empty()]),
        Execution::new("two groups at once that are waited for", "NothingToDo")
            .finds([queued(|_| ()), empty()])
            .sees([Pending, Pending]),
        Execution::new("spot has room for all", "NothingToDo")
            .finds([queued(|found| found.queue = queue(120)), empty()]),
        Execution::new(
            "on-demand is lost that was asked in addition",
            "NothingToDo",
        )
        .finds([queued(|_| ()), empty()])
        .fails("ScaleUp", 1, "SpotManager.OutcomeUnknown", Some("lost")),
        Execution::new("a second round after a fallback", "NothingToDo")
            .finds([queued(|_| ()), empty()])
            .sees([NoCapacity])
            .input(|input| input.loss = loss(LossKind::RebalanceRecommendation)),
        Execution::new("a second round whose evaluation fails", "CapacityArrived")
            .finds([queued(|_| ()), queued(|found| found.queue = None)])
            .fails("Evaluate", 1, "SpotManager.Transient", Some("why")),
        Execution::new("a second round that discovers nothing", "Failed")
            .finds([queued(|_| ())])
            .fails("Discover", 1, "SpotManager.StackNotFound", Some("no stack")),
        Execution::new("the last round", "RoundsEnded").finds([last]),
        Execution::new("a history that is full", "ContinuedAsNew")
            .finds([queued(|_| ())])
            .input(|input| input.round = round(1_990)),
    ]
}

/// Scale-ups of which nobody knows whether they took effect.
fn unclear() -> Vec<Execution> {
    let unknown = |execution: Execution, visits: std::ops::Range<usize>| {
        visits.fold(execution, |execution, visit| {
            execution.fails("ScaleUp", visit, "SpotManager.OutcomeUnknown", Some("lost"))
        })
    };
    let took = Execution::new("a scale-up whose answer is lost", "CapacityArrived");
    let not = Execution::new("a scale-up that is lost", "CapacityArrived").sees([Withdrawn]);
    let never = Execution::new(
        "scale-ups of spot that are lost again and again",
        "CapacityArrived",
    )
    .sees([Withdrawn; 6]);
    let neither = Execution::new("all scale-ups are lost", "Failed").sees([Withdrawn; 12]);
    vec![
        unknown(took, 0..1).sees([Arrived]),
        unknown(not, 0..1),
        unknown(never, 0..7),
        unknown(neither, 0..14),
    ]
}

fn odd() -> Vec<Execution> {
    let redriven = |count| Execution {
        redrive_count: count,
        ..Execution::new(format!("redriven: {count:?}"), "CapacityArrived")
    };
    let long = "farm".repeat(32);
    let named = found(|found| found.stack_name.clone_from(&long));
    vec![
        redriven(Some(1)),
        redriven(None),
        Execution {
            input: json!({}),
            ..Execution::new("started without a stack", "Failed")
        }
        .fails("Discover", 0, "SpotManager.InvalidInput", Some("why")),
        Execution::new("a long stack name", "CapacityArrived")
            .finds([named])
            .input(|input| input.stack_name = long)
            .sees([NoCapacity])
            .fails("StandDownSpot", 0, "SpotManager.AccessDenied", Some("no")),
    ]
}

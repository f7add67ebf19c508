//! Further rounds: in the same execution, in a new one, or not at all.

use serde_json::{Value, json};
use spotmanager_domain::{
    Discovery, ExecutionInput, LossKind, Round,
    capacity::CapacityStatus::{Arrived, Withdrawn},
    execution_name::of_round,
};

use crate::{samples::*, scenario::Scenario, steps::*};

/// When the queue is looked at again: after a wait of 15 seconds.
const AGAIN_AT: &str = "2026-11-25T15:17:07.123Z";
const LONG_NAME: &str =
    "a-name-of-80-characters-given-by-hand-leaves-no-room-for-the-number-of-a-round-x";

fn round(number: u32, first_began_at: &str) -> Round {
    Round {
        number,
        first_began_at: first_began_at.parse().unwrap(),
        began_at: None,
        looks: None,
    }
}

/// An execution in this round, whose capacity arrives.
fn arrived(discovery: &Discovery, round: u32) -> Steps {
    let spot = &discovery.spot_group;
    [
        decided(discovery, round, CHEAP),
        scaled(spot),
        looked(spot, Arrived),
        ends(""),
    ]
    .concat()
}

/// A further round in which no job waits any more.
fn empty(number: u32) -> Steps {
    let discovery = found(|found| found.queue = queue(0));
    let decided = decided(&discovery, number, CHEAP);
    [at("NextRound"), decided, at("NothingToDo")].concat()
}

fn in_round(round: Round) -> ExecutionInput {
    ExecutionInput {
        round: Some(round),
        ..alarm()
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    let queued = |change: fn(&mut Discovery)| {
        found(|found| {
            found.queue = queue(300);
            change(found);
        })
    };
    let usual = queued(|_| ());
    let lasting = queued(|found| {
        found.settings.rounds_timeout_seconds = 20_000;
        found.settings.max_rounds = 1_000;
    });
    let of_two = queued(|found| {
        found.settings.rounds_timeout_seconds = 20_000;
        found.settings.max_rounds = 2;
    });
    let withdrawn = [
        decided(&usual, 1, CHEAP),
        scaled(&usual.spot_group),
        looked(&usual.spot_group, Withdrawn),
        ends(""),
    ]
    .concat();
    let lost = ExecutionInput {
        loss: Some(loss(LossKind::RebalanceRecommendation)),
        ..alarm()
    };
    let looked_before = |looks| Round {
        looks: Some(looks),
        ..round(2, STARTED_AT)
    };
    let mut scenarios = vec![
        Scenario::new(
            "rounds: the queue is looked at again after the capacity arrived",
            [arrived(&usual, 1), empty(2)],
        )
        .input(&lost)
        .sends("Discover#2", "/execution/round", 2)
        .sends("Discover#2", "/execution/started_at", AGAIN_AT)
        .sends("Discover#2", "/input/stack_name", "render-farm")
        .sends("Discover#2", "/input/alarm", json!(alarm().alarm))
        .omits("Discover#2", "/input/loss")
        .sends(
            "Discover#2",
            "/input/round",
            json!({"number": 2, "first_began_at": STARTED_AT, "began_at": AGAIN_AT, "looks": 1}),
        )
        .sends("Evaluate#2", "/execution/round", 2)
        .sends("Evaluate#2", "/execution/started_at", AGAIN_AT)
        .sends("TellDecision#2", "/round", 2)
        .sends("TellDecision#2", "/reason", "QUEUE_EMPTY"),
        Scenario::new(
            "rounds: and after the group was scaled in",
            [withdrawn, empty(2)],
        ),
        Scenario::new(
            "rounds: the third one knows when the first began",
            [
                arrived(&usual, 1),
                at("NextRound"),
                arrived(&usual, 2),
                empty(3),
            ],
        )
        .sends("Discover#3", "/execution/round", 3)
        .sends("Discover#3", "/input/round/number", 3)
        .sends("Discover#3", "/input/round/first_began_at", STARTED_AT)
        .sends("Discover#3", "/input/round/looks", 2),
        Scenario::new(
            "rounds: the setting's number ends them",
            [
                arrived(&of_two, 1),
                at("NextRound"),
                arrived(&of_two, 2),
                at("RoundsEnded"),
            ],
        ),
        Scenario::new(
            "rounds: an hour after the first they end",
            [arrived(&usual, 2), at("RoundsEnded")],
        )
        .input(in_round(round(2, "2026-11-25T14:17:07.123Z"))),
        Scenario::new(
            "rounds: one begins in the hour",
            [arrived(&usual, 2), empty(3)],
        )
        .input(in_round(round(2, "2026-11-25T14:17:07.124Z")))
        .sends(
            "Discover#2",
            "/input/round/first_began_at",
            "2026-11-25T14:17:07.124Z",
        ),
        // 4 events a round, and 60 looks of the slowest round: (300 + 600) / 15.
        Scenario::new(
            "rounds: an execution of 2,000 looks goes on",
            [arrived(&usual, 2), empty(3)],
        )
        .input(in_round(looked_before(1_931)))
        .sends("Discover#2", "/input/round/looks", 1_932),
        Scenario::new(
            "rounds: more looks need an execution of their own",
            [
                arrived(&usual, 2),
                notified("ContinueAsNew"),
                at("ContinuedAsNew"),
            ],
        )
        .input(ExecutionInput {
            round: Some(looked_before(1_932)),
            ..lost
        })
        .sends("ContinueAsNew", "/Name", of_round(EXECUTION, 3))
        .sends("ContinueAsNew", "/StateMachineArn", MACHINE_ARN)
        .sends("ContinueAsNew", "/Input", continued(3)),
        Scenario::new(
            "rounds: an execution of three hours goes on",
            [took(THREE_HOURS, arrived(&lasting, 1)), empty(2)],
        ),
        Scenario::new(
            "rounds: a longer one hands over",
            [
                took(MORE_THAN_THREE_HOURS, arrived(&lasting, 1)),
                notified("ContinueAsNew"),
                at("ContinuedAsNew"),
            ],
        )
        .sends("ContinueAsNew", "/Input", continued(2)),
        Scenario::new(
            "rounds: a longer one ends with the last round",
            [
                took(MORE_THAN_THREE_HOURS, arrived(&of_two, 2)),
                at("RoundsEnded"),
            ],
        )
        .input(in_round(round(2, STARTED_AT))),
        Scenario::new(
            "rounds: an execution that continues another",
            [
                took(MORE_THAN_THREE_HOURS, arrived(&lasting, 7)),
                notified("ContinueAsNew"),
                at("ContinuedAsNew"),
            ],
        )
        .input(in_round(round(7, "2026-11-25T15:00:00Z")))
        .execution_name(of_round(EXECUTION, 7))
        .sends("Discover", "/execution/round", 7)
        .sends("Discover", "/execution/started_at", STARTED_AT)
        .sends("Evaluate", "/execution/started_at", STARTED_AT)
        .sends("ContinueAsNew", "/Name", of_round(EXECUTION, 8))
        .sends(
            "ContinueAsNew",
            "/Input/round",
            json!({"number": 8, "first_began_at": "2026-11-25T15:00:00Z"}),
        ),
        Scenario::new(
            "rounds: the longest name is cut",
            [
                took(MORE_THAN_THREE_HOURS, arrived(&lasting, 999)),
                notified("ContinueAsNew"),
                at("ContinuedAsNew"),
            ],
        )
        .input(in_round(round(999, STARTED_AT)))
        .execution_name(LONG_NAME)
        .sends("ContinueAsNew", "/Name", of_round(LONG_NAME, 1_000)),
        Scenario::new(
            "rounds: a new execution that cannot be started fails this one",
            [
                took(MORE_THAN_THREE_HOURS, arrived(&lasting, 1)),
                failed("ContinueAsNew", "StepFunctions.Other", Some("why")),
                reported(),
            ],
        )
        .fails("StepFunctions.Other", "why")
        .sends("TellFailure", "/failure/state", "ContinueAsNew"),
    ];
    for error in [
        "StepFunctions.ExecutionAlreadyExistsException",
        "ExecutionAlreadyExists",
    ] {
        scenarios.push(Scenario::new(
            format!("rounds: {error} means that it goes on already"),
            [
                took(MORE_THAN_THREE_HOURS, arrived(&lasting, 1)),
                failed("ContinueAsNew", error, None),
                at("ContinuedAsNew"),
            ],
        ));
    }
    scenarios
}

/// The input of the execution that goes on with this round, without the loss.
fn continued(number: u32) -> Value {
    json!({
        "stack_name": "render-farm",
        "alarm": alarm().alarm,
        "round": {"number": number, "first_began_at": STARTED_AT},
    })
}

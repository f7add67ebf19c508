//! Further rounds: in the same execution, in a new one, or not at all.

use serde_json::json;

use super::*;
use crate::{ExecutionInput, Origin, execution_name::of_round};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const MILLISECOND: SignedDuration = SignedDuration::from_millis(1);

fn queued(change: impl FnOnce(&mut Discovery)) -> Discovery {
    found(|found| {
        found.queue = queue(300);
        change(found);
    })
}

fn lasting() -> Discovery {
    queued(|found| {
        found.settings.rounds_timeout_seconds = 20_000;
        found.settings.max_rounds = 1_000;
    })
}

fn in_round(round: u32, change: impl FnOnce(&mut Origin)) -> Execution {
    let mut execution = Execution {
        round,
        ..testing::execution(began_at())
    };
    change(execution.origin.as_mut().unwrap());
    execution
}

/// The end of a round in which the capacity arrives at the first check, after `elapsed`.
fn arrived(discovery: Discovery, execution: Execution, elapsed: SignedDuration) -> Played {
    decided_in(discovery, execution, CHEAP)
        .after(elapsed)
        .scaled()
        .arrives()
        .reported("Decision Outcome")
}

/// The input of the next round, in this execution or another.
fn next(played: &Played) -> &ExecutionInput {
    match &played.machine.step {
        Step::Discover { input } | Step::ContinueAsNew { input, .. } => input,
        step => panic!("{step:?} is no next round"),
    }
}

#[test]
fn without_a_queue_there_is_one_round() {
    arrived(found(|_| ()), in_round(1, |_| ()), HOUR).at("CapacityArrived");
}

#[test]
fn the_next_round_has_what_the_execution_began_with() {
    let execution = in_round(1, |origin| {
        origin.input.settings = serde_json::from_value(json!({"max_rounds": 3})).unwrap();
    });
    let elapsed = SignedDuration::from_secs(15);
    let played = arrived(queued(|_| ()), execution, elapsed)
        .came_by("Report ScaleUp WaitForCapacity Report Discover");
    let again_at = "2026-11-25T15:17:07.123Z";
    let round = json!({"number": 2, "first_began_at": BEGAN_AT, "began_at": again_at, "looks": 1});
    let input = json!({"stack_name": "render-farm", "settings": {"max_rounds": 3}, "round": round});
    assert_eq!(json!(next(&played)), input);
}

#[test]
fn a_group_that_was_scaled_in_is_looked_at_again_if_a_queue_is_known() {
    decided(queued(|_| ()), CHEAP)
        .scaled()
        .looked(CapacityStatus::Withdrawn)
        .at("Discover")
        .says("Outcome", json!({"result": "no_longer_needed"}));
}

#[test]
fn each_round_knows_when_the_first_began_and_how_often_was_looked() {
    let first_began_at = began_at() - HOUR / 2;
    let execution = in_round(7, |origin| {
        origin.first_round_began_at = first_began_at;
        origin.looks = 40;
    });
    let played = decided_in(queued(|_| ()), execution, CHEAP)
        .scaled()
        .looked(CapacityStatus::Pending)
        .arrives()
        .says("Outcome", json!({"round": 7}));
    let round = next(&played).round.as_ref().unwrap();
    assert_eq!((round.number, round.looks), (8, Some(42)));
    assert_eq!(round.first_began_at, first_began_at);
}

#[test]
fn the_setting_s_number_ends_them() {
    let of_two = || queued(|found| found.settings.max_rounds = 2);
    arrived(of_two(), in_round(1, |_| ()), SignedDuration::ZERO).at("Discover");
    arrived(of_two(), in_round(2, |_| ()), SignedDuration::ZERO).at("RoundsEnded");
}

#[test]
fn an_hour_after_the_first_they_end() {
    for (elapsed, state) in [(HOUR - MILLISECOND, "Discover"), (HOUR, "RoundsEnded")] {
        arrived(queued(|_| ()), in_round(1, |_| ()), elapsed).at(state);
        let later = in_round(2, |origin| {
            origin.first_round_began_at = began_at() - elapsed;
        });
        arrived(queued(|_| ()), later, SignedDuration::ZERO).at(state);
    }
}

#[test]
fn more_looks_than_a_history_has_room_for_need_an_execution_of_their_own() {
    // In round 2: 4 for each round, and those of the slowest one, of which 24 are left to others.
    for (interval, slowest) in [(15, 84), (7, 153), (600, 26)] {
        for (more, state) in [(0, "Discover"), (1, "ContinueAsNew")] {
            let execution = in_round(2, |origin| {
                origin.looks = 2_000 - 2 * 4 - slowest - 1 + more;
            });
            let discovery = queued(|found| found.settings.verify_interval_seconds = interval);
            let played = arrived(discovery, execution, SignedDuration::ZERO).at(state);
            let Step::ContinueAsNew { name, input, .. } = &played.machine.step else {
                continue;
            };
            assert_eq!(name, &of_round(&played.execution.name, 3));
            let round = json!({"number": 3, "first_began_at": BEGAN_AT});
            assert_eq!(
                json!(input),
                json!({"stack_name": "render-farm", "round": round})
            );
        }
    }
}

#[test]
fn an_execution_of_more_than_three_hours_hands_over() {
    for (elapsed, state) in [
        (3 * HOUR, "Discover"),
        (3 * HOUR + MILLISECOND, "ContinueAsNew"),
    ] {
        arrived(lasting(), in_round(1, |_| ()), elapsed).at(state);
        // It counts from its own beginning.
        let continues = in_round(7, |origin| origin.first_round_began_at = began_at() - HOUR);
        arrived(lasting(), continues, elapsed).at(state);
    }
    let last = queued(|found| {
        found.settings.rounds_timeout_seconds = 20_000;
        found.settings.max_rounds = 2;
    });
    arrived(last, in_round(2, |_| ()), 4 * HOUR).at("RoundsEnded");
}

#[test]
fn a_new_execution_that_cannot_be_started_fails_this_one_after_its_outcome() {
    for (status, consequence) in [
        (
            CapacityStatus::Arrived,
            "Capacity arrived, and no further round began: more jobs may be waiting.",
        ),
        (
            CapacityStatus::Withdrawn,
            "No further round began: more jobs may be waiting.",
        ),
    ] {
        decided(lasting(), CHEAP)
            .after(4 * HOUR)
            .scaled()
            .looked(status)
            .at("ContinueAsNew")
            .fails("StepFunctions.Other", "why")
            .came_by("Report ScaleUp WaitForCapacity Report ContinueAsNew Notify Report Failed")
            .notified("StepFunctions.Other", "ContinueAsNew", consequence)
            .reported("Decision Outcome Failure")
            .failed("StepFunctions.Other", "why", "ContinueAsNew");
    }
}

#[test]
fn an_execution_of_unknown_origin_goes_on_with_what_was_discovered() {
    let execution = Execution {
        origin: None,
        ..testing::execution(began_at())
    };
    let played = arrived(queued(|_| ()), execution, SignedDuration::ZERO);
    let input = next(&played);
    assert_eq!(
        (input.stack_name.as_str(), &input.loss),
        ("render-farm", &None)
    );
    let round = input.round.as_ref().unwrap();
    assert_eq!((round.number, round.first_began_at), (2, began_at()));
    assert_eq!(round.looks, Some(1));
}

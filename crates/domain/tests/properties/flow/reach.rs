//! What the scenarios reach.

use std::collections::BTreeSet;

use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use super::{LAST_STATES, asked_of_spot, before_on_demand, is_due, outcomes};
use crate::world::{Call, Fault, any_scenario, run};

/// How many scenarios are played.
const SCENARIOS: usize = 6_000;

/// The properties are about nothing if no scenario gets there.
#[test]
fn the_scenarios_reach_every_state_every_fault_and_every_change() {
    let mut runner = TestRunner::deterministic();
    let mut reached = BTreeSet::new();
    for _ in 0..SCENARIOS {
        let scenario = any_scenario().new_tree(&mut runner).unwrap().current();
        let course = run(&scenario);
        reached.insert(course.end.to_owned());
        for round in &course.rounds {
            reached.extend(round.machine.states.iter().map(ToString::to_string));
            for outcome in outcomes(round) {
                if outcome.sentence.ends_with("of those wanted.") {
                    reached.insert("spot brought a part".to_owned());
                }
                if outcome.sentence.ends_with("and more are wanted.") {
                    reached.insert("on-demand brought a part".to_owned());
                }
            }
            if is_due(round) {
                reached.insert("due in doubt".to_owned());
            }
            if before_on_demand(round).is_some_and(|before| asked_of_spot(before).is_some()) {
                reached.insert("on-demand after spot".to_owned());
            }
            for visit in &round.visits {
                let fault = match visit.fault {
                    Fault::None => "well",
                    Fault::Refused(_) => "refused",
                    Fault::Lost { .. } => "lost",
                    Fault::Repeated => "repeated",
                };
                reached.insert(format!("{} {fault}", visit.step.state()));
                reached.insert(match visit.call {
                    None => continue,
                    Some(Call::ScaleUp {
                        market,
                        took_effect,
                        ..
                    }) => format!("{market} scales up: {took_effect}"),
                    Some(Call::Raise {
                        market,
                        took_effect,
                        ..
                    }) => {
                        let and = if visit.is_in_addition() {
                            " in addition"
                        } else {
                            ""
                        };
                        format!("{market} is raised{and}: {took_effect}")
                    }
                    Some(Call::Launch { raised, .. }) => match raised {
                        [_, 0] => "spot launches".to_owned(),
                        [0, _] => "on-demand launches".to_owned(),
                        _ => "both launch".to_owned(),
                    },
                    Some(Call::Lower { market, .. }) => format!("{market} is lowered"),
                    Some(Call::Detach { decrements: true }) => "detached".to_owned(),
                    Some(Call::Detach { decrements: false }) => "detached and replaced".to_owned(),
                });
            }
        }
    }
    let tasks = [
        "Evaluate",
        "DetachInstance",
        "ScaleUp",
        "WaitForCapacity",
        "StandDownSpot",
        "ScaleDownOnDemand",
        "ContinueAsNew",
    ];
    let faults = ["well", "refused", "lost"];
    let visits = tasks
        .iter()
        .flat_map(|task| faults.map(|fault| format!("{task} {fault}")));
    let last_states = LAST_STATES.iter().map(|(state, _)| (*state).to_owned());
    let others = [
        "Report",
        "Notify",
        "Discover",
        "spot scales up: true",
        "spot scales up: false",
        "on-demand scales up: true",
        "on-demand scales up: false",
        "spot is raised: true",
        "spot is raised: false",
        "on-demand is raised: true",
        "on-demand is raised: false",
        "on-demand is raised in addition: true",
        "on-demand is raised in addition: false",
        "spot launches",
        "on-demand launches",
        "both launch",
        "spot brought a part",
        "on-demand brought a part",
        "on-demand is lowered",
        "spot is lowered",
        "detached",
        "detached and replaced",
        "due in doubt",
        "on-demand after spot",
    ];
    let expected: BTreeSet<_> = visits
        .chain(last_states)
        .chain(others.map(str::to_owned))
        .collect();
    let missing: Vec<_> = expected.difference(&reached).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

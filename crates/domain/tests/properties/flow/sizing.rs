//! How much is asked for if a queue says how much is missing.

use proptest::prelude::*;
use spotmanager_domain::{
    Capacity, Market, Purpose,
    flow::{Event, RoundResult},
    settings::LaunchBy,
};

use super::{discovered, outcomes, room_of_both};
use crate::world::{Call, Fault, RoundCourse, Scenario, any_scenario, run};

/// A scenario whose rounds are sized.
fn any_sized() -> impl Strategy<Value = Scenario> {
    any_scenario().prop_map(|mut scenario| {
        if scenario.messages.is_empty() {
            scenario.messages.push(90);
        }
        let launch_by = match scenario.launch_by {
            LaunchBy::LaunchInstances => LaunchBy::LaunchInstances,
            _ => LaunchBy::Automatic,
        };
        Scenario {
            launch_by,
            loss: None,
            purpose: Purpose::ScaleUp,
            ..scenario
        }
    })
}

/// The same, in which nobody else changes the groups.
fn any_sized_alone() -> impl Strategy<Value = Scenario> {
    any_sized().prop_map(|scenario| Scenario {
        others: Vec::new(),
        ..scenario
    })
}

fn wanted(round: &RoundCourse) -> Option<i32> {
    round.machine.events.iter().find_map(|event| match event {
        Event::Decision(decision) => decision.wanted,
        _ => None,
    })
}

/// How much more the execution has asked of a group than was asked before, less what it took back.
fn asked(round: &RoundCourse, of: Option<Market>) -> i32 {
    let calls = round.visits.iter().filter_map(|visit| visit.call);
    let asked = calls.map(|call| match call {
        Call::Raise {
            market,
            before,
            to,
            took_effect: true,
            ..
        } if of.is_none_or(|of| of == market) => to - before.desired_capacity,
        Call::Launch {
            raised: [spot, on_demand],
            ..
        } => match of {
            None => spot + on_demand,
            Some(Market::Spot) => spot,
            Some(Market::OnDemand) => on_demand,
        },
        Call::Lower { market, by } if of.is_none_or(|of| of == market) => -by,
        _ => 0,
    });
    asked.sum()
}

fn could_not_stand_down(round: &RoundCourse) -> bool {
    let mut messages = round.machine.messages.iter();
    messages.any(|message| message.failure.state == "StandDownSpot")
}

/// What a group had in service or launching, and asked for.
fn had(capacity: Capacity) -> i32 {
    (capacity.in_service + capacity.pending).min(capacity.desired_capacity)
}

/// Whether on-demand was to be asked in addition, and in the end was not.
fn could_not_ask_in_addition(round: &RoundCourse) -> bool {
    let mut visits = round.visits.iter().rev();
    let last = visits.find(|visit| visit.is_in_addition());
    let was_refused = last.is_some_and(|visit| {
        !matches!(visit.fault, Fault::None | Fault::Lost { took_effect: true })
    });
    // After a scale-up whose outcome is unknown the check asks, and that may fail.
    let mut visits = round.visits.iter();
    let check_failed = last.is_none()
        && visits.any(|visit| visit.is("WaitForCapacity") && visit.fault != Fault::None);
    was_refused || check_failed
}

proptest! {
    #![proptest_config(crate::cases(512))]

    #[test]
    fn no_more_is_asked_for_than_is_wanted_whatever_fails_and_is_unclear(
        mut scenario in any_sized(),
    ) {
        // What another client undoes may be asked for again.
        for change in scenario.others.iter_mut().flatten() {
            change.by = change.by.abs();
            change.lowers_max_size_by = 0;
        }
        for round in run(&scenario).rounds {
            let wanted = wanted(&round).unwrap_or_default();
            if !could_not_stand_down(&round) {
                prop_assert!(asked(&round, None) <= wanted, "{wanted}: {round:?}");
            }
            for market in [Market::Spot, Market::OnDemand] {
                prop_assert!(asked(&round, Some(market)) <= wanted, "{wanted}: {round:?}");
            }
        }
    }

    #[test]
    fn no_group_is_raised_by_more_than_is_wanted_whatever_others_do(scenario in any_sized()) {
        for round in run(&scenario).rounds {
            let wanted = wanted(&round).unwrap_or_default();
            let [spot, on_demand] = discovered(&round.discovery).map(had);
            for visit in &round.visits {
                let (had, to) = match visit.call {
                    Some(Call::Raise { market: Market::Spot, to, .. }) => (spot, to),
                    Some(Call::Raise { market: Market::OnDemand, to, .. }) => (on_demand, to),
                    _ => continue,
                };
                prop_assert!(to <= had + wanted, "{wanted}: {round:?}");
            }
        }
    }

    #[test]
    fn both_groups_together_stay_within_their_maximum(scenario in any_sized_alone()) {
        for round in run(&scenario).rounds {
            if could_not_stand_down(&round) {
                continue;
            }
            for visit in &round.visits {
                if let Some(Call::Raise { took_effect: true, .. } | Call::Launch { .. }) = visit.call
                {
                    let room = room_of_both(&round.discovery, visit.after);
                    prop_assert!(room >= 0, "{room}: {round:?}");
                }
            }
        }
    }

    #[test]
    fn what_spot_does_not_bring_is_asked_of_on_demand_as_far_as_it_has_room_or_that_is_notified(
        scenario in any_sized_alone(),
    ) {
        for round in run(&scenario).rounds {
            let result = outcomes(&round)[0].result;
            let (Some(wanted), RoundResult::CapacityArrived) = (wanted(&round), result) else {
                continue;
            };
            if could_not_ask_in_addition(&round) {
                continue;
            }
            let after = round.visits.last().unwrap().after;
            let [spot, on_demand] = after;
            let before = discovered(&round.discovery);
            let [spot_before, on_demand_before] = before.map(had);
            // What launched before may be late.
            let brought = (spot.in_service - spot_before).max(0);
            let asked = on_demand.desired_capacity - on_demand_before;
            // What spot asked for in vain counts until the next round.
            let in_vain = before[0].desired_capacity - spot_before;
            let is_full = !on_demand.has_room()
                || room_of_both(&round.discovery, after) <= in_vain;
            prop_assert!(brought + asked >= wanted || is_full, "{wanted}: {round:?}");
        }
    }

    #[test]
    fn capacity_has_arrived_if_all_of_on_demand_that_was_asked_for_has(
        scenario in any_sized_alone(),
    ) {
        for round in run(&scenario).rounds {
            let arrived = outcomes(&round)[0].result == RoundResult::CapacityArrived;
            if !arrived || asked(&round, Some(Market::OnDemand)) == 0 || could_not_ask_in_addition(&round) {
                continue;
            }
            let [_, on_demand] = round.visits.last().unwrap().after;
            prop_assert!(on_demand.in_service >= on_demand.desired_capacity, "{round:?}");
        }
    }

    #[test]
    fn how_many_arrived_is_said_if_more_are_wanted(scenario in any_sized_alone()) {
        for round in run(&scenario).rounds {
            let outcome = outcomes(&round)[0];
            if outcome.result != RoundResult::Failed || !outcome.sentence.contains(" arrived") {
                continue;
            }
            let known = outcome.sentence.split(' ').next().unwrap().parse::<i32>();
            let is_none = outcome.sentence.starts_with("No capacity");
            let Some(said) = known.ok().or_else(|| is_none.then_some(0)) else {
                continue;
            };
            let after = round.visits.last().unwrap().after;
            let before = discovered(&round.discovery);
            let arrived = [0, 1].map(|group| {
                (after[group].in_service - before[group].in_service).max(0)
            });
            prop_assert!(said <= arrived[0] + arrived[1], "{said}: {round:?}");
        }
    }
}

//! What executions end with and report.

use proptest::prelude::*;
use serde_json::{Value, json};
use spotmanager_domain::{
    Market, ScaleAction,
    flow::{RoundResult, ServedBy, Step},
};

use super::{LAST_STATES, is_in_doubt, outcomes};
use crate::world::{Call, Course, Fault, any_scenario, run};

fn reads_as_written(step: &Step) -> bool {
    let written = serde_json::to_value(step).unwrap();
    serde_json::from_value::<Step>(written).is_ok_and(|read| read == *step)
}

proptest! {
    #![proptest_config(crate::cases(256))]

    #[test]
    fn every_execution_ends_in_a_last_state_that_its_last_outcome_leads_to(
        scenario in any_scenario(),
    ) {
        let Course { rounds, end, .. } = run(&scenario);
        let results = LAST_STATES.iter().find(|(state, _)| *state == end);
        let last = outcomes(rounds.last().unwrap()).pop().unwrap().result;
        prop_assert!(results.is_some_and(|(_, results)| results.contains(&last)), "{last:?}: {end}");
        prop_assert!(rounds.len() <= usize::try_from(scenario.max_rounds).unwrap());
        for (index, round) in (1_u32..).zip(&rounds) {
            prop_assert_eq!(round.number, index);
        }
    }

    #[test]
    fn every_round_reports_one_decision_and_one_outcome_and_every_failure_is_notified(
        scenario in any_scenario(),
    ) {
        let Course { rounds, end, failure } = run(&scenario);
        let last = rounds.len() - 1;
        for (index, round) in rounds.iter().enumerate() {
            prop_assert_eq!(round.sent("SpotManager Decision"), 1);
            prop_assert_eq!(round.sent("SpotManager Outcome"), 1);
            let fails = index == last && end == "Failed";
            prop_assert_eq!(round.sent("SpotManager Failure"), usize::from(fails));
            let failures = outcomes(round).into_iter().filter(|o| o.result == RoundResult::Failed);
            prop_assert!(failures.count() <= usize::from(fails));
            let notified = round.machine.messages.iter();
            let of_the_end =
                notified.filter(|message| message.subject.starts_with("SpotManager failed for"));
            prop_assert_eq!(of_the_end.count(), usize::from(fails));
        }
        if end == "Failed" {
            let message = &rounds[last].machine.messages.last().unwrap().failure;
            prop_assert!(!failure.error.is_empty());
            prop_assert_eq!((&message.error, &message.cause), (&failure.error, &failure.cause));
        }
    }

    #[test]
    fn what_an_event_says_of_a_failure_is_complete_and_stands_only_where_one_is_known(
        scenario in any_scenario(),
    ) {
        for round in run(&scenario).rounds {
            for event in &round.machine.sent {
                let (detail_type, detail) = (event["DetailType"].as_str().unwrap(), &event["Detail"]);
                let failure = detail.get("failure");
                if let Some(failure) = failure {
                    prop_assert!(failure["error"].as_str().is_some_and(|error| !error.is_empty()));
                    prop_assert!(failure["state"].as_str().is_some_and(|state| !state.is_empty()));
                }
                let fell_back = detail["sentence"]
                    .as_str()
                    .is_some_and(|sentence| {
                        sentence.ends_with("Spot brought no instance.")
                            || sentence.ends_with("of those wanted.")
                    });
                match detail_type {
                    "SpotManager Failure" | "SpotManager Fallback" => {
                        prop_assert!(failure.is_some(), "{event}: {round:?}");
                    }
                    "SpotManager Decision" => {
                        prop_assert_eq!(failure.is_some(), is_in_doubt(&round), "{}", event);
                    }
                    _ if detail["result"] == "failed" => prop_assert!(failure.is_some()),
                    // Its cause may have been lost, see `spot_failed_in`.
                    _ => prop_assert!(failure.is_none() || fell_back, "{}", event),
                }
            }
        }
    }

    #[test]
    fn only_spot_or_on_demand_that_is_in_service_is_said_to_serve(scenario in any_scenario()) {
        for round in run(&scenario).rounds {
            let outcome = outcomes(&round)[0];
            let [_, on_demand] = round.visits.last().unwrap().after;
            let serves = match outcome.served_by {
                // On-demand may have been waited for after it.
                Some(ServedBy::Spot) => round.visits.iter().any(|visit| {
                    let [spot, _] = visit.after;
                    spot.in_service > 0
                }),
                Some(ServedBy::OnDemand) if outcome.result == RoundResult::CapacityArrived => {
                    on_demand.in_service > 0
                }
                // It goes on serving, as it was discovered.
                Some(ServedBy::OnDemand) => {
                    round.discovery.on_demand_group.capacity.in_service > 0
                }
                _ => true,
            };
            prop_assert!(serves, "{outcome:?}: {round:?}");
            prop_assert_eq!(
                outcome.group.is_some(),
                outcome.result != RoundResult::NothingToDo
                    && outcome.result != RoundResult::Failed
                    && outcome.served_by != Some(ServedBy::Nobody)
            );
            let saves = outcome.saving_usd_per_hour.is_some();
            prop_assert!(!saves || outcome.served_by == Some(ServedBy::Spot));
        }
    }

    #[test]
    fn that_no_capacity_arrived_is_said_only_if_on_demand_was_looked_at(
        scenario in any_scenario(),
    ) {
        for round in run(&scenario).rounds {
            if outcomes(&round)[0].served_by != Some(ServedBy::Nobody) {
                continue;
            }
            let last = round.visits.iter().rposition(|visit| {
                matches!(
                    visit.call,
                    Some(
                        Call::ScaleUp { market: Market::OnDemand, took_effect: true, .. }
                            | Call::Raise { market: Market::OnDemand, took_effect: true, .. }
                    )
                )
            });
            let Some(last) = last else {
                continue;
            };
            let mut after = round.visits[last..].iter();
            // A step that asks for nothing has looked too.
            let is_known = after.any(|visit| {
                let market = visit.step.action().map(ScaleAction::market);
                let found_full = market == Some(Market::OnDemand)
                    && visit.is("ScaleUp")
                    && visit.call.is_none()
                    && visit.fault == Fault::None;
                found_full || visit.looked_at(Market::OnDemand)
            });
            prop_assert!(is_known, "{round:?}");
        }
    }

    #[test]
    fn every_step_survives_the_state_machine_s_json(scenario in any_scenario()) {
        for round in run(&scenario).rounds {
            for visit in &round.visits {
                prop_assert!(reads_as_written(&visit.step), "{:?}", visit.step);
            }
            prop_assert!(reads_as_written(&round.machine.step), "{:#?}", round.machine.step);
            let discovery = json!(round.discovery);
            let read = serde_json::from_value(discovery.clone()).unwrap_or(Value::Null);
            prop_assert_eq!(discovery, read);
        }
    }
}

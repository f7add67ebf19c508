//! What executions change.

use proptest::prelude::*;
use spotmanager_domain::{Market, Purpose};

use super::{asked_of_spot, before_on_demand, is_due};
use crate::world::{Call, Scenario, any_scenario, run};

proptest! {
    #![proptest_config(crate::cases(256))]

    #[test]
    fn a_policy_takes_effect_once_in_a_round_and_is_repeated_only_after_a_look(
        scenario in any_scenario(),
    ) {
        for round in run(&scenario).rounds {
            for market in [Market::Spot, Market::OnDemand] {
                prop_assert!(round.scale_ups(market) <= 1, "{market}: {round:?}");
                let mut is_open = false;
                for visit in &round.visits {
                    if let Some(Call::ScaleUp { market: of, .. }) = visit.call
                        && of == market
                    {
                        prop_assert!(!is_open, "{market}: {round:?}");
                        is_open = true;
                    } else if visit.looked_at(market) {
                        is_open = false;
                    }
                }
            }
        }
    }

    #[test]
    fn no_group_is_scaled_up_beyond_its_size(scenario in any_scenario()) {
        for visit in run(&scenario).rounds.iter().flat_map(|round| &round.visits) {
            if let Some(Call::ScaleUp { before, .. } | Call::Raise { before, .. }) = visit.call {
                prop_assert!(before.has_room(), "{before:?}");
            }
            if let Some(Call::Launch { before, raised }) = visit.call {
                for (before, raised) in before.iter().zip(raised) {
                    prop_assert!(before.desired_capacity + raised <= before.max_size.max(before.desired_capacity));
                }
            }
        }
    }

    #[test]
    fn in_doubt_on_demand_is_asked_if_it_has_room_and_jobs_wait(scenario in any_scenario()) {
        for round in run(&scenario).rounds {
            let is_due = is_due(&round);
            if is_due && round.discovery.loss.is_none() {
                prop_assert!(before_on_demand(&round).is_some(), "{round:?}");
            } else if is_due {
                // The instance that is to be detached may be gone, and its group replaces it then. And a
                // rebalance recommendation may have had it replaced.
                let asked = before_on_demand(&round).is_some();
                let looks = round.visits.iter().any(|visit| visit.looked_at(Market::Spot));
                let loss = round.discovery.loss.as_ref();
                let recommended = loss.is_some_and(|loss| loss.recommended.is_some());
                prop_assert!(asked || looks || recommended, "{round:?}");
            }
        }
    }

    #[test]
    fn spot_that_did_not_come_is_taken_back_before_on_demand_is_asked_or_that_is_notified(
        scenario in any_scenario(),
    ) {
        // What others ask for stays.
        let scenario = Scenario { others: Vec::new(), ..scenario };
        for round in run(&scenario).rounds {
            let Some(before) = before_on_demand(&round) else {
                continue;
            };
            let Some(baseline) = asked_of_spot(before) else {
                continue;
            };
            // All may have come at the last moment, and what spot had no room for is asked again.
            let stand_down = before.iter().rfind(|visit| visit.is("StandDownSpot"));
            prop_assert!(stand_down.is_some(), "{round:?}");
            let stand_down = stand_down.unwrap();
            let failed = round.machine.messages.iter().any(|message| {
                message.failure.state == "StandDownSpot"
            });
            let [spot, _] = stand_down.after;
            let is_down = spot.desired_capacity <= baseline.max(spot.in_service).max(spot.min_size);
            // What on-demand has no room for spot goes on asking for.
            let on_demand = round.discovery.on_demand_group.capacity;
            let room = on_demand.max_size - on_demand.desired_capacity;
            let lowered_by = match stand_down.call {
                Some(Call::Lower { by, .. }) => by,
                _ => 0,
            };
            let is_kept = lowered_by >= room;
            prop_assert!(is_down || is_kept || failed, "{spot:?} of {baseline}: {round:?}");
        }
    }

    #[test]
    fn a_dry_run_changes_nothing(scenario in any_scenario()) {
        let scenario = Scenario { dry_run: true, ..scenario };
        for visit in run(&scenario).rounds.iter().flat_map(|round| &round.visits) {
            prop_assert_eq!(visit.call, None, "{:?}", visit);
        }
    }

    #[test]
    fn a_return_asks_for_no_on_demand_and_takes_one_away_only_if_spot_came(
        scenario in any_scenario(),
    ) {
        // No other client takes it meanwhile.
        let scenario = Scenario {
            purpose: Purpose::ReturnToSpot,
            loss: None,
            others: Vec::new(),
            ..scenario
        };
        let course = run(&scenario);
        prop_assert_eq!(course.rounds.len(), 1);
        let round = &course.rounds[0];
        prop_assert!(before_on_demand(round).is_none());
        for (visit, before) in round.visits.iter().skip(1).zip(&round.visits) {
            if let Some(Call::Lower { market: Market::OnDemand, .. }) = visit.call {
                let [spot, _] = before.after;
                let discovered = round.discovery.spot_group.capacity;
                prop_assert!(spot.in_service > discovered.desired_capacity, "{round:?}");
            }
        }
        let downs = round.visits.iter().filter(|visit| {
            matches!(visit.call, Some(Call::Lower { market: Market::OnDemand, .. }))
        });
        prop_assert!(downs.count() <= 1);
    }
}

//! Instances that are launched at once: the plan, and what comes next after it.

use serde_json::json;

use super::*;
use crate::{
    ClientToken, ScaleAction,
    flow::{Launched, LaunchedOf},
    price::PoolPrice,
    resources::LaunchInstancesSupport,
    scaling::LaunchPlan,
    testing::NO_FACTS,
};

/// As many jobs wait as these and 10 instances more are for: spot has room for 2 more than its 3, and
/// on-demand for 2 more than its 7.
fn launching(wanted: u64, change: impl FnOnce(&mut Discovery)) -> Discovery {
    sized(100 + 10 * wanted, |found| {
        found.settings.launch_by = LaunchBy::LaunchInstances;
        change(found);
    })
}

fn plan(played: &Played) -> &LaunchPlan {
    match played.action() {
        ScaleAction::LaunchInstances { plan, .. } => plan,
        other => panic!("{other:?}"),
    }
}

/// A group's market, the most of it, and its zones with their shares.
type Asked<'a> = (Market, i32, Vec<(&'a str, i32)>);

/// What each group of the plan is asked for at most, and in which zones for how much at first.
fn asked(plan: &LaunchPlan) -> Vec<Asked<'_>> {
    let groups = plan.groups.iter();
    groups
        .map(|group| {
            let places = group.places.iter();
            let places = places.map(|place| (place.availability_zone.as_str(), place.units));
            (group.market, group.most, places.collect())
        })
        .collect()
}

impl Played {
    /// *scale* has launched so much of each group that it has asked.
    fn launched(mut self, spot: Option<i32>, on_demand: Option<i32>) -> Self {
        let plan = plan(&self).clone();
        let of = |market, asked: Option<i32>| {
            asked.map(|asked| LaunchedOf {
                baseline_capacity: plan.of(market).map_or(7, |group| group.from),
                asked,
            })
        };
        let any = spot.unwrap_or_default() + on_demand.unwrap_or_default() > 0;
        let scaled = Scaled {
            outcome: if any {
                ScaleOutcome::Scaled
            } else {
                ScaleOutcome::NothingLaunched
            },
            sentence: "Launched.",
            baseline_capacity: 0,
            target_capacity: None,
            capacity_before: self.flow().group(self.action().market()).capacity,
            on_demand_capacity: None,
            is_first: true,
            launched: Launched {
                spot: of(Market::Spot, spot),
                on_demand: of(Market::OnDemand, on_demand),
            },
        };
        let Machine { step, failure, .. } = &self.machine;
        let next = self.flow().scaled(step, &scaled, failure, self.now());
        self.machine.go_on(next.unwrap());
        self
    }
}

#[test]
fn a_plan_has_spot_s_zones_and_on_demand_s_for_what_spot_does_not_bring() {
    let played = decided(launching(4, |_| ()), CHEAP);
    let found = plan(&played);
    assert_eq!(
        asked(found),
        [
            (Market::Spot, 2, vec![("eu-west-1a", 2)]),
            (Market::OnDemand, 2, vec![("eu-west-1a", 2)])
        ]
    );
    assert_eq!((found.units, found.planned_at), (4, began_at()));
    let [spot, on_demand] = &found.groups[..] else {
        panic!("{found:?}");
    };
    assert_eq!((spot.from, on_demand.from), (3, 7));
    let name = &played.execution.name;
    let token = |group| ClientToken::new(name, 1, group, "eu-west-1a");
    assert_eq!(spot.places[0].token, token("workers-spot"));
    assert_eq!(on_demand.places[0].token, token("workers-on-demand"));
    let ScaleAction::LaunchInstances {
        market, is_first, ..
    } = played.action()
    else {
        panic!("{:?}", played.action());
    };
    assert_eq!((*market, *is_first), (Market::Spot, true));

    let dear = decided(launching(2, |_| ()), DEAR);
    let found = plan(&dear);
    assert_eq!(
        asked(found),
        [(Market::OnDemand, 2, vec![("eu-west-1a", 2)])]
    );
    // Without prices there is no zone of spot to ask.
    let in_doubt = undecided(launching(2, |_| ()), 1);
    assert_eq!(plan(&in_doubt).groups[0].market, Market::OnDemand);
}

#[test]
fn zones_come_in_the_order_of_their_best_pool_and_only_those_with_one() {
    let pool = |zone: &str, instance_type: &str, usd: &str| {
        let mut pool = testing::price(zone, Some(usd.parse().unwrap()));
        instance_type.clone_into(&mut pool.pool.instance_type);
        pool
    };
    let excluded = PoolPrice {
        placement_score: Some(1),
        ..pool("e", "t", "0.10")
    };
    let pools = vec![
        pool("a", "t", "0.24"),
        pool("b", "t", "0.21"),
        pool("b", "large", "0.29"),
        pool("c", "large", "0.28"),
        pool("c", "t", "0.22"),
        // Above the limit of 0.2975, without a price, and with a low score.
        pool("d", "t", "0.30"),
        testing::price("f", None),
        excluded,
    ];
    let found = launching(5, |found| {
        found.settings.minimum_placement_score = 3;
        found.spot_group.capacity.max_size = 100;
        roomy(found);
        let zones = ["x", "y"].map(str::to_owned);
        found.on_demand_group.availability_zones = zones.to_vec();
    });
    let mut pools = pools;
    for pool in &mut pools {
        pool.placement_score = pool.placement_score.or(Some(9));
    }
    assert_eq!(NO_FACTS.placement_score, None);
    let execution = testing::execution(began_at());
    let flow = Flow {
        execution: &execution,
        discovery: &found,
    };
    let mut machine = Machine::new(flow.discovered());
    machine.go_on(flow.decided(&found.decide(1, pools)));
    let Some(ScaleAction::LaunchInstances { plan, .. }) = machine.step.action() else {
        panic!("{:?}", machine.step);
    };
    assert_eq!(
        asked(plan),
        [
            (Market::Spot, 5, vec![("b", 3), ("c", 2), ("a", 0)]),
            (Market::OnDemand, 5, vec![("x", 3), ("y", 2)])
        ]
    );
}

#[test]
fn what_came_of_each_group_is_waited_for() {
    decided(launching(4, |_| ()), CHEAP)
        .launched(Some(2), Some(2))
        .waits(Market::Spot, 3, Some(5), 15)
        .in_addition(Some((7, 9, 15)))
        .finds_each(&[
            (testing::capacity([5, 5, 5, 0]), &[]),
            (testing::capacity([9, 9, 9, 0]), &[]),
        ])
        .reported("Decision Outcome")
        .says("Outcome", json!({"served_by": "spot", "failure": null}));
    decided(launching(2, |_| ()), CHEAP)
        .launched(Some(2), None)
        .waits(Market::Spot, 3, Some(5), 15)
        .in_addition(None)
        .arrives()
        .came_by("Report ScaleUp WaitForCapacity Report RoundsEnded");
}

#[test]
fn what_neither_group_launches_is_asked_of_on_demand() {
    let asks = |on_demand| {
        decided(launching(4, |_| ()), CHEAP)
            .launched(Some(2), on_demand)
            .checked()
            .raises(Market::OnDemand, 7, 9)
    };
    asks(None)
        .scaled()
        .waits(Market::Spot, 3, Some(5), 15)
        .in_addition(Some((7, 9, 15)));
    // If that is refused, what came is waited for all the same.
    asks(Some(1))
        .fails(DENIED, "no")
        .waits(Market::Spot, 3, Some(5), 15)
        .in_addition(Some((7, 8, 15)));
    asks(None).fails(DENIED, "no").in_addition(None);
    // Without room for it nobody is asked.
    decided(
        launching(9, |found| found.spot_group.capacity.max_size = 100),
        CHEAP,
    )
    .launched(Some(6), Some(2))
    .waits(Market::Spot, 3, Some(9), 15)
    .in_addition(Some((7, 9, 15)));
}

#[test]
fn on_demand_that_takes_over_in_the_same_step_is_reported_with_the_outcome() {
    let failure = json!({"error": NO_CAPACITY, "cause": "Launched.", "state": "ScaleUp"});
    decided(launching(2, |_| ()), CHEAP)
        .launched(Some(0), Some(2))
        .waits(Market::OnDemand, 7, Some(9), 15)
        .in_addition(None)
        .arrives()
        .came_by("Report ScaleUp WaitForCapacity Report RoundsEnded")
        .reported("Decision Fallback Outcome")
        .says(
            "Fallback",
            json!({"stood_down": true, "failure": failure.clone()}),
        )
        .says(
            "Outcome",
            json!({"served_by": "on_demand", "failure": failure.clone()}),
        );
    // Also if it fails after all.
    decided(launching(2, |_| ()), CHEAP)
        .launched(Some(0), Some(2))
        .looked(CapacityStatus::TimedOut)
        .reported("Decision Fallback Failure Outcome")
        .at("Failed");
    // And before it is asked for the rest.
    for on_demand in [None, Some(0), Some(1)] {
        decided(launching(2, |_| ()), CHEAP)
            .launched(Some(0), on_demand)
            .checked()
            .reported("Decision Fallback")
            .raises(Market::OnDemand, 7, 9)
            .scaled()
            .waits(Market::OnDemand, 7, Some(9), 15)
            .arrives()
            .reported("Decision Fallback Outcome");
    }
}

#[test]
fn on_demand_alone_is_asked_for_what_it_does_not_launch() {
    let dear = || decided(launching(2, |_| ()), DEAR);
    dear()
        .launched(None, Some(2))
        .waits(Market::OnDemand, 7, Some(9), 15)
        .arrives()
        .reported("Decision Outcome");
    for came in [0, 1] {
        dear()
            .launched(None, Some(came))
            .checked()
            .reported("Decision")
            .raises(Market::OnDemand, 7, 9);
    }
}

#[test]
fn if_nothing_launches_and_on_demand_is_full_the_execution_fails() {
    let full = |found: &mut Discovery| fill(&mut found.on_demand_group);
    decided(launching(2, full), CHEAP)
        .launched(Some(0), None)
        .checked()
        .reported("Decision Failure Outcome")
        .at("Failed");
}

#[test]
fn if_the_outcome_is_not_known_the_same_plan_is_carried_out_again() {
    let mut played = decided(launching(2, |_| ()), CHEAP);
    let planned = plan(&played).clone();
    for number in 1..=7 {
        assert_eq!(plan(&played), &planned);
        let is_again = matches!(
            played.action(),
            ScaleAction::LaunchInstances {
                is_first: false,
                ..
            }
        );
        assert_eq!(is_again, number > 1);
        let lost = played.loses_answer();
        if number == 7 {
            // What came is kept, and on-demand is asked for the rest.
            let stood_down = lost
                .stands_down_to(3)
                .scales_with(ScaleOutcome::StoodDown, testing::capacity([5, 5, 4, 0]));
            stood_down.raises(Market::OnDemand, 7, 8);
            break;
        }
        let waits = lost.at("WaitForCapacity");
        // A group that has grown says nothing: the tokens do. And others do not matter.
        let look = testing::capacity([5, 5, 3, 2]);
        let depends = {
            let progress = waits.machine.step.progress().unwrap();
            let look = Look {
                market: Market::Spot,
                capacity: look,
                activities: &[],
            };
            waits.flow().depends_on_others(progress, &[look])
        };
        assert!(!depends);
        played = waits.finds(look, &[]);
        // A function that never ran has launched nothing now, but an earlier attempt may have.
        let refused = Played {
            machine: played.machine.clone(),
            discovery: played.discovery.clone(),
            execution: played.execution.clone(),
            ..decided(launching(2, |_| ()), CHEAP)
        };
        refused
            .fails("Lambda.TooManyRequestsException", "busy")
            .at(if number < 6 {
                "WaitForCapacity"
            } else {
                "StandDownSpot"
            });
    }
}

#[test]
fn a_plan_that_is_too_old_gives_way() {
    decided(launching(2, |_| ()), CHEAP)
        .loses_answer()
        .after(SignedDuration::from_secs(1_800))
        .finds(testing::capacity([5, 3, 3, 0]), &[])
        .stands_down_to(3);
}

#[test]
fn a_plan_that_is_refused_has_launched_nothing() {
    decided(launching(2, |_| ()), CHEAP)
        .fails(DENIED, "no")
        .stands_down_to(3)
        .scales(ScaleOutcome::AlreadyDown)
        .raises(Market::OnDemand, 7, 9);
}

#[test]
fn a_group_that_does_not_allow_it_is_raised_and_says_why() {
    let why_not = |found: &Discovery, market| {
        let execution = testing::execution(began_at());
        let flow = Flow {
            execution: &execution,
            discovery: found,
        };
        flow.why_not_launched(market)
    };
    let mut found = launching(4, |found| {
        found.spot_group.launch_instances = LaunchInstancesSupport::RebalancesZones;
    });
    let why = why_not(&found, Market::Spot).unwrap();
    assert!(why.contains("AZRebalance"), "{why}");
    assert_eq!(why_not(&found, Market::OnDemand), None);
    decided(found.clone(), CHEAP).raises(Market::Spot, 3, 5);
    // The other one is launched into all the same.
    plan(&decided(found.clone(), DEAR));
    found.settings.launch_by = LaunchBy::DesiredCapacity;
    assert_eq!(why_not(&found, Market::Spot), None);

    // Spot alone, if on-demand does not allow it.
    let found = launching(4, |found| {
        found.on_demand_group.launch_instances = LaunchInstancesSupport::WarmPool;
    });
    let played = decided(found.clone(), CHEAP);
    assert_eq!(plan(&played).groups.len(), 1);
    played
        .launched(Some(2), None)
        .checked()
        .raises(Market::OnDemand, 7, 9);
    decided(found, DEAR).raises(Market::OnDemand, 7, 9);
    // A group without room is as full as by any other way.
    let full = launching(4, |found| {
        found.settings.maximum_capacity_of_both_groups = Some(11);
        found.spot_group.capacity.max_size = 100;
    });
    let played = decided(full, CHEAP);
    assert_eq!(plan(&played).units, 1);
    assert_eq!(plan(&played).groups[0].most, 1);
}

#[test]
fn losses_and_returns_are_as_by_any_other_way() {
    let lost = launching(4, |found| {
        found.loss = Some(loss(LossKind::RebalanceRecommendation));
    });
    decided(lost, CHEAP).scales_up(Market::Spot, false, true);
    let returning = launching(4, |found| found.purpose = Purpose::ReturnToSpot);
    decided(returning, CHEAP).raises(Market::Spot, 3, 5);
    // What a return asks for is not counted on.
    let next_to_a_return = launching(4, |found| found.return_runs = true);
    assert!(plan(&decided(next_to_a_return, CHEAP)).groups[0].adds);
    assert!(!plan(&decided(launching(4, |_| ()), CHEAP)).groups[0].adds);
    // Without a queue one is wanted.
    let one = launching(4, |found| found.queue = None);
    assert_eq!(plan(&decided(one, CHEAP)).units, 1);
}

//! Which reason comes with which choice: as the catalogue has it, and no other.

use jiff::Timestamp;
use rust_decimal::Decimal;
use spotmanager_domain::{
    Group, Market,
    backlog::Backlog,
    launch_failure::LaunchFailure,
    on_demand_price::{OnDemandPrice, OnDemandPriceSource},
    price::PoolPrice,
    testing::capacity,
    verdict::{Case, Choice, Demand, ReasonCode, Situation, Terms, Verdict},
};
use strum::VariantArray;

use crate::decision::{group, pools};

/// What a group may be like: its MaxSize, DesiredCapacity, in service, launching.
const SIZES: [[i32; 4]; 5] = [
    [2, 0, 0, 0],
    [2, 1, 1, 0],
    [1, 1, 1, 0],
    [1, 1, 0, 1],
    [1, 1, 0, 0],
];

/// What a launch failed with, an interruption, a score and the on-demand price of the only pool.
type Pool = fn(&mut PoolPrice);

const POOLS: [Pool; 6] = [
    |_| {},
    |pool| {
        pool.launch_failure = Some(LaunchFailure {
            at: Timestamp::UNIX_EPOCH,
            message: "Could not launch Spot Instances.".into(),
        });
    },
    |pool| pool.interrupted_at = Some(Timestamp::UNIX_EPOCH),
    |pool| pool.placement_score = Some(1),
    |pool| pool.on_demand = on_demand_price(100),
    |pool| pool.on_demand = on_demand_price(900_000),
];

fn on_demand_price(ten_thousandths: i64) -> Option<OnDemandPrice> {
    Some(OnDemandPrice {
        usd: Decimal::new(ten_thousandths, 4),
        source: OnDemandPriceSource::PriceList,
    })
}

/// Every pair of groups, of each size, with and without a maximum price and a launch source.
fn pairs() -> Vec<(Group, Group)> {
    let mut pairs = Vec::new();
    for spot in SIZES {
        for on_demand in SIZES {
            for maximum in [None, Some(3000)] {
                let on_demand = group(Market::OnDemand, capacity(on_demand), None);
                let spot = group(Market::Spot, capacity(spot), maximum);
                let mut unusable = spot.clone();
                unusable.launch_problem = Some("the launch template is gone".into());
                pairs.push((spot, on_demand.clone()));
                pairs.push((unusable, on_demand));
            }
        }
    }
    pairs
}

/// A queue that is not known, and one with no job, with one for each of two instances and with many.
fn demands() -> [Demand; 5] {
    let backlog = |visible_messages: u64| Backlog {
        visible_messages,
        instances: 2,
        per_instance: Some(Decimal::from(visible_messages) / Decimal::TWO),
        target_per_instance: Decimal::ONE,
    };
    [
        Demand::Alarm(None),
        Demand::Alarm(Some(backlog(100))),
        Demand::Backlog(backlog(0)),
        Demand::Backlog(backlog(2)),
        Demand::Backlog(backlog(100)),
    ]
}

/// No price, one that is low and one that is high, each with everything that may exclude its pool.
fn prices() -> Vec<Vec<PoolPrice>> {
    let averages = [None, Some(1000), Some(9000)];
    let pairs = averages.map(|average| {
        POOLS.map(|set| {
            let mut pools = pools(&[average]);
            pools.iter_mut().for_each(set);
            pools
        })
    });
    pairs.concat()
}

fn terms() -> [Terms; 3] {
    let margin = Terms::with_margin(Decimal::from(15));
    let share = Terms {
        maximum_percent_of_on_demand: Some(Decimal::from(50)),
        minimum_placement_score: 5,
        ..margin
    };
    let maximum = Terms {
        maximum_capacity_of_both_groups: Some(2),
        ..margin
    };
    [margin, share, maximum]
}

/// What may be asked of a pair of groups that is to scale up.
fn scale_ups() -> impl Iterator<Item = Case<'static>> {
    let cases = [Case::SpotLacksInstance, Case::AnotherLeads("before")];
    let of_demand = |demand: Demand| {
        [
            Case::ScaleUp(demand.clone()),
            Case::RebalanceRecommended(demand),
        ]
    };
    demands().into_iter().flat_map(of_demand).chain(cases)
}

/// What comes of every combination: of a scale-up, and of a return to spot.
fn verdicts() -> [Vec<Verdict>; 2] {
    let in_return = || [Case::ReturnToSpot, Case::AnotherLeads("before")].into_iter();
    [of_cases(scale_ups), of_cases(in_return)]
}

fn of_cases<C: Iterator<Item = Case<'static>>>(cases: impl Fn() -> C) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for (spot, on_demand) in pairs() {
        for (terms, case) in terms()
            .into_iter()
            .flat_map(|terms| cases().map(move |case| (terms, case)))
        {
            let situation = || Situation {
                spot: &spot,
                on_demand: &on_demand,
                terms,
                case: case.clone(),
            };
            verdicts.push(situation().if_evaluation_fails());
            let evaluations = prices().into_iter().map(|pools| situation().decide(pools));
            verdicts.extend(evaluations.map(|evaluation| evaluation.verdict));
        }
    }
    verdicts
}

/// The choices that came with the reason, in the order of the catalogue, and any that it lacks.
fn found(reason: ReasonCode, catalogued: &[Choice], verdicts: &[Verdict]) -> Vec<Choice> {
    let of_reason = verdicts.iter().filter(|verdict| verdict.reason == reason);
    let came: Vec<_> = of_reason.map(|verdict| verdict.choice).collect();
    let known = catalogued.iter().filter(|choice| came.contains(choice));
    let others = came.iter().filter(|choice| !catalogued.contains(choice));
    known.chain(others).copied().collect()
}

#[test]
fn every_reason_comes_with_the_choices_that_the_catalogue_names_and_no_other() {
    let [scale_up, in_return] = verdicts();
    for &reason in ReasonCode::VARIANTS {
        let choices = reason.choices();
        assert_eq!(found(reason, choices, &scale_up), choices, "{reason}");
        let choices = reason.choice_in_return();
        let choices = choices.as_slice();
        let came = found(reason, choices, &in_return);
        assert_eq!(came, choices, "{reason}, in a return to spot");
    }
}

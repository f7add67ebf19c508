//! Decisions: never above the limit, never beyond a group's size, monotone.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use rust_decimal::Decimal;
use spotmanager_decision::{
    Capacity, Group, Market, MaximumPrice, PriceSource, ScalingPolicy,
    left_out::Terms,
    price::{Pool, PoolPrice, PriceAverages, PriceChange, Window},
    verdict::{Choice, Demand, Evaluation, ReasonCode, decide, decide_return},
};

fn usd(ten_thousandths: u32) -> Decimal {
    Decimal::new(i64::from(ten_thousandths), 4)
}

pub(crate) fn group(market: Market, capacity: Capacity, maximum: Option<u32>) -> Group {
    Group {
        market,
        logical_id: "asg".into(),
        auto_scaling_group_name: format!("workers-{market}"),
        capacity,
        instance_types: vec!["g4dn.xlarge".into()],
        weighted_capacities: BTreeMap::new(),
        maximum_price: maximum.map(|maximum| MaximumPrice {
            usd: usd(maximum),
            source: PriceSource::LaunchTemplate,
            found_in: "lt-1 version 1".into(),
        }),
        launch_problem: None,
        subnet_ids: vec!["subnet-1".into()],
        availability_zones: vec!["eu-west-1a".into()],
        availability_zone_ids: BTreeMap::new(),
        scale_up_policy: ScalingPolicy {
            policy_name: "ScaleUp".into(),
            policy_type: "SimpleScaling".into(),
            adjustment_type: "ChangeInCapacity".into(),
            scaling_adjustment: 1,
            min_adjustment_magnitude: None,
        },
        scale_down_policy: None,
    }
}

fn capacities() -> impl Strategy<Value = Capacity> {
    (0..3_i32, 0..4_i32, 0..4_i32).prop_map(|(max_size, desired, in_service)| Capacity {
        min_size: 0,
        max_size,
        desired_capacity: desired.min(max_size),
        in_service: in_service.min(desired).min(max_size),
        pending: 0,
    })
}

pub(crate) fn pools(averages: &[Option<u32>]) -> Vec<PoolPrice> {
    averages
        .iter()
        .enumerate()
        .map(|(zone, average)| {
            let pool = Pool {
                instance_type: "g4dn.xlarge".into(),
                availability_zone: format!("zone-{zone}"),
            };
            let window = Window::ending_at(Timestamp::UNIX_EPOCH, 3600).unwrap();
            let mut averages = PriceAverages::new(window, [pool.clone()]);
            if let Some(average) = average {
                averages.add(PriceChange {
                    pool,
                    at: window.start,
                    usd: usd(*average),
                });
            }
            averages.finish().remove(0)
        })
        .collect()
}

fn averages() -> impl Strategy<Value = Vec<Option<u32>>> {
    prop::collection::vec(prop::option::of(1..20_000_u32), 0..5)
}

fn chosen(
    spot: Capacity,
    on_demand: Capacity,
    maximum: Option<u32>,
    averages: &[Option<u32>],
) -> Evaluation {
    decide(
        &group(Market::Spot, spot, maximum),
        &group(Market::OnDemand, on_demand, None),
        &Terms::with_margin(Decimal::from(15)),
        pools(averages),
        Demand::Alarm(None),
    )
}

pub(crate) const EMPTY: Capacity = Capacity {
    min_size: 0,
    max_size: 1,
    desired_capacity: 0,
    in_service: 0,
    pending: 0,
};

proptest! {
    #[test]
    fn no_group_is_chosen_beyond_its_size(
        spot in capacities(),
        on_demand in capacities(),
        maximum in prop::option::of(1..20_000_u32),
        averages in averages(),
    ) {
        match chosen(spot, on_demand, maximum, &averages).verdict.choice {
            Choice::Spot => prop_assert!(spot.has_room()),
            Choice::OnDemand => prop_assert!(on_demand.has_room()),
            Choice::Nothing => {}
        }
    }

    #[test]
    fn spot_within_the_limit_is_within_the_limit(
        on_demand in capacities(),
        maximum in 1..20_000_u32,
        averages in averages(),
    ) {
        let evaluation = chosen(EMPTY, on_demand, Some(maximum), &averages);
        let within = evaluation.limit.as_ref().is_some_and(|limit| {
            evaluation
                .cheapest
                .as_ref()
                .and_then(|price| price.average_usd)
                .is_some_and(|average| average <= limit.limit_usd)
        });
        if evaluation.verdict.reason == ReasonCode::SpotWithinLimit {
            prop_assert!(within);
        }
        // Spot beside an on-demand group with room is never taken above the limit.
        if evaluation.verdict.choice == Choice::Spot && on_demand.has_room() {
            prop_assert!(within);
        }
    }

    #[test]
    fn a_lower_price_and_a_higher_limit_never_speak_against_spot(
        maximum in 1..20_000_u32,
        more in 0..20_000_u32,
        averages in averages(),
        less in 0..20_000_u32,
    ) {
        let choice = |maximum, averages: &[Option<u32>]| {
            chosen(EMPTY, EMPTY, Some(maximum), averages).verdict.choice
        };
        if choice(maximum, &averages) == Choice::Spot {
            prop_assert_eq!(choice(maximum + more, &averages), Choice::Spot);
            let lower: Vec<_> = averages
                .iter()
                .map(|average| average.map(|usd| usd.saturating_sub(less)))
                .collect();
            prop_assert_eq!(choice(maximum, &lower), Choice::Spot);
        }
    }

    #[test]
    fn a_job_never_waits_while_a_group_has_room_and_nothing_is_known_against_it(
        spot in capacities(),
        averages in averages(),
        maximum in prop::option::of(1..20_000_u32),
    ) {
        // Only a spot group that has all it asks for lets an alarm be.
        let evaluation = chosen(spot, EMPTY, maximum, &averages);
        if evaluation.verdict.choice == Choice::Nothing {
            prop_assert!(!spot.has_room() && spot.is_served());
        }
    }

    #[test]
    fn a_return_never_asks_for_on_demand(
        spot in capacities(),
        on_demand in capacities(),
        maximum in prop::option::of(1..20_000_u32),
        averages in averages(),
    ) {
        let evaluation = decide_return(
            &group(Market::Spot, spot, maximum),
            &group(Market::OnDemand, on_demand, None),
            &Terms::with_margin(Decimal::from(15)),
            pools(&averages),
        );
        match evaluation.verdict.choice {
            Choice::Spot => prop_assert!(spot.has_room() && on_demand.can_give()),
            Choice::OnDemand => prop_assert!(false, "{evaluation:?}"),
            Choice::Nothing => prop_assert_eq!(evaluation.saving_usd_per_hour, None),
        }
    }
}

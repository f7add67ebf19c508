//! Decisions: never above the limit, never beyond a group's size, monotone.

use proptest::prelude::*;
use rust_decimal::Decimal;
use spotmanager_domain::{
    Capacity, Group, Market,
    price::PoolPrice,
    testing::{self, price},
    verdict::{Case, Choice, Demand, Evaluation, ReasonCode, Situation, Terms},
};

fn usd(ten_thousandths: u32) -> Decimal {
    Decimal::new(i64::from(ten_thousandths), 4)
}

pub(crate) fn group(market: Market, capacity: Capacity, maximum: Option<u32>) -> Group {
    let mut group = testing::group(market, capacity);
    group.maximum_price = group
        .maximum_price
        .zip(maximum)
        .map(|(mut price, maximum)| {
            price.usd = usd(maximum);
            price
        });
    group
}

/// What is decided of the groups with a margin of 15 %.
pub(crate) fn situation<'a>(
    spot: &'a Group,
    on_demand: &'a Group,
    case: Case<'a>,
) -> Situation<'a> {
    Situation {
        spot,
        on_demand,
        terms: Terms::with_margin(Decimal::from(15)),
        case,
    }
}

pub(crate) const AN_ALARM: Case<'_> = Case::ScaleUp(Demand::Alarm(None));

fn capacities() -> impl Strategy<Value = Capacity> {
    (0..3_i32, 0..4_i32, 0..4_i32).prop_map(|(max_size, desired, in_service)| {
        let desired = desired.min(max_size);
        testing::capacity([max_size, desired, in_service.min(desired), 0])
    })
}

pub(crate) fn pools(averages: &[Option<u32>]) -> Vec<PoolPrice> {
    let priced = averages.iter().zip(0..).map(|(average, zone)| {
        let zone: u32 = zone;
        price(&format!("zone-{zone}"), average.map(usd))
    });
    priced.collect()
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
    let spot = group(Market::Spot, spot, maximum);
    let on_demand = group(Market::OnDemand, on_demand, None);
    situation(&spot, &on_demand, AN_ALARM).decide(pools(averages))
}

pub(crate) const EMPTY: Capacity = testing::capacity([1, 0, 0, 0]);

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
        let spot_group = group(Market::Spot, spot, maximum);
        let on_demand_group = group(Market::OnDemand, on_demand, None);
        let returns = situation(&spot_group, &on_demand_group, Case::ReturnToSpot);
        let evaluation = returns.decide(pools(&averages));
        match evaluation.verdict.choice {
            Choice::Spot => prop_assert!(spot.has_room() && on_demand.can_give()),
            Choice::OnDemand => prop_assert!(false, "{evaluation:?}"),
            Choice::Nothing => prop_assert_eq!(evaluation.saving_usd_per_hour, None),
        }
    }
}

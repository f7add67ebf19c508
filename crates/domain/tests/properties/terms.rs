//! Limits and shares of any figures, as an input made by hand may hold them.

use proptest::prelude::*;
use rust_decimal::Decimal;
use spotmanager_domain::{
    Market,
    on_demand_price::{OnDemandPrice, OnDemandPriceSource},
    verdict::{Choice, Limit, Situation, Terms},
};

use crate::{
    decision::{AN_ALARM, EMPTY, group, pools, situation},
    group::any_decimal,
};

proptest! {
    #[test]
    fn a_limit_lies_between_nothing_and_the_maximum(
        millionths in 0..1_000_000_000_i64,
        margin in 0..10_000_i64,
    ) {
        let maximum = Decimal::new(millionths, 6);
        let limit = Limit::new(maximum, Decimal::new(margin, 2)).limit_usd;
        prop_assert!(limit >= Decimal::ZERO);
        prop_assert!(limit <= maximum);
    }

    #[test]
    fn no_figures_let_spot_be_taken_above_the_limit(
        maximum in any_decimal(),
        safety_margin_percent in any_decimal(),
        maximum_percent_of_on_demand in prop::option::of(any_decimal()),
        on_demand_usd in any_decimal(),
        weighted_capacity in prop::option::of(0..4_u32),
        averages in prop::collection::vec(prop::option::of(1..20_000_u32), 0..4),
    ) {
        let mut spot = group(Market::Spot, EMPTY, Some(1));
        if let Some(price) = &mut spot.maximum_price {
            price.usd = maximum;
        }
        let mut pools = pools(&averages);
        for price in &mut pools {
            price.weighted_capacity = weighted_capacity;
            price.on_demand = Some(OnDemandPrice {
                usd: on_demand_usd,
                source: OnDemandPriceSource::PriceList,
            });
        }
        let terms = Terms {
            safety_margin_percent,
            minimum_placement_score: 0,
            maximum_percent_of_on_demand,
            maximum_capacity_of_both_groups: None,
        };
        let on_demand = group(Market::OnDemand, EMPTY, None);
        let asked = Situation { terms, ..situation(&spot, &on_demand, AN_ALARM) };
        let evaluation = asked.decide(pools);
        if evaluation.verdict.choice == Choice::Spot {
            let usd = evaluation.cheapest.and_then(|price| price.usd_per_unit());
            let limit = evaluation.limit.map(|limit| limit.limit_usd);
            prop_assert!(usd.is_some() && usd <= limit, "{usd:?} above {limit:?}");
        }
    }

    #[test]
    fn a_pool_without_a_unit_of_capacity_hides_no_other(average in 1..4_000_u32) {
        let mut pools = pools(&[Some(1), Some(average)]);
        pools[0].weighted_capacity = Some(0);
        let spot = group(Market::Spot, EMPTY, Some(5_000));
        let on_demand = group(Market::OnDemand, EMPTY, None);
        let evaluation = situation(&spot, &on_demand, AN_ALARM).decide(pools);
        prop_assert_eq!(evaluation.verdict.choice, Choice::Spot);
    }
}

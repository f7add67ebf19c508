//! What the alternative costs.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use rust_decimal::Decimal;
use spotmanager_backtest::cost::OnDemand;
use spotmanager_decision::price::Pool;

use super::Source;
use crate::{arguments::Prices, on_demand};

/// The price that is given; else of the cheapest type. Each pool's own is that of its type, where it
/// is known.
///
/// # Errors
/// When no price is given nor known.
pub(super) async fn find(source: &Source, wanted: &Prices, pools: &[Pool]) -> Result<OnDemand> {
    let types = types_of(pools);
    let product = &wanted.product_description;
    let of_types = match source {
        // Whoever gives the price need not be allowed to read the list.
        Source::Ec2(config, _) if wanted.on_demand_price.is_none() => {
            Box::pin(on_demand::prices(config, &types, product)).await
        }
        _ => {
            let zone = pools.first().map(|pool| pool.availability_zone.as_str());
            on_demand::of_table(region_of(zone.unwrap_or_default()), &types, product)
        }
    };
    of(wanted.on_demand_price, &of_types, pools)
}

fn of(
    given: Option<Decimal>,
    of_types: &BTreeMap<String, Decimal>,
    pools: &[Pool],
) -> Result<OnDemand> {
    let cheapest = of_types.values().min().copied();
    let types = types_of(pools);
    let usd = given.or(cheapest).with_context(|| {
        format!(
            "what {} costs on demand is not known; give --on-demand-price",
            types.join(", ")
        )
    })?;
    // Of several types nobody knows which one's price is given.
    let of_all = given.filter(|_| types.len() == 1);
    let of_pools = pools
        .iter()
        .map(|pool| of_all.or_else(|| of_types.get(&pool.instance_type).copied()));
    Ok(OnDemand {
        usd,
        of_pools: of_pools.collect(),
    })
}

fn types_of(pools: &[Pool]) -> Vec<String> {
    let types: BTreeSet<_> = pools.iter().map(|pool| &pool.instance_type).collect();
    types.into_iter().cloned().collect()
}

/// `eu-west-1` of `eu-west-1a`; a Local Zone's is none that the table knows.
fn region_of(availability_zone: &str) -> &str {
    availability_zone.trim_end_matches(|letter: char| letter.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pools(types: &[&str]) -> Vec<Pool> {
        let pool = |instance_type: &&str| Pool {
            instance_type: (*instance_type).to_owned(),
            availability_zone: "eu-west-1a".to_owned(),
        };
        types.iter().map(pool).collect()
    }

    #[test]
    fn a_region_is_its_zone_s_without_the_letter() {
        assert_eq!(region_of("eu-west-1a"), "eu-west-1");
        assert_eq!(region_of(""), "");
    }

    #[test]
    fn what_is_given_comes_before_what_is_known() {
        let (one, two) = (Decimal::ONE, Decimal::TWO);
        let known = BTreeMap::from([("a".to_owned(), one), ("b".to_owned(), two)]);
        let found = of(None, &known, &pools(&["b", "a", "c"])).unwrap();
        assert_eq!(found.usd, one);
        assert_eq!(found.of_pools, [Some(two), Some(one), None]);
        let given = Some(Decimal::TEN);
        assert_eq!(of(given, &known, &pools(&["a"])).unwrap().of_pools, [given]);
        let of_both = of(given, &known, &pools(&["a", "b"])).unwrap();
        assert_eq!(
            (of_both.usd, of_both.of_pools),
            (Decimal::TEN, vec![Some(one), Some(two)])
        );
        let error = of(None, &BTreeMap::new(), &pools(&["a"])).unwrap_err();
        assert!(error.to_string().contains("--on-demand-price"), "{error}");
    }
}

//! Pools for which EC2 gives no price.

use spotmanager_domain::price::Pool;

use super::list;
use crate::{Finding, Rule, Snapshot, WorkerGroup};

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    let Some(spot) = &snapshot.spot_group else {
        return Vec::new();
    };
    let pools = pools(spot);
    let priced = &snapshot.lowest_prices;
    let without: Vec<_> = pools
        .iter()
        .filter(|pool| !priced.contains_key(*pool))
        .map(|pool| format!("{} in {}", pool.instance_type, pool.availability_zone))
        .collect();
    if without.is_empty() {
        return Vec::new();
    }
    let finding = if without.len() == pools.len() {
        Finding::new(
            Rule::NoPrices,
            &spot.read.logical_id,
            format!(
                "EC2 gives no spot price of the last day for any of its pools as {:?}, so that on-demand is chosen always.",
                snapshot.settings.product_description
            ),
            "Check ProductDescription, the instance types and the tag SpotType.",
        )
    } else {
        Finding::new(
            Rule::PoolWithoutPrice,
            &spot.read.logical_id,
            format!(
                "EC2 gives no spot price of the last day for {}: it may not sell them there.",
                list(without.iter().map(String::as_str))
            ),
            "`aws ec2 describe-instance-type-offerings --location-type availability-zone` tells where a type is sold.",
        )
    };
    vec![finding]
}

fn pools(spot: &WorkerGroup) -> Vec<Pool> {
    let types = spot.read.launch.instance_types.iter();
    types
        .flat_map(|instance_type| {
            spot.availability_zones
                .iter()
                .map(|availability_zone| Pool {
                    instance_type: instance_type.clone(),
                    availability_zone: availability_zone.clone(),
                })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NONE, found, snapshot};

    #[test]
    fn some_pools_without_a_price_are_told_and_all_of_them_are_an_error() {
        let mut snapshot = snapshot();
        snapshot.lowest_prices.pop_last();
        assert_eq!(found(check, &snapshot), [Rule::PoolWithoutPrice]);
        let findings = check(&snapshot);
        let pool = "g4dn.xlarge in eu-west-1b";
        assert!(findings[0].problem.contains(pool), "{findings:?}");
        snapshot.lowest_prices.clear();
        assert_eq!(found(check, &snapshot), [Rule::NoPrices]);
    }

    #[test]
    fn without_types_there_is_nothing_to_price() {
        let mut snapshot = snapshot();
        snapshot
            .spot_group
            .as_mut()
            .unwrap()
            .read
            .launch
            .instance_types
            .clear();
        assert_eq!(found(check, &snapshot), NONE);
    }
}

//! The two groups as the decision sees them.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use spotmanager_domain::{
    Capacity, Group, Market, MaximumPrice, PriceSource, ScalingPolicy,
    resources::LaunchInstancesSupport,
};

/// A group whose scale-up policy adds one instance. `maximum_price` is USD per instance-hour.
pub(crate) fn group(
    market: Market,
    capacity: Capacity,
    instance_types: impl IntoIterator<Item = String>,
    availability_zones: impl IntoIterator<Item = String>,
    maximum_price: Option<Decimal>,
) -> Group {
    let name = market.code().to_owned();
    Group {
        market,
        logical_id: name.clone(),
        auto_scaling_group_name: name.clone(),
        capacity,
        instance_types: each_once(instance_types),
        weighted_capacities: BTreeMap::new(),
        maximum_price: maximum_price.map(|usd| MaximumPrice {
            usd,
            source: PriceSource::LaunchTemplate,
            found_in: name.clone(),
        }),
        launch_problem: None,
        subnet_ids: Vec::new(),
        availability_zones: each_once(availability_zones),
        availability_zone_ids: BTreeMap::new(),
        scale_up_policy: policy(format!("{name}ScaleUp"), 1),
        launch_instances: LaunchInstancesSupport::Supported,
    }
}

fn policy(policy_name: String, scaling_adjustment: i32) -> ScalingPolicy {
    ScalingPolicy {
        policy_name,
        policy_type: "SimpleScaling".to_owned(),
        adjustment_type: "ChangeInCapacity".to_owned(),
        scaling_adjustment,
        min_adjustment_magnitude: None,
    }
}

fn each_once(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let names: BTreeSet<_> = names.into_iter().collect();
    names.into_iter().collect()
}

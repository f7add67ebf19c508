//! Groups, prices and discoveries for tests, here and in the crates that test with them.

pub mod machine;

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::{
    Capacity, Discovery, Execution, ExecutionInput, Group, Market, MaximumPrice, Origin,
    PriceSource, Purpose, ScalingPolicy, Settings, SettingsOverride,
    price::{Pool, PoolAverage, PoolFacts, PoolPrice},
    resources::LaunchInstancesSupport,
};

/// Nothing is known of a pool but its price.
pub const NO_FACTS: PoolFacts = PoolFacts {
    launch_failure: None,
    interrupted_at: None,
    placement_score: None,
    on_demand: None,
    weighted_capacity: None,
};

/// A group of no least size with these figures.
#[must_use]
pub const fn capacity([max_size, desired_capacity, in_service, pending]: [i32; 4]) -> Capacity {
    Capacity {
        min_size: 0,
        max_size,
        desired_capacity,
        in_service,
        pending,
        unhealthy: 0,
    }
}

/// The group `workers-spot` or `workers-on-demand` of one type in one zone; spot for at most 0.5 USD.
#[must_use]
pub fn group(market: Market, capacity: Capacity) -> Group {
    Group {
        market,
        logical_id: "asg".into(),
        auto_scaling_group_name: format!("workers-{market}"),
        capacity,
        instance_types: vec!["g4dn.xlarge".into()],
        weighted_capacities: std::collections::BTreeMap::new(),
        launch_problem: None,
        maximum_price: (market == Market::Spot).then(|| MaximumPrice {
            usd: Decimal::new(5, 1),
            source: PriceSource::LaunchTemplate,
            found_in: "lt-1 version 1".into(),
        }),
        subnet_ids: vec!["subnet-1".into()],
        availability_zones: vec!["eu-west-1a".into()],
        availability_zone_ids: std::collections::BTreeMap::new(),
        scale_up_policy: scaling_policy("ScaleUp", 1),
        launch_instances: LaunchInstancesSupport::Supported,
    }
}

/// What was discovered of these groups of `render-farm` for an alarm, as the settings are by
/// default.
#[must_use]
pub fn discovery(spot_group: Group, on_demand_group: Group) -> Discovery {
    Discovery {
        stack_name: "render-farm".into(),
        settings: Settings::default(),
        purpose: Purpose::ScaleUp,
        loss: None,
        spot_group,
        on_demand_group,
        queue: None,
        queue_problem: None,
        leader: None,
        return_runs: false,
        if_evaluation_fails: None,
        execution: None,
        deployed: None,
        step: None,
    }
}

/// The first round of an execution for `render-farm`, which began at `began_at`.
#[must_use]
pub fn execution(began_at: Timestamp) -> Execution {
    const NAME: &str = "render-farm-20261125T151652-ca0fa221f0eff217";
    let arn = |kind| format!("arn:aws:states:us-east-1:123456789012:{kind}:spotmanager");
    Execution {
        name: NAME.into(),
        round_began_at: began_at,
        state_machine_arn: Some(arn("stateMachine")),
        round: 1,
        origin: Some(Box::new(Origin {
            execution_arn: format!("{}:{NAME}", arn("execution")),
            began_at,
            first_round_began_at: began_at,
            looks: 0,
            input: ExecutionInput {
                stack_name: "render-farm".into(),
                settings: SettingsOverride::default(),
                alarm: None,
                purpose: Purpose::ScaleUp,
                loss: None,
                round: None,
            },
        })),
    }
}

/// A simple scaling policy that adds so many instances.
#[must_use]
pub fn scaling_policy(policy_name: &str, scaling_adjustment: i32) -> ScalingPolicy {
    ScalingPolicy {
        policy_name: policy_name.into(),
        policy_type: "SimpleScaling".into(),
        adjustment_type: "ChangeInCapacity".into(),
        scaling_adjustment,
        min_adjustment_magnitude: None,
    }
}

/// The group's type in `availability_zone` at an average of `usd` over an hour, or without a price.
#[must_use]
pub fn price(availability_zone: &str, usd: Option<Decimal>) -> PoolPrice {
    let pool = Pool {
        instance_type: "g4dn.xlarge".into(),
        availability_zone: availability_zone.into(),
    };
    let average = PoolAverage {
        average_usd: usd,
        latest_usd: usd,
        sample_count: usize::from(usd.is_some()),
        covered_seconds: if usd.is_some() { 3_600 } else { 0 },
        ..PoolAverage::unknown(pool)
    };
    PoolPrice::new(average, NO_FACTS)
}

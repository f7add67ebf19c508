//! A stack to which nothing is to be said, for the rules' tests.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use spotmanager_contract::{Settings, WorkerPairs};
use spotmanager_decision::{Capacity, Market, MaximumPrice, PriceSource, price::Pool};

use crate::{
    Alarm, Deployment, Finding, LaunchKind, Policy, Rule, Snapshot, SpotManagerStack, WorkerGroup,
};

pub(crate) const NONE: [Rule; 0] = [];
const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:farm-jobs-to-do";
const ZONES: [&str; 2] = ["eu-west-1a", "eu-west-1b"];

/// The rules that find something.
pub(crate) fn found(check: fn(&Snapshot) -> Vec<Finding>, snapshot: &Snapshot) -> Vec<Rule> {
    let findings = check(snapshot);
    findings.into_iter().map(|finding| finding.rule).collect()
}

pub(crate) fn policy(group: &str, name: &str, adjustment: i32) -> Policy {
    Policy {
        name: format!("farm-{group}{name}"),
        arn: format!("arn:{group}{name}"),
        policy_type: "SimpleScaling".into(),
        adjustment_type: "ChangeInCapacity".into(),
        adjustments: vec![adjustment],
        cooldown_seconds: Some(60),
        enabled: true,
    }
}

pub(crate) fn deployment() -> Deployment {
    Deployment {
        stack_name: "sm".into(),
        status: "CREATE_COMPLETE".into(),
        workers_stack_name: "farm".into(),
        further_stacks: String::new(),
        pairs: WorkerPairs::default(),
        reads_tags: false,
        returns_to_spot: true,
        jobs_topic_arn: Some(TOPIC.into()),
    }
}

pub(crate) fn snapshot() -> Snapshot {
    let alarm = |name: &str, alarm_actions: &[&str]| Alarm {
        name: name.into(),
        is_of_stack: true,
        actions_enabled: true,
        alarm_actions: alarm_actions.iter().map(|arn| (*arn).into()).collect(),
        period_seconds: Some(60),
        datapoints_to_alarm: 1,
        ..Alarm::default()
    };
    let price = |zone: &str, usd: &str| {
        let pool = Pool {
            instance_type: "g4dn.xlarge".into(),
            availability_zone: zone.into(),
        };
        (pool, usd.parse::<Decimal>().unwrap())
    };
    Snapshot {
        stack_name: "farm".into(),
        settings: Settings::default(),
        topic_suffix: "-jobs-to-do".into(),
        refusals: Vec::new(),
        return_refusal: None,
        spot_group: Some(group(Market::Spot, "asgGPUSpot", "farm-spot")),
        on_demand_group: Some(group(Market::OnDemand, "asgGPU", "farm-on-demand")),
        alarms: vec![
            alarm("jobs-to-do", &[TOPIC]),
            alarm(
                "no-more-jobs",
                &["arn:asgGPUScaleDown", "arn:asgGPUSpotScaleDown"],
            ),
        ],
        region_zones: ZONES.map(str::to_owned).to_vec(),
        lowest_prices: [price(ZONES[0], "0.20"), price(ZONES[1], "0.25")].into(),
        on_demand_prices: [("g4dn.xlarge".to_owned(), "0.50".parse::<Decimal>().unwrap())].into(),
        spotmanager: SpotManagerStack::Found(deployment()),
    }
}

fn group(market: Market, logical_id: &str, name: &str) -> WorkerGroup {
    let maximum_price = MaximumPrice {
        usd: "0.40".parse().unwrap(),
        source: PriceSource::LaunchTemplate,
        found_in: "launch template lt-1 version 1".into(),
    };
    WorkerGroup {
        market,
        logical_id: logical_id.into(),
        name: name.into(),
        stack_name: Some("farm".into()),
        capacity: Capacity {
            min_size: 0,
            max_size: 1,
            desired_capacity: 0,
            in_service: 0,
            pending: 0,
        },
        default_cooldown_seconds: 300,
        suspended_processes: Vec::new(),
        launch: LaunchKind::LaunchTemplate,
        instance_types: vec!["g4dn.xlarge".into()],
        weighted_capacities: BTreeMap::new(),
        maximum_price: (market == Market::Spot).then_some(maximum_price),
        launch_problem: None,
        image_ids: ["ami-1".to_owned()].into(),
        subnets: [
            ("subnet-1".to_owned(), Some(ZONES[0].to_owned())),
            ("subnet-2".to_owned(), Some(ZONES[1].to_owned())),
        ]
        .into(),
        availability_zones: ZONES.map(str::to_owned).to_vec(),
        policies: vec![
            policy(logical_id, "ScaleUp", 1),
            policy(logical_id, "ScaleDown", -1),
        ],
    }
}

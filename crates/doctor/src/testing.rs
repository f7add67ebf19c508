//! A stack to which nothing is to be said, for the rules' tests.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::json;
use spotmanager_contract::{Settings, WorkerPairs};
use spotmanager_decision::{Capacity, Market, MaximumPrice, PriceSource, price::Pool};

use crate::{
    Alarm, Chain, Deployment, Finding, Function, LaunchKind, Policy, Read, Rule, Snapshot,
    SpotManagerStack, Status, Subscription, SubscriptionSettings, Topic, WorkerGroup,
};

pub(crate) const NONE: [Rule; 0] = [];
pub(crate) const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:farm-jobs-to-do";
pub(crate) const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:sm-start";
const STATE_MACHINE: &str = "arn:aws:states:eu-west-1:111122223333:stateMachine:sm";
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
        return_to_spot_rate: Some("rate(15 minutes)".into()),
        jobs_topic_arn: Some(TOPIC.into()),
    }
}

pub(crate) fn snapshot() -> Snapshot {
    let alarm = |name: &str, alarm_actions: &[&str]| Alarm {
        name: name.into(),
        arn: format!("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:{name}"),
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
        settings: Settings {
            queue_logical_id: "queueJobs".into(),
            ..Settings::default()
        },
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
        visibility_timeouts: BTreeMap::new(),
        spotmanager: SpotManagerStack::Found(deployment()),
        chain: Some(chain()),
    }
}

fn chain() -> Chain {
    let policy = |service: &str, action: &str, resource: &str| {
        let statement = json!({
            "Effect": "Allow", "Principal": {"Service": service}, "Action": action,
            "Resource": resource,
        });
        json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
    };
    let status = |status: &str| Status {
        status: status.into(),
        reason: None,
    };
    Chain {
        topic_arn: TOPIC.into(),
        topic: Read::Found(Topic {
            policy: policy("cloudwatch.amazonaws.com", "sns:Publish", "*"),
            kms_key: None,
        }),
        other_topics: BTreeMap::new(),
        subscriptions: Read::Found(vec![Subscription {
            arn: Some(format!("{TOPIC}:1")),
            endpoint: FUNCTION.into(),
            settings: Read::Found(SubscriptionSettings {
                has_dead_letters: true,
                ..SubscriptionSettings::default()
            }),
        }]),
        function_arn: FUNCTION.into(),
        function: Read::Found(Function {
            state: status("Active"),
            last_update: status("Successful"),
            reserved_concurrency: Read::Found(None),
            state_machine_arn: Read::Found(STATE_MACHINE.into()),
        }),
        function_policy: Read::Found(policy(
            "sns.amazonaws.com",
            "lambda:InvokeFunction",
            FUNCTION,
        )),
        state_machine_arn: STATE_MACHINE.into(),
        state_machine_status: Read::Found("ACTIVE".into()),
        dead_letter_queue_arn: Some("arn:aws:sqs:eu-west-1:111122223333:sm-dead".into()),
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

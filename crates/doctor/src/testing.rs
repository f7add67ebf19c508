//! A stack to which nothing is to be said, for the rules' tests.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::json;
use spotmanager_domain::{
    Capacity, Market, MaximumPrice, PriceSource, Settings, WorkerPairs,
    price::Pool,
    resources::{
        Alarm, AutoScalingGroup, EventRule, Launch, LaunchSource, LaunchTemplate, Policy, Schedule,
        StackGroup,
    },
};

use crate::{
    Chain, Deployment, FailureAlarm, FailureKind, Finding, Function, NEEDS, Named, Need,
    Notifications, Operation, Read, Right, Rule, Snapshot, SpotManagerStack, Status, Subscription,
    SubscriptionSettings, Topic, WorkerGroup,
};

pub(crate) const NONE: [Rule; 0] = [];
pub(crate) const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:farm-jobs-to-do";
pub(crate) const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:sm-start";
const OPERATIONS_TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:sm-operations";
const NOTIFICATIONS_TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:sm-notifications";
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
        scaling_adjustment: Some(adjustment),
        adjustments: vec![adjustment],
        cooldown_seconds: Some(60),
        min_adjustment_magnitude: None,
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
        return_to_spot_rate: Some("rate(15 minutes)".into()),
        launches_instances: false,
        launch_template_arns: Vec::new(),
        instance_role_arns: Vec::new(),
        jobs_topic_arn: Some(TOPIC.into()),
    }
}

pub(crate) fn snapshot() -> Snapshot {
    let alarm = |name: &str, alarm_actions: &[&str]| Alarm {
        name: name.into(),
        arn: format!("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:{name}"),
        actions_enabled: true,
        alarm_actions: alarm_actions.iter().map(|arn| (*arn).into()).collect(),
        period_seconds: Some(60),
        datapoints_to_alarm: 1,
        ..Alarm::default()
    };
    let of_failures = |name: &str| alarm(name, &[OPERATIONS_TOPIC]);
    let price = |zone: &str, usd: &str| {
        let pool = Pool {
            instance_type: "g4dn.xlarge".into(),
            availability_zone: zone.into(),
        };
        (pool, usd.parse::<Decimal>().unwrap())
    };
    Snapshot {
        stack_name: "farm".into(),
        pair: None,
        stack_status: Some("CREATE_COMPLETE".into()),
        unread: BTreeMap::new(),
        settings: Settings {
            queue_logical_id: "queueJobs".into(),
            ..Settings::default()
        },
        topic_suffix: "-jobs-to-do".into(),
        refusals: Vec::new(),
        spot_group: Some(group(Market::Spot, "asgGPUSpot", "farm-spot")),
        on_demand_group: Some(group(Market::OnDemand, "asgGPU", "farm-on-demand")),
        alarms: vec![
            alarm("jobs-to-do", &[TOPIC]),
            alarm(
                "no-more-jobs",
                &["arn:asgGPUScaleDown", "arn:asgGPUSpotScaleDown"],
            ),
            of_failures("sm-dead-letter"),
            of_failures("sm-failed"),
            of_failures("sm-timed-out"),
        ],
        own_alarms: ["jobs-to-do", "no-more-jobs"].map(str::to_owned).into(),
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
        operation: operation(),
    }
}

fn operation() -> Operation {
    const RULE: &str = "arn:aws:events:eu-west-1:111122223333:rule/sm-lost";
    let role = |name: &str| format!("arn:aws:iam::111122223333:role/{name}");
    let right = |need: &Need| Right {
        holder: need.holder,
        role_arn: role(&format!("sm-{:?}", need.holder)),
        action: need.action,
        refused: Read::Found(Vec::new()),
        condition: None,
    };
    let active = Function {
        state: Status {
            status: "Active".into(),
            reason: None,
        },
        last_update: Status {
            status: "Successful".into(),
            reason: None,
        },
        reserved_concurrency: Read::Found(None),
        state_machine_arn: Read::Missing,
    };
    let functions = ["discover", "evaluate", "scale", "verify"].map(|step| {
        let arn = format!("arn:aws:lambda:eu-west-1:111122223333:function:sm-{step}");
        (arn, Read::Found(active.clone()))
    });
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
        "Action": "lambda:InvokeFunction", "Resource": FUNCTION,
        "Condition": {"ArnLike": {"AWS:SourceArn": RULE}},
    }]});
    Operation {
        functions: Read::Found(functions.into()),
        rights: NEEDS.iter().map(right).collect(),
        schedule: Some(Named {
            name: "sm/return-to-spot".into(),
            read: Read::Found(Schedule {
                state: "ENABLED".into(),
                expression: "rate(15 minutes)".into(),
                timezone: "UTC".into(),
                target_arn: FUNCTION.into(),
                role_arn: role("sm-schedule"),
            }),
        }),
        rule: Some(Named {
            name: "sm-lost".into(),
            read: Read::Found(EventRule {
                arn: RULE.into(),
                state: "ENABLED".into(),
                event_pattern: json!({
                    "source": ["aws.ec2", "aws.autoscaling"],
                    "detail-type": [
                        "EC2 Spot Instance Interruption Warning",
                        "EC2 Instance Rebalance Recommendation",
                        "EC2 Instance Launch Unsuccessful",
                    ],
                })
                .to_string(),
                target_arns: vec![FUNCTION.into()],
                target_role_arns: Vec::new(),
            }),
        }),
        start_policy: Read::Found(policy.to_string()),
        dead_letters: Read::Found([("sm-dead".to_owned(), Read::Found(0))].into()),
        operations_email: String::new(),
        operations_topic_arn: OPERATIONS_TOPIC.into(),
        emails: Read::Found(Vec::new()),
        notifications: notifications(),
        failed: Read::Found(Vec::new()),
    }
}

fn notifications() -> Notifications {
    let alarm = |name: &str, on| FailureAlarm {
        name: name.into(),
        on,
    };
    Notifications {
        operations_topic: Read::Found(()),
        notifications_topic: Named {
            name: NOTIFICATIONS_TOPIC.into(),
            read: Read::Found(()),
        },
        alarms: Read::Found(vec![
            alarm("sm-dead-letter", FailureKind::DeadLetter),
            alarm("sm-failed", FailureKind::FailedExecution),
            alarm("sm-timed-out", FailureKind::TimedOutExecution),
        ]),
        rule: Named {
            name: "sm-notices".into(),
            read: Read::Found(EventRule {
                arn: "arn:aws:events:eu-west-1:111122223333:rule/sm-notices".into(),
                state: "ENABLED".into(),
                event_pattern: json!({
                    "source": ["spotmanager"],
                    "detail": {"state_machine_arn": [STATE_MACHINE]},
                })
                .to_string(),
                target_arns: vec![NOTIFICATIONS_TOPIC.into()],
                target_role_arns: vec!["arn:aws:iam::111122223333:role/sm-notices".into()],
            }),
        },
    }
}

fn group(market: Market, logical_id: &str, name: &str) -> WorkerGroup {
    let maximum_price = MaximumPrice {
        usd: "0.40".parse().unwrap(),
        source: PriceSource::LaunchTemplate,
        found_in: "launch template lt-1 version 1".into(),
    };
    WorkerGroup {
        read: StackGroup {
            market,
            logical_id: logical_id.into(),
            facts: AutoScalingGroup {
                name: name.into(),
                capacity: Capacity {
                    max_size: 1,
                    ..Capacity::default()
                },
                default_cooldown_seconds: 300,
                launch_source: Some(LaunchSource::LaunchTemplate(LaunchTemplate {
                    id: "lt-1".into(),
                    version: "1".into(),
                })),
                subnet_ids: vec!["subnet-1".into(), "subnet-2".into()],
                availability_zones: ZONES.map(str::to_owned).to_vec(),
                tags: [(
                    "aws:cloudformation:stack-name".to_owned(),
                    "farm".to_owned(),
                )]
                .into(),
                ..AutoScalingGroup::default()
            },
            launch: Launch {
                instance_types: vec!["g4dn.xlarge".into()],
                maximum_price: (market == Market::Spot).then_some(maximum_price),
                ..Launch::default()
            },
            policies: vec![
                policy(logical_id, "ScaleUp", 1),
                policy(logical_id, "ScaleDown", -1),
            ],
        },
        image_ids: ["ami-1".to_owned()].into(),
        instance_roles: Read::Found([].into()),
        subnets: [
            ("subnet-1".to_owned(), Some(ZONES[0].to_owned())),
            ("subnet-2".to_owned(), Some(ZONES[1].to_owned())),
        ]
        .into(),
        availability_zones: ZONES.map(str::to_owned).to_vec(),
    }
}

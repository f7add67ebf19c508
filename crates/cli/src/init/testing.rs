//! Stacks for the tests of what is assumed of them.

use spotmanager_domain::{
    Market,
    resources::{Alarm, AutoScalingGroup, Launch, Policy, QueueMetric, StackGroup},
};

use super::read::Stack;
use crate::arguments::{Global, Output};

/// A command line without global options.
pub(super) fn global() -> Global {
    Global {
        profile: None,
        region: None,
        endpoint_url: None,
        output: Output::Table,
        verbose: false,
    }
}

/// A stack with groups at these paths.
pub(super) fn stack(groups: &[(&str, Market)]) -> Stack {
    Stack {
        groups: groups
            .iter()
            .map(|(path, market)| group(path, *market))
            .collect(),
        named_spot: None,
        named_on_demand: None,
        queues: Vec::new(),
        alarms: Vec::new(),
    }
}

pub(super) fn group(path: &str, market: Market) -> StackGroup {
    StackGroup {
        market,
        logical_id: path.into(),
        facts: AutoScalingGroup {
            name: format!("{path}-id"),
            ..AutoScalingGroup::default()
        },
        launch: Launch::default(),
        policies: Vec::new(),
    }
}

/// A simple policy that changes the capacity by so much.
pub(super) fn policy(name: &str, by: i32) -> Policy {
    Policy {
        name: name.into(),
        arn: format!("arn:{name}"),
        policy_type: "SimpleScaling".into(),
        adjustment_type: "ChangeInCapacity".into(),
        scaling_adjustment: Some(by),
        adjustments: vec![by],
        cooldown_seconds: None,
        min_adjustment_magnitude: None,
        enabled: true,
    }
}

/// An alarm that looks at these queues and tells these topics.
pub(super) fn alarm(queue_names: &[&str], actions: &[&str]) -> Alarm {
    let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
    Alarm {
        name: "jobs".into(),
        actions_enabled: true,
        alarm_actions: owned(actions),
        queue_metrics: queue_names
            .iter()
            .map(|name| QueueMetric {
                queue_name: (*name).to_owned(),
                metric_name: "ApproximateNumberOfMessagesVisible".into(),
            })
            .collect(),
        ..Alarm::default()
    }
}

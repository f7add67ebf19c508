//! Stacks for the tests of what is assumed of them.

use spotmanager_aws::{
    alarms::{Alarm, QueueMetric},
    auto_scaling::Policy,
};
use spotmanager_decision::Market;

use super::read::{Group, Stack};
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

pub(super) fn group(path: &str, market: Market) -> Group {
    Group {
        path: path.into(),
        name: format!("{path}-id"),
        market,
        launches_nothing: None,
        desired_capacity: 0,
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
        arn: String::new(),
        state: String::new(),
        state_since: None,
        queue_metrics: queue_names
            .iter()
            .map(|name| QueueMetric {
                queue_name: (*name).to_owned(),
                metric_name: "ApproximateNumberOfMessagesVisible".into(),
            })
            .collect(),
        name: "jobs".into(),
        actions_enabled: true,
        alarm_actions: owned(actions),
        other_actions: Vec::new(),
        period_seconds: Some(60),
        datapoints_to_alarm: 1,
    }
}

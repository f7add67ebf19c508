//! An alarm, as far as it concerns the stack.

use std::collections::BTreeSet;

use crate::WorkerGroup;

/// An alarm of the stack, or one that scales its groups or tells of its jobs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state: String,
    /// When it went into that state, if CloudWatch says so.
    pub state_since: Option<String>,
    /// Whether the stack or one of its nested stacks made it.
    pub is_of_stack: bool,
    /// Whether it does anything at all.
    pub actions_enabled: bool,
    /// The ARNs of what it fires when it goes into ALARM.
    pub alarm_actions: Vec<String>,
    /// The ARNs of what it fires when it goes into another state.
    pub other_actions: Vec<String>,
    /// Over how long it looks at its metric, seconds; absent where it looks at other alarms.
    pub period_seconds: Option<i32>,
    /// How many periods must breach before it goes into ALARM.
    pub datapoints_to_alarm: i32,
    /// The metrics of SQS queues that it looks at.
    pub queue_metrics: Vec<QueueMetric>,
}

/// A metric of an SQS queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueMetric {
    /// The queue's name.
    pub queue_name: String,
    /// Such as `ApproximateNumberOfMessagesVisible`.
    pub metric_name: String,
}

impl Alarm {
    /// Whether it fires what has this ARN, in whatever state.
    #[must_use]
    pub fn fires(&self, arn: &str) -> bool {
        let mut actions = self.alarm_actions.iter().chain(&self.other_actions);
        actions.any(|action| action == arn)
    }

    /// Whether it takes capacity from a group.
    #[must_use]
    pub fn shrinks(&self, group: &WorkerGroup) -> bool {
        let mut policies = group.policies.iter();
        self.actions_enabled
            && policies.any(|policy| policy.enabled && policy.takes() && self.fires(&policy.arn))
    }

    /// The queues of which it counts the jobs that wait, and not those that workers hold.
    /// See <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>.
    #[must_use]
    pub fn queues_without_held_jobs(&self) -> Vec<&str> {
        let looks_at = |queue: &str, metric: &str| {
            let mut metrics = self.queue_metrics.iter();
            metrics.any(|found| found.queue_name == queue && found.metric_name == metric)
        };
        let queues: BTreeSet<_> = self
            .queue_metrics
            .iter()
            .map(|metric| metric.queue_name.as_str())
            .filter(|queue| looks_at(queue, "ApproximateNumberOfMessagesVisible"))
            .filter(|queue| !looks_at(queue, "ApproximateNumberOfMessagesNotVisible"))
            .collect();
        queues.into_iter().collect()
    }

    /// The topics that it tells when it goes into ALARM.
    pub(crate) fn topics(&self) -> impl Iterator<Item = &str> {
        let actions = self.alarm_actions.iter().map(String::as_str);
        actions.filter(|arn| arn.split(':').nth(2) == Some("sns"))
    }
}

/// A topic's name, of its ARN.
pub(crate) fn topic_name(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or_default()
}

/// The account of an ARN.
pub(crate) fn account_of(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}

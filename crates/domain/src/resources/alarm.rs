//! An alarm of CloudWatch: what it looks at, and what it fires.

use std::collections::BTreeSet;

use jiff::Timestamp;

/// An alarm.
/// See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html>.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state: String,
    /// When it went into that state, if CloudWatch says so, UTC.
    pub state_since: Option<Timestamp>,
    /// Whether it does anything at all.
    pub actions_enabled: bool,
    /// The ARNs of what it fires when it goes into ALARM: topics, scaling policies and others.
    pub alarm_actions: Vec<String>,
    /// The ARNs of what it fires when it goes into OK, or lacks data.
    pub other_actions: Vec<String>,
    /// The metrics of SQS queues that it looks at.
    pub queue_metrics: Vec<QueueMetric>,
    /// Over how long it looks at its metric, seconds, the longest if it looks at several; absent
    /// if it looks at other alarms.
    pub period_seconds: Option<i32>,
    /// How many periods must breach before it goes into ALARM.
    pub datapoints_to_alarm: i32,
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

    /// The topics that it notifies when it goes into ALARM, by their ARNs.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        let actions = self.alarm_actions.iter().map(String::as_str);
        actions.filter(|arn| arn.split(':').nth(2) == Some("sns"))
    }

    /// The names of the SQS queues whose metrics it looks at.
    pub fn queue_names(&self) -> impl Iterator<Item = &str> {
        let metrics = self.queue_metrics.iter();
        metrics.map(|metric| metric.queue_name.as_str())
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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(queue_name: &str, metric_name: &str) -> QueueMetric {
        QueueMetric {
            queue_name: queue_name.into(),
            metric_name: format!("ApproximateNumberOfMessages{metric_name}"),
        }
    }

    #[test]
    fn an_alarm_fires_its_actions_and_notifies_the_topics_among_those_of_alarm() {
        let alarm = Alarm {
            alarm_actions: vec![
                "arn:aws:sns:eu-west-1:111122223333:jobs".into(),
                "arn:aws:autoscaling:eu-west-1:111122223333:scalingPolicy:sns".into(),
            ],
            other_actions: vec!["arn:aws:sns:eu-west-1:111122223333:ok".into()],
            ..Alarm::default()
        };
        for (arn, fires) in [
            (alarm.alarm_actions[0].as_str(), true),
            (alarm.alarm_actions[1].as_str(), true),
            (alarm.other_actions[0].as_str(), true),
            ("arn:aws:sns:eu-west-1:111122223333:other", false),
        ] {
            assert_eq!(alarm.fires(arn), fires, "{arn}");
        }
        let topics = alarm.topics().collect::<Vec<_>>();
        assert_eq!(topics, [alarm.alarm_actions[0].as_str()]);
    }

    #[test]
    fn a_queue_s_held_jobs_count_if_its_own_metric_is_among_the_alarm_s() {
        let alarm = Alarm {
            queue_metrics: vec![
                metric("both", "Visible"),
                metric("both", "NotVisible"),
                metric("waiting", "Visible"),
                metric("held", "NotVisible"),
                metric("delayed", "Delayed"),
            ],
            ..Alarm::default()
        };
        assert_eq!(alarm.queues_without_held_jobs(), ["waiting"]);
        let names = alarm.queue_names().collect::<Vec<_>>();
        assert_eq!(names, ["both", "both", "waiting", "held", "delayed"]);
    }
}

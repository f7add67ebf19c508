//! CloudWatch's alarms: what they fire, and how soon.

use aws_sdk_cloudwatch::types::{AlarmType, CompositeAlarm, Dimension, MetricAlarm, StateValue};
use aws_smithy_types::DateTime;
use jiff::Timestamp;
use spotmanager_domain::resources::{Alarm, QueueMetric};

pub use aws_sdk_cloudwatch::Client;

use crate::{AwsError, time::timestamp};

/// Every alarm of the account and region on metrics or on other alarms.
/// See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html>.
///
/// # Errors
/// [`AwsError`] when a page cannot be had.
pub async fn describe_alarms(client: &Client) -> Result<Vec<Alarm>, AwsError> {
    let mut pages = client
        .describe_alarms()
        .alarm_types(AlarmType::MetricAlarm)
        .alarm_types(AlarmType::CompositeAlarm)
        .into_paginator()
        .page_size(100)
        .send();
    let mut alarms = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| AwsError::new("cloudwatch:DescribeAlarms", error))?;
        alarms.extend(page.metric_alarms().iter().map(on_metrics));
        alarms.extend(page.composite_alarms().iter().map(on_alarms));
    }
    Ok(alarms)
}

/// What an alarm on metrics and one on alarms have in common; the SDK has no trait for it.
macro_rules! of_either {
    ($alarm:ident) => {
        Alarm {
            name: $alarm.alarm_name().unwrap_or_default().to_owned(),
            arn: $alarm.alarm_arn().unwrap_or_default().to_owned(),
            state: state($alarm.state_value()),
            state_since: since([
                $alarm.state_transitioned_timestamp(),
                $alarm.state_updated_timestamp(),
            ]),
            actions_enabled: $alarm.actions_enabled().unwrap_or(true),
            alarm_actions: $alarm.alarm_actions().to_vec(),
            other_actions: [$alarm.ok_actions(), $alarm.insufficient_data_actions()].concat(),
            queue_metrics: Vec::new(),
            period_seconds: None,
            datapoints_to_alarm: 1,
        }
    };
}

fn on_metrics(alarm: &MetricAlarm) -> Alarm {
    // Metric math has a period in each of its metrics.
    let of_metrics = alarm.metrics().iter().filter_map(|query| {
        let stat = query.metric_stat();
        stat.and_then(|stat| stat.period()).or(query.period())
    });
    let metrics = alarm
        .metrics()
        .iter()
        .filter_map(|query| query.metric_stat()?.metric())
        .map(|metric| (metric.metric_name(), metric.dimensions()))
        .chain([(alarm.metric_name(), alarm.dimensions())]);
    let queue_metrics: Vec<_> = metrics
        .flat_map(|(name, dimensions)| queue_metrics(name, dimensions))
        .collect();
    Alarm {
        queue_metrics,
        period_seconds: alarm.period().into_iter().chain(of_metrics).max(),
        datapoints_to_alarm: alarm
            .datapoints_to_alarm()
            .or(alarm.evaluation_periods())
            .unwrap_or(1),
        ..of_either!(alarm)
    }
}

/// Only SQS has a dimension of this name.
/// See <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>.
fn queue_metrics(metric_name: Option<&str>, dimensions: &[Dimension]) -> Vec<QueueMetric> {
    dimensions
        .iter()
        .filter(|dimension| dimension.name() == Some("QueueName"))
        .filter_map(|dimension| dimension.value())
        .map(|queue_name| QueueMetric {
            queue_name: queue_name.to_owned(),
            metric_name: metric_name.unwrap_or_default().to_owned(),
        })
        .collect()
}

fn on_alarms(alarm: &CompositeAlarm) -> Alarm {
    of_either!(alarm)
}

fn state(value: Option<&StateValue>) -> String {
    value.map(StateValue::as_str).unwrap_or_default().to_owned()
}

/// The first of the times that CloudWatch gives.
fn since(times: [Option<&DateTime>; 2]) -> Option<Timestamp> {
    times.into_iter().flatten().next().and_then(timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_cloudwatch::types::{Metric, MetricDataQuery, MetricStat};

    #[test]
    fn metric_math_has_its_metrics_longest_period() {
        let metric = |period| {
            let of = MetricStat::builder().period(period).build();
            MetricDataQuery::builder().metric_stat(of).build()
        };
        let math = MetricDataQuery::builder().expression("a / b").build();
        let alarm = MetricAlarm::builder()
            .alarm_name("jobs")
            .metrics(metric(60))
            .metrics(metric(300))
            .metrics(math)
            .evaluation_periods(3)
            .datapoints_to_alarm(2)
            .build();
        let alarm = on_metrics(&alarm);
        assert_eq!(alarm.period_seconds, Some(300));
        assert_eq!(alarm.datapoints_to_alarm, 2);
        assert!(alarm.actions_enabled);
    }

    #[test]
    fn one_metric_s_period_is_the_alarm_s() {
        let alarm = MetricAlarm::builder()
            .period(60)
            .evaluation_periods(5)
            .actions_enabled(false)
            .alarm_actions("arn:topic")
            .build();
        let alarm = on_metrics(&alarm);
        assert_eq!(alarm.period_seconds, Some(60));
        assert_eq!(alarm.datapoints_to_alarm, 5);
        assert_eq!(alarm.alarm_actions, ["arn:topic"]);
        assert!(!alarm.actions_enabled);
    }

    #[test]
    fn the_queues_are_those_of_the_metric_or_of_all_metrics() {
        let queue = |name: &str| Dimension::builder().name("QueueName").value(name).build();
        let other = Dimension::builder().name("TopicName").value("t").build();
        let one = MetricAlarm::builder()
            .metric_name("Waiting")
            .dimensions(queue("jobs"))
            .dimensions(other);
        let one = on_metrics(&one.build());
        assert!(one.queue_names().eq(["jobs"]));
        assert_eq!(one.queue_metrics[0].metric_name, "Waiting");
        let metric = |name| {
            let metric = Metric::builder()
                .metric_name(format!("{name} held"))
                .dimensions(queue(name))
                .build();
            let stat = MetricStat::builder().metric(metric).build();
            MetricDataQuery::builder().metric_stat(stat).build()
        };
        let math = MetricAlarm::builder()
            .metrics(metric("a"))
            .metrics(metric("b"));
        let math = on_metrics(&math.build());
        assert!(math.queue_names().eq(["a", "b"]));
        assert_eq!(math.queue_metrics[1].metric_name, "b held");
    }

    #[test]
    fn an_alarm_has_its_state_since_its_last_transition() {
        let alarm = MetricAlarm::builder()
            .alarm_arn("arn:alarm")
            .state_value(StateValue::Alarm)
            .state_updated_timestamp(DateTime::from_secs(9))
            .state_transitioned_timestamp(DateTime::from_secs(5));
        let alarm = on_metrics(&alarm.build());
        assert_eq!(alarm.arn, "arn:alarm");
        assert_eq!(alarm.state, "ALARM");
        assert_eq!(alarm.state_since, Timestamp::from_second(5).ok());
    }

    #[test]
    fn an_alarm_on_alarms_has_no_period() {
        let alarm = CompositeAlarm::builder().ok_actions("arn:policy");
        let alarm = alarm.insufficient_data_actions("arn:topic").build();
        let alarm = on_alarms(&alarm);
        assert_eq!(alarm.period_seconds, None);
        assert_eq!(alarm.other_actions, ["arn:policy", "arn:topic"]);
    }
}

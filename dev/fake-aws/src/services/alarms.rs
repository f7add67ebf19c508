//! CloudWatch's alarms on SQS queues.
//!
//! The emulator's queues publish no metrics and its evaluation ignores dimensions, so the front
//! samples the queue that an alarm names, evaluates the alarm as CloudWatch does, and sets the
//! state in the emulator, which tells the alarm's topics. Scaling policies among the actions are
//! executed here, and again each period while the alarm lasts.
//! See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html>.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    LocalAwsError,
    emulator::EmulatorClient,
    services::{
        alarm_metrics::{Metric, Query, summed},
        auto_scaling::AutoScaling,
    },
};

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Alarm {
    alarm_name: String,
    #[serde(flatten)]
    metric: Metric,
    period: Option<f64>,
    #[serde(default)]
    metrics: Vec<Query>,
    evaluation_periods: usize,
    #[serde(default)]
    datapoints_to_alarm: Option<usize>,
    threshold: f64,
    comparison_operator: String,
    #[serde(default)]
    alarm_actions: Vec<String>,
    #[serde(default, rename = "OKActions")]
    ok_actions: Vec<String>,
}

impl Alarm {
    /// What it sums up over its period in seconds; `None` if that is not metrics of queues.
    fn watches(&self) -> Option<(Vec<Metric>, f64)> {
        let (metrics, period) = match self.period {
            Some(period) => (vec![self.metric.clone()], period),
            None => summed(&self.metrics)?,
        };
        let are_queues = metrics.iter().all(|metric| metric.queue().is_some());
        are_queues.then_some((metrics, period))
    }

    fn breaches(&self, value: f64) -> bool {
        match self.comparison_operator.as_str() {
            "GreaterThanThreshold" => value > self.threshold,
            "GreaterThanOrEqualToThreshold" => value >= self.threshold,
            "LessThanThreshold" => value < self.threshold,
            "LessThanOrEqualToThreshold" => value <= self.threshold,
            _ => false,
        }
    }

    /// The state that the last datapoints make; `None` while there are too few.
    fn state(&self, datapoints: &VecDeque<f64>) -> Option<State> {
        let needed = self.datapoints_to_alarm.unwrap_or(self.evaluation_periods);
        let breaching = datapoints
            .iter()
            .filter(|value| self.breaches(**value))
            .count();
        if breaching >= needed {
            Some(State::Alarm)
        } else if datapoints.len() >= self.evaluation_periods {
            Some(State::Ok)
        } else {
            None
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Alarm,
    Ok,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Alarm => "ALARM",
            Self::Ok => "OK",
        }
    }
}

#[derive(Debug)]
struct Watched {
    datapoints: VecDeque<f64>,
    next_sample: Instant,
    state: Option<State>,
}

/// Evaluates every alarm on a queue.
#[derive(Debug)]
pub(crate) struct AlarmEvaluator {
    emulator: EmulatorClient,
    time_scale: f64,
    watched: HashMap<String, Watched>,
}

impl AlarmEvaluator {
    pub(crate) fn new(emulator: EmulatorClient, time_scale: f64) -> Self {
        Self {
            emulator,
            time_scale,
            watched: HashMap::new(),
        }
    }

    /// Samples and evaluates the alarms whose period is over.
    pub(crate) async fn tick(&mut self, auto_scaling: &AutoScaling) -> Result<(), LocalAwsError> {
        let alarms = self.alarms().await?;
        self.watched
            .retain(|name, _| alarms.iter().any(|alarm| alarm.alarm_name == *name));
        for alarm in alarms {
            let Some((metrics, period)) = alarm.watches() else {
                continue;
            };
            let now = Instant::now();
            let watched = self
                .watched
                .entry(alarm.alarm_name.clone())
                .or_insert_with(|| Watched {
                    datapoints: VecDeque::new(),
                    next_sample: now,
                    state: None,
                });
            if now < watched.next_sample {
                continue;
            }
            watched.next_sample = now + Duration::from_secs_f64(period * self.time_scale);
            // A queue that is being deleted has no datapoint.
            let Ok(value) = sum(&self.emulator, &metrics).await else {
                continue;
            };
            watched.datapoints.push_back(value);
            while watched.datapoints.len() > alarm.evaluation_periods {
                watched.datapoints.pop_front();
            }
            let Some(state) = alarm.state(&watched.datapoints) else {
                continue;
            };
            if watched.state != Some(state) {
                watched.state = Some(state);
                set_state(&self.emulator, &alarm, state, value).await?;
            }
            let actions = match state {
                State::Alarm => &alarm.alarm_actions,
                State::Ok => &alarm.ok_actions,
            };
            for action in actions.iter().filter(|arn| arn.contains(":autoscaling:")) {
                auto_scaling
                    .execute_action(action, &alarm.alarm_name)
                    .await?;
            }
        }
        Ok(())
    }

    async fn alarms(&self) -> Result<Vec<Alarm>, LocalAwsError> {
        let call = "DescribeAlarms";
        let (mut alarms, mut next) = (Vec::new(), None);
        loop {
            let mut body = json!({"MaxRecords": 100});
            if let Some(token) = next {
                body["NextToken"] = token;
            }
            let mut page = self.emulator.json("monitoring", TARGET, call, body).await?;
            if let Some(found) = page.get_mut("MetricAlarms").and_then(Value::as_array_mut) {
                alarms.append(found);
            }
            next = page
                .get("NextToken")
                .filter(|token| token.is_string())
                .cloned();
            if next.is_none() {
                break;
            }
        }
        alarms
            .into_iter()
            .map(|alarm| {
                serde_json::from_value(alarm).map_err(|error| LocalAwsError::call(call, error))
            })
            .collect()
    }
}

const TARGET: &str = "GraniteServiceVersion20100801";

async fn sum(emulator: &EmulatorClient, metrics: &[Metric]) -> Result<f64, LocalAwsError> {
    let mut sum = 0.0;
    for metric in metrics {
        sum += sample(emulator, metric).await?;
    }
    Ok(sum)
}

async fn sample(emulator: &EmulatorClient, metric: &Metric) -> Result<f64, LocalAwsError> {
    let queue = metric.queue().unwrap_or_default();
    let attribute = match metric.metric_name.as_str() {
        "ApproximateNumberOfMessagesNotVisible" => "ApproximateNumberOfMessagesNotVisible",
        _ => "ApproximateNumberOfMessages",
    };
    let body = json!({ "QueueName": queue });
    let reply = emulator
        .json("sqs", "AmazonSQS", "GetQueueUrl", body)
        .await?;
    let url = reply.get("QueueUrl").cloned().unwrap_or_default();
    let body = json!({ "QueueUrl": url, "AttributeNames": [attribute] });
    let reply = emulator
        .json("sqs", "AmazonSQS", "GetQueueAttributes", body)
        .await?;
    reply
        .pointer(&format!("/Attributes/{attribute}"))
        .and_then(serde_json::Value::as_str)
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| LocalAwsError::call("GetQueueAttributes", "no such attribute"))
}

async fn set_state(
    emulator: &EmulatorClient,
    alarm: &Alarm,
    state: State,
    value: f64,
) -> Result<(), LocalAwsError> {
    let relation = if alarm.breaches(value) { "" } else { "not " };
    let body = json!({
        "AlarmName": alarm.alarm_name,
        "StateValue": state.as_str(),
        "StateReason": format!(
            "Threshold Crossed: the last datapoint {value:.1} was {relation}beyond the threshold ({:.1}).",
            alarm.threshold
        ),
    });
    emulator
        .json("monitoring", TARGET, "SetAlarmState", body)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alarm(comparison: &str, evaluation_periods: usize) -> Alarm {
        serde_json::from_value(json!({
            "AlarmName": "jobs", "Namespace": "AWS/SQS", "MetricName": "m", "Period": 60,
            "Dimensions": [{"Name": "QueueName", "Value": "queue"}],
            "EvaluationPeriods": evaluation_periods, "Threshold": 0.0,
            "ComparisonOperator": comparison,
        }))
        .unwrap()
    }

    #[test]
    fn one_breaching_datapoint_is_enough_for_one_period() {
        let alarm = alarm("GreaterThanThreshold", 1);
        let (metrics, _) = alarm.watches().unwrap();
        assert_eq!(metrics[0].queue(), Some("queue"));
        assert_eq!(alarm.state(&[].into()), None);
        assert_eq!(alarm.state(&[0.0].into()), Some(State::Ok));
        assert_eq!(alarm.state(&[1.0].into()), Some(State::Alarm));
    }

    #[test]
    fn all_periods_must_breach_unless_fewer_datapoints_are_asked_for() {
        let mut alarm = alarm("LessThanOrEqualToThreshold", 3);
        assert_eq!(alarm.state(&[0.0, 0.0].into()), None);
        assert_eq!(alarm.state(&[0.0, 2.0, 0.0].into()), Some(State::Ok));
        assert_eq!(alarm.state(&[0.0, 0.0, 0.0].into()), Some(State::Alarm));
        alarm.datapoints_to_alarm = Some(2);
        assert_eq!(alarm.state(&[0.0, 2.0, 0.0].into()), Some(State::Alarm));
    }
}

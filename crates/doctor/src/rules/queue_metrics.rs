//! Whether something keeps the queue's metrics awake.

use super::topics::jobs_alarms;
use crate::{Deployment, Finding, Rule, Snapshot};

/// SQS stops a queue's metrics after six hours without a call; *start* has the queue read in each
/// four hours in which a tick comes, so that ticks two hours apart are always soon enough.
/// See <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-monitoring-using-cloudwatch.html>.
const LONGEST_RATE_SECONDS: u64 = 2 * 3600;

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    let Some(deployment) = snapshot.spotmanager.found() else {
        return Vec::new();
    };
    let Some((why, fix)) = asleep(snapshot, deployment) else {
        return Vec::new();
    };
    let on_a_queue = jobs_alarms(snapshot).filter(|alarm| !alarm.queue_metrics.is_empty());
    on_a_queue
        .map(|alarm| {
            Finding::new(
                Rule::QueueMetricsSleep,
                &alarm.name,
                format!(
                    "It may report the first job after six idle hours up to 15 minutes late: SQS stops the metrics of a queue that nobody calls, and {why}."
                ),
                fix,
            )
        })
        .collect()
}

/// Why nothing keeps the metrics awake, and what does.
fn asleep(snapshot: &Snapshot, deployment: &Deployment) -> Option<(String, &'static str)> {
    const BOTH: &str = "Set SpotManager's parameters QueueLogicalId to the queue and ReturnToSpot to on; then it reads the queue every four hours.";
    if snapshot.settings.queue_logical_id.is_empty() {
        return Some(("QueueLogicalId is empty".to_owned(), BOTH));
    }
    let Some(rate) = &deployment.return_to_spot_rate else {
        return Some(("ReturnToSpot is not on".to_owned(), BOTH));
    };
    let is_soon = seconds(rate).is_some_and(|seconds| seconds <= LONGEST_RATE_SECONDS);
    (!is_soon).then(|| {
        let why = format!("ReturnToSpotRate is {rate}");
        (why, "Set ReturnToSpotRate to rate(2 hours) or less.")
    })
}

/// The seconds of a rate expression.
/// See <https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#rate-based>.
fn seconds(rate: &str) -> Option<u64> {
    let inner = rate.trim().strip_prefix("rate(")?.strip_suffix(')')?;
    let (value, unit) = inner.trim().split_once(' ')?;
    let unit: u64 = match unit.trim() {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3600,
        "day" | "days" => 86_400,
        _ => return None,
    };
    value.parse::<u64>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use spotmanager_domain::resources::QueueMetric;

    use super::*;
    use crate::{
        SpotManagerStack,
        testing::{NONE, deployment, found, snapshot},
    };

    fn with(queue: &str, rate: Option<&str>) -> Snapshot {
        let mut snapshot = snapshot();
        snapshot.alarms[0].queue_metrics = vec![QueueMetric {
            queue_name: "jobs".into(),
            metric_name: "ApproximateNumberOfMessagesVisible".into(),
        }];
        snapshot.settings.queue_logical_id = queue.into();
        let mut deployment = deployment();
        deployment.return_to_spot_rate = rate.map(str::to_owned);
        snapshot.spotmanager = SpotManagerStack::Found(deployment);
        snapshot
    }

    #[test]
    fn a_queue_and_a_return_that_looks_often_keep_them_awake() {
        for (queue, rate, why) in [
            ("queueJobs", Some("rate(15 minutes)"), None),
            ("queueJobs", Some("rate(1 hour)"), None),
            ("queueJobs", Some("rate(2 hours)"), None),
            (
                "queueJobs",
                Some("rate(121 minutes)"),
                Some("rate(121 minutes)"),
            ),
            ("queueJobs", Some("rate(1 day)"), Some("rate(1 day)")),
            ("queueJobs", Some("rate(soon)"), Some("rate(soon)")),
            ("queueJobs", None, Some("ReturnToSpot is not on")),
            (
                "",
                Some("rate(15 minutes)"),
                Some("QueueLogicalId is empty"),
            ),
        ] {
            let findings = check(&with(queue, rate));
            let problem = findings.first().map(|finding| finding.problem.as_str());
            match why {
                None => assert_eq!(problem, None, "{queue:?} {rate:?}"),
                Some(why) => assert!(problem.is_some_and(|problem| problem.contains(why))),
            }
        }
    }

    #[test]
    fn it_matters_only_to_an_alarm_on_a_queue_and_a_deployment() {
        let mut snapshot = with("", None);
        assert_eq!(found(check, &snapshot), [Rule::QueueMetricsSleep]);
        snapshot.spotmanager = SpotManagerStack::NotAsked;
        assert_eq!(found(check, &snapshot), NONE);
        let mut snapshot = with("", None);
        snapshot.alarms[0].queue_metrics.clear();
        assert_eq!(found(check, &snapshot), NONE);
    }
}

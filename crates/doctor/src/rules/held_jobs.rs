//! Scaling down under workers that hold jobs: an alarm that counts only the jobs that wait.

use spotmanager_domain::resources::Alarm;

use crate::{Finding, Read, Rule, Snapshot};

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    let shrinking = snapshot.alarms.iter().filter(|alarm| {
        let mut groups = snapshot.groups();
        groups.any(|group| group.is_shrunk_by(alarm))
    });
    shrinking
        .flat_map(|alarm| {
            let queues = alarm.queues_without_held_jobs();
            queues.into_iter().map(move |queue| (alarm, queue))
        })
        .filter_map(|(alarm, queue)| too_soon(snapshot, alarm, queue))
        .collect()
}

/// A message that a worker takes is not visible until its timeout is over. If that is longer than
/// the alarm looks back, the alarm finds no job while one is worked on.
/// See <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html>.
fn too_soon(snapshot: &Snapshot, alarm: &Alarm, queue: &str) -> Option<Finding> {
    let Some(Read::Found(hidden)) = snapshot.visibility_timeouts.get(queue) else {
        return None;
    };
    let seconds = alarm
        .period_seconds?
        .saturating_mul(alarm.datapoints_to_alarm);
    (*hidden > seconds).then(|| {
        Finding::new(
            Rule::HeldJobsNotCounted,
            &alarm.name,
            format!(
                "It scales down under workers that hold jobs: it counts only the visible messages of {queue}, over {seconds} s, and a message that a worker takes is hidden for up to {hidden} s (VisibilityTimeout)."
            ),
            format!(
                "Let it look at the expression `visible + FILL(held, 0)`, in which visible is ApproximateNumberOfMessagesVisible and held is ApproximateNumberOfMessagesNotVisible of {queue}, as alarmNoMoreJobs in infra/workers.yaml does."
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use spotmanager_domain::resources::QueueMetric;

    use super::*;
    use crate::{
        NotRead,
        testing::{NONE, found, snapshot},
    };

    fn with(metrics: &[&str], timeout: Read<i32>) -> Snapshot {
        let mut snapshot = snapshot();
        let alarm = &mut snapshot.alarms[1];
        alarm.datapoints_to_alarm = 5;
        let metrics = metrics.iter().map(|metric| QueueMetric {
            queue_name: "jobs".into(),
            metric_name: format!("ApproximateNumberOfMessages{metric}"),
        });
        alarm.queue_metrics = metrics.collect();
        snapshot.visibility_timeouts = [("jobs".to_owned(), timeout)].into();
        snapshot
    }

    #[test]
    fn it_matters_if_a_job_is_hidden_for_longer_than_the_alarm_looks_back() {
        let visible = &["Visible"][..];
        let found = |metrics, timeout| found(check, &with(metrics, timeout));
        assert_eq!(found(visible, Read::Found(300)), NONE);
        assert_eq!(found(visible, Read::Found(301)), [Rule::HeldJobsNotCounted]);
        let both = &["Visible", "NotVisible"][..];
        assert_eq!(found(both, Read::Found(3600)), NONE);
        assert_eq!(found(&["Delayed"], Read::Found(3600)), NONE);
        let refused = || Read::NotRead(NotRead::because("refused"));
        assert_eq!(found(visible, refused()), NONE);
        assert_eq!(found(visible, Read::Missing), NONE);
    }

    #[test]
    fn only_an_alarm_that_scales_down_is_meant() {
        let mut snapshot = with(&["Visible"], Read::Found(3600));
        assert!(check(&snapshot)[0].fix.contains("FILL(held, 0)"));
        snapshot.alarms[1].alarm_actions.clear();
        assert_eq!(found(check, &snapshot), NONE);
    }
}

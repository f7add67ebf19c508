//! How soon the alarm for jobs tells of them.

use super::topics::jobs_alarms;
use crate::{Finding, Rule, Snapshot};

/// SQS gives a metric each minute, so that an alarm may tell after one.
/// See <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>.
const SOON_SECONDS: i32 = 60;
/// As long as an instance takes to start and more.
const LATE_SECONDS: i32 = 300;

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    let findings = jobs_alarms(snapshot).filter_map(|alarm| {
        let (period, datapoints) = (alarm.period_seconds?, alarm.datapoints_to_alarm);
        let seconds = period.saturating_mul(datapoints);
        let problem = format!(
            "It tells of jobs after {seconds} s at the earliest: {datapoints} × Period {period} s."
        );
        let fix = "Set Period to 60 and EvaluationPeriods to 1.";
        let finding = Finding::new(Rule::SlowAlarm, &alarm.name, problem, fix);
        if seconds > LATE_SECONDS {
            Some(finding)
        } else if seconds > SOON_SECONDS {
            Some(finding.milder())
        } else {
            None
        }
    });
    findings.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Severity, testing::snapshot};

    #[test]
    fn the_longer_it_takes_the_more_it_matters() {
        let severity = |period, datapoints| {
            let mut snapshot = snapshot();
            snapshot.alarms[0].period_seconds = period;
            snapshot.alarms[0].datapoints_to_alarm = datapoints;
            let findings = check(&snapshot);
            findings.first().map(|finding| finding.severity)
        };
        assert_eq!(severity(Some(60), 1), None);
        assert_eq!(severity(Some(10), 6), None);
        assert_eq!(severity(Some(300), 1), Some(Severity::Note));
        assert_eq!(severity(Some(60), 6), Some(Severity::Warning));
        assert_eq!(severity(None, 9), None);
    }
}

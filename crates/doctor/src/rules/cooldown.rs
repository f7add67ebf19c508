//! How long a group rests after a policy, in which another scale-up waits.

use spotmanager_domain::settings::{LaunchBy, Settings};

use super::topics::jobs_alarms;
use crate::{Finding, Rule, Snapshot, WorkerGroup};

/// For how long an execution waits for a cooldown on average: 20 retries of up to 60 s each.
const PATIENCE_SECONDS: i32 = 600;

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    if !snapshot.settings.honor_cooldown {
        return Vec::new();
    }
    let period = jobs_alarms(snapshot)
        .filter(|_| an_alarm_waits(&snapshot.settings))
        .filter_map(|alarm| alarm.period_seconds)
        .min();
    let findings = snapshot
        .groups()
        .filter_map(|group| of_group(group, period));
    findings.collect()
}

/// Whether an alarm executes a policy, which waits for a cooldown.
fn an_alarm_waits(settings: &Settings) -> bool {
    match settings.launch_by {
        LaunchBy::ScalingPolicy => true,
        LaunchBy::Automatic => settings.queue_logical_id.is_empty(),
        LaunchBy::DesiredCapacity | LaunchBy::LaunchInstances => false,
    }
}

/// The longest rest, where it is too long.
fn of_group(group: &WorkerGroup, period: Option<i32>) -> Option<Finding> {
    let rests = group.read.policies.iter().filter_map(|policy| {
        let seconds = group.cooldown_seconds(policy)?;
        Some((seconds, policy))
    });
    let (seconds, policy) = rests.max_by_key(|(seconds, _)| *seconds)?;
    let name = &policy.name;
    let fix = "Lower the policy's Cooldown, or set HonorCooldown to false.";
    if seconds > PATIENCE_SECONDS {
        return Some(Finding::new(
            Rule::CooldownTooLong,
            &group.read.logical_id,
            format!(
                "It rests for {seconds} s after {name}, longer than the {PATIENCE_SECONDS} s or so for which an execution waits before it gives the group up."
            ),
            fix,
        ));
    }
    period.filter(|period| seconds > *period).map(|period| {
        Finding::new(
            Rule::CooldownLongerThanPeriod,
            &group.read.logical_id,
            format!(
                "It rests for {seconds} s after {name}, longer than the {period} s of the alarm for jobs: jobs that come meanwhile wait for it."
            ),
            fix,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NONE, found, snapshot};

    fn with(seconds: Option<i32>) -> Snapshot {
        let mut snapshot = snapshot();
        let group = snapshot.spot_group.as_mut().unwrap();
        group.read.policies[0].cooldown_seconds = seconds;
        snapshot.settings.launch_by = LaunchBy::ScalingPolicy;
        snapshot
    }

    #[test]
    fn a_rest_beyond_the_period_is_told_and_one_beyond_patience_warned_of() {
        let rule = |seconds| found(check, &with(seconds));
        assert_eq!(rule(Some(60)), NONE);
        assert_eq!(rule(Some(300)), [Rule::CooldownLongerThanPeriod]);
        assert_eq!(rule(Some(900)), [Rule::CooldownTooLong]);
        // The group's own holds where the policy has none.
        assert_eq!(rule(None), [Rule::CooldownLongerThanPeriod]);
    }

    #[test]
    fn the_period_counts_only_if_an_alarm_executes_a_policy() {
        let rule = |launch_by, queue: &str, seconds| {
            let mut snapshot = with(Some(seconds));
            snapshot.settings.launch_by = launch_by;
            snapshot.settings.queue_logical_id = queue.into();
            found(check, &snapshot)
        };
        let noted = [Rule::CooldownLongerThanPeriod];
        assert_eq!(rule(LaunchBy::Automatic, "", 300), noted);
        assert_eq!(rule(LaunchBy::Automatic, "queueJobs", 300), NONE);
        assert_eq!(rule(LaunchBy::DesiredCapacity, "", 300), NONE);
        // A return to spot executes the on-demand group's policy.
        let warned = [Rule::CooldownTooLong];
        assert_eq!(rule(LaunchBy::Automatic, "queueJobs", 900), warned);
    }

    #[test]
    fn without_an_alarm_only_patience_counts() {
        let mut snapshot = with(Some(300));
        snapshot.alarms.clear();
        assert_eq!(found(check, &snapshot), NONE);
    }

    #[test]
    fn step_policies_and_deployments_that_do_not_wait_know_no_cooldown() {
        let mut steps = with(Some(900));
        let group = steps.spot_group.as_mut().unwrap();
        group.read.policies[0].policy_type = "StepScaling".into();
        assert_eq!(found(check, &steps), NONE);
        let mut impatient = with(Some(900));
        impatient.settings.honor_cooldown = false;
        assert_eq!(found(check, &impatient), NONE);
    }
}

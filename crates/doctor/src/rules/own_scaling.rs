//! What scales a group up past SpotManager, so that both would scale.

use crate::{Finding, Rule, Snapshot, WorkerGroup};

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    let findings = snapshot.groups().flat_map(|group| {
        let mut findings = fired(snapshot, group);
        findings.extend(by_itself(group));
        findings
    });
    findings.collect()
}

fn fired(snapshot: &Snapshot, group: &WorkerGroup) -> Vec<Finding> {
    let mut findings = Vec::new();
    let policies = group
        .read
        .policies
        .iter()
        .filter(|policy| policy.enabled && policy.adds() && !policy.follows_a_metric());
    for policy in policies {
        let alarms = snapshot.alarms.iter();
        for alarm in alarms.filter(|alarm| alarm.actions_enabled && alarm.fires(&policy.arn)) {
            findings.push(Finding::new(
                Rule::AlarmScalesUp,
                &group.read.logical_id,
                format!(
                    "The alarm {} fires its policy {}, so that it grows beside what SpotManager chooses.",
                    alarm.name, policy.name
                ),
                "Take the policy out of the alarm's actions, and let the alarm tell the output JobsTopicArn instead.",
            ));
        }
    }
    findings
}

fn by_itself(group: &WorkerGroup) -> impl Iterator<Item = Finding> {
    group
        .read
        .policies
        .iter()
        .filter(|policy| policy.enabled && policy.follows_a_metric())
        .map(move |policy| {
            Finding::new(
                Rule::ScalesByItself,
                &group.read.logical_id,
                format!(
                    "Its policy {} of type {} scales it beside what SpotManager chooses.",
                    policy.name, policy.policy_type
                ),
                "Delete or disable the policy.",
            )
        })
}

#[cfg(test)]
mod tests {
    use spotmanager_domain::resources::Alarm;

    use super::*;
    use crate::testing::{NONE, found, policy, snapshot};

    fn alarm(arn: &str) -> Alarm {
        Alarm {
            name: "jobs".into(),
            actions_enabled: true,
            alarm_actions: vec![arn.into()],
            ..Alarm::default()
        }
    }

    #[test]
    fn an_alarm_on_a_scale_up_policy_is_an_error() {
        let mut snapshot = snapshot();
        snapshot.alarms.push(alarm("arn:asgGPUSpotScaleUp"));
        assert_eq!(found(check, &snapshot), [Rule::AlarmScalesUp]);
        snapshot.alarms.last_mut().unwrap().actions_enabled = false;
        assert_eq!(found(check, &snapshot), NONE);
    }

    #[test]
    fn another_state_s_action_counts_as_well() {
        let mut snapshot = snapshot();
        let arn = "arn:asgGPUScaleUp".to_owned();
        snapshot.alarms[0].other_actions.push(arn);
        assert_eq!(found(check, &snapshot), [Rule::AlarmScalesUp]);
    }

    #[test]
    fn a_policy_that_follows_a_metric_is_an_error() {
        let mut snapshot = snapshot();
        let mut tracking = policy("asgGPUSpot", "Tracking", 0);
        tracking.policy_type = "TargetTrackingScaling".into();
        tracking.adjustments.clear();
        let group = snapshot.spot_group.as_mut().unwrap();
        group.read.policies.push(tracking.clone());
        // Its own alarm is no second finding.
        snapshot.alarms.push(alarm(&tracking.arn));
        assert_eq!(found(check, &snapshot), [Rule::ScalesByItself]);
    }
}

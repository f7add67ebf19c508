//! Scaling down, which stays with the groups: the alarm for no more jobs fires both scale-down
//! policies.

use std::collections::BTreeSet;

use super::list;
use crate::{Finding, Rule, Snapshot, WorkerGroup};

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    let Some((spot, on_demand)) = snapshot.pair() else {
        return Vec::new();
    };
    let [of_spot, of_on_demand] = [spot, on_demand].map(|group| shrinking(snapshot, group));
    match (of_spot.is_empty(), of_on_demand.is_empty()) {
        (true, true) => vec![Finding::new(
            Rule::ScaleDownNotFired,
            format!("{} and {}", spot.read.logical_id, on_demand.read.logical_id),
            "No alarm fires a policy that takes capacity away, so that instances run until something else ends them.",
            "Let an alarm on the empty queue fire a scale-down policy of each group, as alarmNoMoreJobs in infra/workers.yaml does.",
        )
        .milder()],
        (true, false) => vec![never(spot, &of_on_demand)],
        (false, true) => vec![never(on_demand, &of_spot)],
        (false, false) if of_spot.is_disjoint(&of_on_demand) => vec![Finding::new(
            Rule::ScaleDownApart,
            format!("{} and {}", spot.read.logical_id, on_demand.read.logical_id),
            format!(
                "Different alarms scale them down: {} the spot group, {} the on-demand group.",
                list(of_spot),
                list(of_on_demand)
            ),
            "Name both groups' scale-down policies among the actions of one alarm, unless that is meant.",
        )],
        (false, false) => Vec::new(),
    }
}

/// The names of the alarms that take capacity from a group.
fn shrinking<'a>(snapshot: &'a Snapshot, group: &WorkerGroup) -> BTreeSet<&'a str> {
    let alarms = snapshot.alarms.iter();
    alarms
        .filter(|alarm| group.is_shrunk_by(alarm))
        .map(|alarm| alarm.name.as_str())
        .collect()
}

fn never(group: &WorkerGroup, others: &BTreeSet<&str>) -> Finding {
    let others = list(others.iter().copied());
    Finding::new(
        Rule::ScaleDownNotFired,
        &group.read.logical_id,
        format!("No alarm fires a scale-down policy of it; {others} scales the other group only."),
        format!("Name its scale-down policy among the actions of {others} too."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Severity,
        testing::{found, snapshot},
    };

    #[test]
    fn a_group_that_is_forgotten_is_an_error() {
        let mut snapshot = snapshot();
        let actions = &mut snapshot.alarms[1].alarm_actions;
        actions.retain(|arn| arn != "arn:asgGPUScaleDown");
        let [finding] = &check(&snapshot)[..] else {
            panic!("not one finding");
        };
        assert_eq!(finding.severity, Severity::Error);
        assert_eq!(finding.subject, "asgGPU");
        assert!(finding.fix.contains("no-more-jobs"), "{finding:?}");
    }

    #[test]
    fn no_alarm_at_all_is_a_warning() {
        let mut snapshot = snapshot();
        snapshot.alarms[1].actions_enabled = false;
        let findings = check(&snapshot);
        assert_eq!(found(check, &snapshot), [Rule::ScaleDownNotFired]);
        assert_eq!(findings[0].severity, Severity::Warning);
    }

    #[test]
    fn an_alarm_for_each_is_a_note() {
        let mut snapshot = snapshot();
        let mut second = snapshot.alarms[1].clone();
        let is_of_spot = |arn: &String| arn.contains("Spot");
        snapshot.alarms[1].alarm_actions.retain(is_of_spot);
        second.alarm_actions.retain(|arn| !is_of_spot(arn));
        second.name = "idle".into();
        snapshot.alarms.push(second);
        assert_eq!(found(check, &snapshot), [Rule::ScaleDownApart]);
    }
}

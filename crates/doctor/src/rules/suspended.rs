//! Processes of the groups that somebody, or Auto Scaling itself, suspended.
//! See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html>.

use crate::{Finding, Rule, Snapshot, WorkerGroup};

/// What a process does that SpotManager needs.
const NEEDED: [(&str, &str); 3] = [
    ("Launch", "it launches no instance"),
    ("Terminate", "its instances do not go"),
    ("AlarmNotification", "no alarm scales it down"),
];

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    snapshot.groups().flat_map(of_group).collect()
}

fn of_group(group: &WorkerGroup) -> impl Iterator<Item = Finding> {
    let suspended = &group.read.facts.suspended_processes;
    NEEDED
        .into_iter()
        .filter(move |(process, _)| suspended.iter().any(|name| name == process))
        .map(move |(process, without)| {
            Finding::new(
                Rule::ProcessSuspended,
                &group.read.logical_id,
                format!("Its process {process} is suspended, so that {without}."),
                resume(&group.read.facts.name, process),
            )
        })
}

/// The command that resumes a process of a group of this name.
pub(super) fn resume(group: &str, process: &str) -> String {
    format!(
        "aws autoscaling resume-processes --auto-scaling-group-name {group} --scaling-processes {process}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::snapshot;

    #[test]
    fn only_what_is_needed_matters() {
        let mut snapshot = snapshot();
        let group = snapshot.spot_group.as_mut().unwrap();
        group.read.facts.suspended_processes = vec!["AZRebalance".into(), "Launch".into()];
        let [finding] = &check(&snapshot)[..] else {
            panic!("not one finding");
        };
        assert_eq!(finding.rule, Rule::ProcessSuspended);
        assert!(
            finding
                .fix
                .ends_with("farm-spot --scaling-processes Launch")
        );
    }
}

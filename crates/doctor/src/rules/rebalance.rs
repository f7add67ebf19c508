//! Evening out a group's Availability Zones, which Auto Scaling does by itself.
//! See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-benefits.html#AutoScalingBehavior.InstanceUsage>.

use spotmanager_domain::{
    resources::{AutoScalingGroup, LaunchInstancesSupport},
    settings::LaunchBy,
};

use crate::{Finding, Rule, Snapshot, WorkerGroup};

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    let launches = snapshot.settings.launch_by == LaunchBy::LaunchInstances;
    // Then the rule on LaunchInstances says so, and more.
    let is_said = |group: &WorkerGroup| {
        launches
            && group.read.facts.launch_instances_support()
                == LaunchInstancesSupport::RebalancesZones
    };
    let groups = snapshot.groups().filter(|group| !is_said(group));
    groups.filter_map(of_group).collect()
}

fn of_group(group: &WorkerGroup) -> Option<Finding> {
    let facts = &group.read.facts;
    suspend_rebalancing(facts).map(|fix| {
        Finding::new(
            Rule::RebalancesZones,
            &group.read.logical_id,
            format!(
                "It has {} Availability Zones, and Auto Scaling evens them out: it ends instances where there are more, under the jobs that they hold, and undoes what is spread by price.",
                facts.availability_zones.len()
            ),
            fix,
        )
    })
}

/// The command that suspends the process AZRebalance of a group, if Auto Scaling may even out its
/// Availability Zones: it has several, and may have several instances.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html>.
#[must_use]
pub fn suspend_rebalancing(group: &AutoScalingGroup) -> Option<String> {
    let is_spread = group.availability_zones.len() > 1 && group.capacity.max_size > 1;
    let mut suspended = group.suspended_processes.iter();
    let rebalances = is_spread && !suspended.any(|process| process == "AZRebalance");
    rebalances.then(|| suspend(&group.name))
}

/// The command for a group of this name.
pub(super) fn suspend(group: &str) -> String {
    format!(
        "aws autoscaling suspend-processes --auto-scaling-group-name {group} --scaling-processes AZRebalance"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Severity,
        testing::{NONE, found, snapshot},
    };

    fn with(change: impl FnOnce(&mut AutoScalingGroup)) -> Snapshot {
        let mut snapshot = snapshot();
        let facts = &mut snapshot.spot_group.as_mut().unwrap().read.facts;
        facts.capacity.max_size = 2;
        change(facts);
        snapshot
    }

    #[test]
    fn several_instances_in_several_zones_are_evened_out_until_that_is_suspended() {
        let snapshot = with(|_| ());
        let [finding] = &check(&snapshot)[..] else {
            panic!("not one finding");
        };
        assert_eq!(finding.severity, Severity::Note);
        assert_eq!(finding.subject, "asgGPUSpot");
        assert!(finding.problem.contains("2 Availability Zones"));
        assert_eq!(
            finding.fix,
            "aws autoscaling suspend-processes --auto-scaling-group-name farm-spot --scaling-processes AZRebalance"
        );
        for change in [
            (|facts| facts.suspended_processes = vec!["AZRebalance".into()])
                as fn(&mut AutoScalingGroup),
            |facts| facts.capacity.max_size = 1,
            |facts| facts.availability_zones.truncate(1),
        ] {
            assert_eq!(found(check, &with(change)), NONE);
        }
    }

    #[test]
    fn what_launch_instances_does_not_allow_is_said_once() {
        let mut snapshot = with(|_| ());
        snapshot.settings.launch_by = LaunchBy::LaunchInstances;
        assert_eq!(found(check, &snapshot), NONE);
        let facts = &mut snapshot.spot_group.as_mut().unwrap().read.facts;
        facts.has_warm_pool = true;
        assert_eq!(found(check, &snapshot), [Rule::RebalancesZones]);
    }
}

//! What the groups launch with.

use spotmanager_decision::Market;

use crate::{Finding, LaunchKind, Rule, Snapshot, WorkerGroup};

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    snapshot.groups().flat_map(of_group).collect()
}

fn of_group(group: &WorkerGroup) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(problem) = &group.launch_problem {
        let fix = match group.market {
            Market::Spot => {
                "Give the spot group's launch template an InstanceType and InstanceMarketOptions with MarketType spot; until then on-demand is chosen always."
            }
            Market::OnDemand => {
                "Give the on-demand group's launch template an InstanceType and no InstanceMarketOptions; until then a fallback may buy spot."
            }
        };
        let (rule, subject) = (Rule::UnusableLaunchSource, &group.logical_id);
        findings.push(Finding::error(rule, subject, problem, fix));
    }
    if let LaunchKind::LaunchConfiguration(name) = &group.launch {
        findings.push(Finding::warning(
            Rule::LaunchConfiguration,
            &group.logical_id,
            format!(
                "It launches with the launch configuration {name}, which knows no instance type released after 2022, and which newer accounts cannot make."
            ),
            "Copy it to a launch template (https://docs.aws.amazon.com/autoscaling/ec2/userguide/migrate-to-launch-templates.html).",
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Severity, testing::snapshot};

    #[test]
    fn a_group_that_buys_otherwise_than_it_should_is_an_error() {
        let mut snapshot = snapshot();
        let group = snapshot.spot_group.as_mut().unwrap();
        group.launch_problem = Some("farm-spot launches with lt-1, which buys on-demand".into());
        let [finding] = &check(&snapshot)[..] else {
            panic!("not one finding");
        };
        assert_eq!(finding.severity, Severity::Error);
        assert_eq!(finding.rule, Rule::UnusableLaunchSource);
        assert!(finding.fix.contains("MarketType spot"), "{finding:?}");
    }

    #[test]
    fn a_launch_configuration_is_told_by_its_name() {
        let mut snapshot = snapshot();
        let group = snapshot.on_demand_group.as_mut().unwrap();
        group.launch = LaunchKind::LaunchConfiguration("old".into());
        let [finding] = &check(&snapshot)[..] else {
            panic!("not one finding");
        };
        assert_eq!(finding.severity, Severity::Warning);
        assert_eq!(finding.subject, "asgGPU");
        assert!(finding.problem.contains("configuration old"), "{finding:?}");
    }
}

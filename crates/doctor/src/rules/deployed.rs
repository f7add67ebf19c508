//! SpotManager, deployed for the stack.

use crate::{Deployment, Finding, Rule, Snapshot, SpotManagerStack};

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    match &snapshot.spotmanager {
        SpotManagerStack::NotAsked => Vec::new(),
        SpotManagerStack::Missing(name) => vec![Finding::error(
            Rule::SpotmanagerNotFound,
            name,
            "There is no such stack in this account and region.",
            "Deploy infra/spotmanager.yaml, or give its stack's name with --spotmanager-stack.",
        )],
        SpotManagerStack::Found(deployment) => {
            let mut findings = Vec::new();
            findings.extend(not_ready(deployment));
            findings.extend(not_served(snapshot, deployment));
            if snapshot.settings.dry_run {
                findings.push(Finding::warning(
                    Rule::DryRun,
                    &deployment.stack_name,
                    "DryRun is true for this stack: nothing is scaled.",
                    "Set DryRun to false once its decisions are what you want.",
                ));
            }
            findings
        }
    }
}

/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html>.
fn not_ready(deployment: &Deployment) -> Option<Finding> {
    let status = deployment.status.as_str();
    let (rule, subject) = (Rule::SpotmanagerNotReady, &deployment.stack_name);
    let problem = format!("Its status is {status}.");
    if status.ends_with("_IN_PROGRESS") {
        let fix = "Look again once CloudFormation is done.";
        return Some(Finding::warning(rule, subject, problem, fix));
    }
    let is_undone = status.starts_with("ROLLBACK") || status.starts_with("DELETE");
    (is_undone || !status.ends_with("_COMPLETE")).then(|| {
        let fix = "`aws cloudformation describe-stack-events` says what failed; deploy it again.";
        Finding::error(rule, subject, problem, fix)
    })
}

fn not_served(snapshot: &Snapshot, deployment: &Deployment) -> Option<Finding> {
    let own = snapshot.stack_name.as_str();
    let of_groups = snapshot
        .groups()
        .filter_map(|group| group.stack_name.as_deref());
    let mut stacks = std::iter::once(own).chain(of_groups);
    if let Some(out_of_reach) = stacks.find(|stack| !deployment.reaches(stack)) {
        return Some(Finding::error(
            Rule::StackOutOfReach,
            &deployment.stack_name,
            format!(
                "Its roles do not reach the stack {out_of_reach}: WorkersStackName is {:?}, FurtherStacks is {:?}.",
                deployment.workers_stack_name, deployment.further_stacks
            ),
            format!(
                "Set FurtherStacks to a pattern such as {own}*, which nested stacks match too."
            ),
        ));
    }
    let is_told = deployment.has_pair_of(own) || deployment.reads_tags;
    (!is_told).then(|| {
        Finding::warning(
            Rule::StackNotServed,
            &deployment.stack_name,
            format!(
                "It serves {} and knows no pair of {own}: lost capacity and the schedule pass it over.",
                deployment.workers_stack_name
            ),
            format!("Add {{\"stack_name\": \"{own}\"}} to WorkerPairs."),
        )
    })
}

#[cfg(test)]
mod tests {
    use spotmanager_contract::WorkerPairs;

    use super::*;
    use crate::{
        Severity,
        testing::{NONE, deployment, found, snapshot},
    };

    fn with(change: impl FnOnce(&mut Deployment)) -> Snapshot {
        let mut snapshot = snapshot();
        let mut deployment = deployment();
        change(&mut deployment);
        snapshot.spotmanager = SpotManagerStack::Found(deployment);
        snapshot
    }

    #[test]
    fn it_matters_only_where_it_is_asked_for() {
        let mut snapshot = snapshot();
        snapshot.spotmanager = SpotManagerStack::NotAsked;
        assert_eq!(found(check, &snapshot), NONE);
        snapshot.spotmanager = SpotManagerStack::Missing("sm".into());
        assert_eq!(found(check, &snapshot), [Rule::SpotmanagerNotFound]);
    }

    #[test]
    fn a_stack_that_is_not_whole_is_told() {
        for (status, expected) in [
            ("CREATE_COMPLETE", None),
            ("UPDATE_ROLLBACK_COMPLETE", None),
            ("UPDATE_IN_PROGRESS", Some(Severity::Warning)),
            ("ROLLBACK_COMPLETE", Some(Severity::Error)),
            ("DELETE_FAILED", Some(Severity::Error)),
        ] {
            let snapshot = with(|deployment| deployment.status = status.into());
            let findings = check(&snapshot);
            let severity = findings.first().map(|finding| finding.severity);
            assert_eq!(severity, expected, "{status}");
        }
    }

    #[test]
    fn a_stack_out_of_reach_is_an_error_and_one_without_a_pair_a_warning() {
        let elsewhere = with(|deployment| deployment.workers_stack_name = "mill".into());
        assert_eq!(found(check, &elsewhere), [Rule::StackOutOfReach]);
        let pattern = |deployment: &mut Deployment| {
            deployment.workers_stack_name = "mill".into();
            deployment.further_stacks = "farm*".into();
        };
        let reached = with(pattern);
        assert_eq!(found(check, &reached), [Rule::StackNotServed]);
        let served = with(|deployment| {
            pattern(deployment);
            deployment.pairs = WorkerPairs::read(r#"[{"stack_name": "farm"}]"#).unwrap();
        });
        assert_eq!(found(check, &served), NONE);
    }

    #[test]
    fn the_nested_stack_of_a_group_must_be_reached_too() {
        let mut snapshot = with(|deployment| {
            deployment.workers_stack_name = "mill".into();
            deployment.further_stacks = "farm".into();
        });
        let group = snapshot.spot_group.as_mut().unwrap();
        group.stack_name = Some("farm-stackGPU-1A2B".into());
        let findings = check(&snapshot);
        assert_eq!(found(check, &snapshot), [Rule::StackOutOfReach]);
        assert!(
            findings[0].problem.contains("farm-stackGPU"),
            "{findings:?}"
        );
    }

    #[test]
    fn a_dry_run_is_a_warning() {
        let mut snapshot = snapshot();
        snapshot.settings.dry_run = true;
        assert_eq!(found(check, &snapshot), [Rule::DryRun]);
    }
}

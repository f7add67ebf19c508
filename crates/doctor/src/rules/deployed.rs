//! SpotManager, deployed for the stack.

use crate::{Deployment, Finding, Rule, Snapshot, SpotManagerStack, WorkerGroup};

/// What the stack is found to be, whichever pair is looked at.
pub(crate) fn of_stack(stack: &SpotManagerStack) -> Vec<Finding> {
    match stack {
        SpotManagerStack::NotAsked | SpotManagerStack::NotRead { .. } => Vec::new(),
        // What is still to come is no error.
        SpotManagerStack::Missing(name) => vec![Finding::new(
            Rule::SpotmanagerNotFound,
            name,
            "There is no such stack in this account and region yet.",
            format!(
                "Deploy it: spotmanager deploy --spotmanager-stack {name} with --s3-bucket and --parameters; or give the name of the one that is there."
            ),
        )],
        SpotManagerStack::NotReady { stack_name, status } => {
            let rule = Rule::SpotmanagerNotReady;
            super::status::check(rule, stack_name, status)
                .into_iter()
                .collect()
        }
        SpotManagerStack::Found(deployment) => {
            let (rule, name) = (Rule::SpotmanagerNotReady, &deployment.stack_name);
            let of_status = super::status::check(rule, name, &deployment.status);
            of_status.into_iter().collect()
        }
    }
}

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    let mut findings = of_stack(&snapshot.spotmanager);
    if let Some(deployment) = snapshot.spotmanager.found() {
        findings.extend(not_served(snapshot, deployment));
        if snapshot.settings.dry_run {
            findings.push(Finding::new(
                Rule::DryRun,
                &deployment.stack_name,
                "DryRun is true for this stack: nothing is scaled.",
                "Set DryRun to false once its decisions are what you want.",
            ));
        }
    }
    findings
}

fn not_served(snapshot: &Snapshot, deployment: &Deployment) -> Option<Finding> {
    let own = snapshot.stack_name.as_str();
    let of_groups = snapshot.groups().filter_map(WorkerGroup::stack_name);
    let mut stacks = std::iter::once(own).chain(of_groups);
    if let Some(out_of_reach) = stacks.find(|stack| !deployment.reaches(stack)) {
        return Some(Finding::new(
            Rule::StackOutOfReach,
            &deployment.stack_name,
            format!(
                "Its roles do not reach the stack {out_of_reach}: WorkersStackName is {:?}, FurtherStacks is {:?}.",
                deployment.workers_stack_name, deployment.further_stacks
            ),
            reach(own, &deployment.further_stacks),
        ));
    }
    let is_told = deployment.has_pair_of(own) || deployment.reads_tags;
    (!is_told).then(|| {
        Finding::new(
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

/// `FurtherStacks` is one pattern: another takes the place of the one that is there.
fn reach(stack_name: &str, further_stacks: &str) -> String {
    if further_stacks.is_empty() {
        return format!(
            "Set FurtherStacks to a pattern such as {stack_name}*, which nested stacks match too."
        );
    }
    format!(
        "Set FurtherStacks to one pattern that matches {stack_name} and its nested stacks, and still matches what {further_stacks:?} does: the new pattern replaces that one, and a stack that it no longer matches is cut off. If no pattern covers both, deploy a second SpotManager for {stack_name}."
    )
}

#[cfg(test)]
mod tests {
    use spotmanager_domain::WorkerPairs;

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
        assert_eq!(check(&snapshot)[0].severity, Severity::Note);
        snapshot.spotmanager = SpotManagerStack::NotReady {
            stack_name: "sm".into(),
            status: "REVIEW_IN_PROGRESS".into(),
        };
        assert_eq!(found(check, &snapshot), [Rule::SpotmanagerNotReady]);
        assert_eq!(check(&snapshot)[0].severity, Severity::Error);
    }

    #[test]
    fn a_stack_that_is_not_whole_is_told() {
        for (status, expected) in [
            ("CREATE_COMPLETE", None),
            ("UPDATE_ROLLBACK_COMPLETE", None),
            ("UPDATE_IN_PROGRESS", Some(Severity::Warning)),
            ("UPDATE_ROLLBACK_FAILED", Some(Severity::Error)),
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
    fn the_fix_does_not_cut_off_what_the_pattern_reaches_now() {
        let fix = |further: &str| {
            let elsewhere = with(|deployment| {
                deployment.workers_stack_name = "mill".into();
                deployment.further_stacks = further.into();
            });
            check(&elsewhere)[0].fix.clone()
        };
        assert!(fix("").contains("pattern such as farm*"), "{}", fix(""));
        let both = fix("barn*");
        assert!(!both.contains("farm*"), "{both}");
        assert!(
            both.contains(r#"still matches what "barn*" does"#),
            "{both}"
        );
    }

    #[test]
    fn the_nested_stack_of_a_group_must_be_reached_too() {
        let mut snapshot = with(|deployment| {
            deployment.workers_stack_name = "mill".into();
            deployment.further_stacks = "farm".into();
        });
        let group = snapshot.spot_group.as_mut().unwrap();
        let tag = "aws:cloudformation:stack-name".to_owned();
        group
            .read
            .facts
            .tags
            .insert(tag, "farm-stackGPU-1A2B".into());
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

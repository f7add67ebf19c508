//! The launch templates and roles that the role of *scale* needs for LaunchInstances.

use std::collections::BTreeSet;

use spotmanager_domain::{resources::LaunchSource, settings::LaunchBy};
use wildmatch::WildMatch;

use crate::{Deployment, Finding, Read, Rule, Snapshot, WorkerGroup};

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    let is_chosen = snapshot.settings.launch_by == LaunchBy::LaunchInstances;
    let Some(deployment) = snapshot.spotmanager.found().filter(|_| is_chosen) else {
        return Vec::new();
    };
    let templates = templates(snapshot, deployment);
    let roles = roles(snapshot);
    if !deployment.launches_instances {
        return vec![Finding::new(
            Rule::LaunchRightsMissing,
            &deployment.stack_name,
            "LaunchBy is launch-instances for this stack and not for the deployment, by which its roles go: DesiredCapacity is raised instead.",
            format!(
                "Set LaunchBy to launch-instances, LaunchTemplateArns to {}{}.",
                joined(&templates),
                and_roles(&roles)
            ),
        )];
    }
    let wanted = [
        (
            "LaunchTemplateArns",
            "launch",
            &deployment.launch_template_arns,
            templates,
        ),
        (
            "InstanceRoleArns",
            "pass a role",
            &deployment.instance_role_arns,
            roles,
        ),
    ];
    let lacking = wanted.into_iter().filter_map(|(parameter, cannot, granted, needed)| {
        let missing: BTreeSet<_> = needed
            .into_iter()
            .filter(|arn| !granted.iter().any(|one| WildMatch::new(one).matches(arn)))
            .collect();
        (!missing.is_empty()).then(|| {
            let all: BTreeSet<_> = granted.iter().cloned().chain(missing.clone()).collect();
            Finding::new(
                Rule::LaunchRightsMissing,
                &deployment.stack_name,
                format!(
                    "{parameter} lacks {}, so LaunchInstances cannot {cannot} for the groups of {}: DesiredCapacity is raised instead.",
                    joined(&missing),
                    snapshot.stack_name
                ),
                format!("Set {parameter} to {}.", joined(&all)),
            )
        })
    });
    lacking.collect()
}

/// The ARNs of the templates that the groups launch with.
fn templates(snapshot: &Snapshot, deployment: &Deployment) -> BTreeSet<String> {
    let topic = deployment.jobs_topic_arn.as_deref().unwrap_or_default();
    let parts: Vec<_> = topic.split(':').collect();
    let (partition, region, account) = match parts[..] {
        ["arn", partition, _, region, account, ..] => (partition, region, account),
        _ => ("aws", "REGION", "ACCOUNT"),
    };
    snapshot
        .groups()
        .flat_map(ids)
        .map(|id| format!("arn:{partition}:ec2:{region}:{account}:launch-template/{id}"))
        .collect()
}

fn ids(group: &WorkerGroup) -> Vec<&str> {
    match &group.read.facts.launch_source {
        None | Some(LaunchSource::LaunchConfiguration(_)) => Vec::new(),
        Some(LaunchSource::LaunchTemplate(template)) => vec![&template.id],
        Some(LaunchSource::MixedInstancesPolicy {
            launch_template,
            overrides,
            ..
        }) => {
            let own = overrides
                .iter()
                .filter_map(|one| one.launch_template.as_ref());
            let all = std::iter::once(launch_template).chain(own);
            all.map(|template| template.id.as_str()).collect()
        }
    }
}

/// The roles of the groups' instances, as far as they could be read.
fn roles(snapshot: &Snapshot) -> BTreeSet<String> {
    let read = snapshot.groups().map(|group| &group.instance_roles);
    let found = read.filter_map(|read| match read {
        Read::Found(roles) => Some(roles.iter().cloned()),
        Read::Missing | Read::NotRead(_) => None,
    });
    found.flatten().collect()
}

fn and_roles(roles: &BTreeSet<String>) -> String {
    if roles.is_empty() {
        return String::new();
    }
    format!(" and InstanceRoleArns to {}", joined(roles))
}

/// As the parameter takes them.
fn joined(arns: &BTreeSet<String>) -> String {
    let arns: Vec<_> = arns.iter().map(String::as_str).collect();
    arns.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        NotRead, SpotManagerStack,
        testing::{NONE, deployment, found, snapshot},
    };

    const TEMPLATE: &str = "arn:aws:ec2:eu-west-1:111122223333:launch-template/lt-1";
    const ROLE: &str = "arn:aws:iam::111122223333:role/workers";

    fn with(change: impl FnOnce(&mut Deployment)) -> Snapshot {
        let mut snapshot = snapshot();
        snapshot.settings.launch_by = LaunchBy::LaunchInstances;
        let roles = Read::Found([ROLE.to_owned()].into());
        snapshot.spot_group.as_mut().unwrap().instance_roles = roles;
        let mut deployment = deployment();
        deployment.launches_instances = true;
        deployment.launch_template_arns = vec![TEMPLATE.into()];
        deployment.instance_role_arns = vec![ROLE.into()];
        change(&mut deployment);
        snapshot.spotmanager = SpotManagerStack::Found(deployment);
        snapshot
    }

    #[test]
    fn templates_and_roles_are_named_or_matched() {
        assert_eq!(found(check, &with(|_| ())), NONE);
        let matched = with(|deployment| {
            deployment.launch_template_arns =
                vec!["arn:aws:ec2:eu-west-1:111122223333:launch-template/*".into()];
            deployment.instance_role_arns = vec!["arn:aws:iam::111122223333:role/work*".into()];
        });
        assert_eq!(found(check, &matched), NONE);
    }

    #[test]
    fn what_a_parameter_lacks_is_added_to_what_it_has() {
        let other = "arn:aws:ec2:eu-west-1:111122223333:launch-template/lt-0";
        let snapshot = with(|deployment| deployment.launch_template_arns = vec![other.into()]);
        let [finding] = &check(&snapshot)[..] else {
            panic!("not one finding");
        };
        assert_eq!(finding.rule, Rule::LaunchRightsMissing);
        assert!(finding.problem.contains(&format!("lacks {TEMPLATE},")));
        assert_eq!(
            finding.fix,
            format!("Set LaunchTemplateArns to {other},{TEMPLATE}.")
        );
        let snapshot = with(|deployment| deployment.instance_role_arns.clear());
        let [finding] = &check(&snapshot)[..] else {
            panic!("not one finding");
        };
        assert_eq!(finding.fix, format!("Set InstanceRoleArns to {ROLE}."));
    }

    #[test]
    fn roles_that_could_not_be_read_are_not_missing() {
        let mut snapshot = with(|deployment| deployment.instance_role_arns.clear());
        let spot = snapshot.spot_group.as_mut().unwrap();
        spot.instance_roles = Read::NotRead(NotRead::because("refused"));
        assert_eq!(found(check, &snapshot), NONE);
    }

    #[test]
    fn the_roles_go_by_the_deployment() {
        let snapshot = with(|deployment| deployment.launches_instances = false);
        let [finding] = &check(&snapshot)[..] else {
            panic!("not one finding");
        };
        assert!(finding.problem.contains("not for the deployment"));
        for part in [TEMPLATE, ROLE] {
            assert!(finding.fix.contains(part), "{finding:?}");
        }
        let mut other = with(|_| ());
        other.settings.launch_by = LaunchBy::Automatic;
        assert_eq!(found(check, &other), NONE);
    }

    #[test]
    fn without_a_topic_an_arn_has_placeholders() {
        let snapshot = with(|deployment| {
            deployment.jobs_topic_arn = None;
            deployment.launch_template_arns.clear();
        });
        let finding = &check(&snapshot)[0];
        assert!(
            finding
                .fix
                .contains("arn:aws:ec2:REGION:ACCOUNT:launch-template/lt-1")
        );
    }
}

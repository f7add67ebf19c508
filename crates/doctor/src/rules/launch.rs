//! What the groups launch with: each cause has a fix of its own.

use serde_json::json;
use spotmanager_decision::Market;

use crate::{
    Finding, LaunchCause, LaunchKind, Rule, Snapshot, WorkerGroup, chain::command::quoted,
};

/// How a group is moved from a launch configuration to a launch template.
const MIGRATION: &str =
    "https://docs.aws.amazon.com/autoscaling/ec2/userguide/migrate-to-launch-templates.html";

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    let [spot, on_demand] = [&snapshot.spot_group, &snapshot.on_demand_group];
    let groups = [(spot, on_demand), (on_demand, spot)];
    groups
        .into_iter()
        .filter_map(|(group, other)| Some((group.as_ref()?, other.as_ref())))
        .flat_map(|(group, other)| of_group(group, other))
        .collect()
}

fn of_group(group: &WorkerGroup, other: Option<&WorkerGroup>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(problem) = &group.launch_problem {
        let follows = match group.market {
            Market::Spot => "Until then on-demand is chosen always.",
            Market::OnDemand => "Until then a fallback to on-demand does not do what it should.",
        };
        findings.push(Finding::error(
            Rule::UnusableLaunchSource,
            &group.logical_id,
            format!("{} {follows}", problem.sentence),
            fix(&problem.cause, group, other),
        ));
    }
    if let LaunchKind::LaunchConfiguration(name) = &group.launch {
        findings.push(Finding::warning(
            Rule::LaunchConfiguration,
            &group.logical_id,
            format!(
                "It launches with the launch configuration {name}, which knows no instance type released after 2022, and which newer accounts cannot make."
            ),
            format!("Copy it to a launch template ({MIGRATION})."),
        ));
    }
    findings
}

fn fix(cause: &LaunchCause, group: &WorkerGroup, other: Option<&WorkerGroup>) -> String {
    let name = &group.name;
    match cause {
        LaunchCause::PriceTag => format!(
            "aws autoscaling delete-tags --tags ResourceId={name},ResourceType=auto-scaling-group,Key=SpotPrice # the price of the launch template then holds; or set the tag to a price"
        ),
        LaunchCause::Price => format!(
            "{} # 0.35 stands for the most that you pay, USD per instance-hour",
            set_tag(name, "SpotPrice", "0.35")
        ),
        LaunchCause::Nothing | LaunchCause::Gone => format!(
            "Name a launch template that exists: aws ec2 describe-launch-templates lists them; in the stack's template set LaunchTemplate of {}, or aws autoscaling update-auto-scaling-group --auto-scaling-group-name {name} --launch-template 'LaunchTemplateName=NAME,Version=$Default'",
            group.logical_id
        ),
        LaunchCause::ByAttributes => set_tag(name, "SpotType", &types(other)),
        LaunchCause::NoInstanceType => match group.market {
            Market::Spot => set_tag(name, "SpotType", &types(other)),
            Market::OnDemand => format!(
                "Name an InstanceType in the launch template of {}, such as {}.",
                group.logical_id,
                types(other)
            ),
        },
        LaunchCause::Share {
            on_demand_percentage,
        } => {
            let policy = json!({"InstancesDistribution": {
                "OnDemandBaseCapacity": 0,
                "OnDemandPercentageAboveBaseCapacity": on_demand_percentage,
            }});
            format!(
                "aws autoscaling update-auto-scaling-group --auto-scaling-group-name {name} --mixed-instances-policy {} # and the same in the stack's template",
                quoted(&policy.to_string())
            )
        }
        LaunchCause::NoMarketOptions {
            template_id,
            version,
        } => {
            let data = json!({"InstanceMarketOptions": {"MarketType": "spot"}}).to_string();
            format!(
                "aws autoscaling update-auto-scaling-group --auto-scaling-group-name {name} --launch-template \"LaunchTemplateId={template_id},Version=$(aws ec2 create-launch-template-version --launch-template-id {template_id} --source-version {} --launch-template-data {} --query LaunchTemplateVersion.VersionNumber --output text)\" # and the same in the stack's template",
                quoted(version),
                quoted(&data)
            )
        }
        LaunchCause::MarketOptions => format!(
            "Take InstanceMarketOptions out of the launch template of {} in the stack's template, and update the stack.",
            group.logical_id
        ),
        LaunchCause::Configuration => {
            let options = match group.market {
                Market::Spot => "with InstanceMarketOptions: {MarketType: spot}",
                Market::OnDemand => "without InstanceMarketOptions",
            };
            format!(
                "A launch configuration cannot be changed: copy it to a launch template {options} ({MIGRATION})."
            )
        }
    }
}

/// Sets a tag of a group.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateOrUpdateTags.html>.
fn set_tag(group: &str, key: &str, value: &str) -> String {
    let tags = json!([{
        "ResourceId": group, "ResourceType": "auto-scaling-group", "Key": key, "Value": value,
        "PropagateAtLaunch": false,
    }]);
    let tags = quoted(&tags.to_string());
    format!("aws autoscaling create-or-update-tags --tags {tags}")
}

/// The types of the other group, which this one should launch too.
fn types(other: Option<&WorkerGroup>) -> String {
    match other {
        Some(other) if !other.instance_types.is_empty() => other.instance_types.join(","),
        _ => "INSTANCE_TYPE".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LaunchProblem, Severity, testing::snapshot};

    fn finding(market: Market, cause: LaunchCause) -> Finding {
        let mut snapshot = snapshot();
        let group = match market {
            Market::Spot => snapshot.spot_group.as_mut(),
            Market::OnDemand => snapshot.on_demand_group.as_mut(),
        };
        group.unwrap().launch_problem = Some(LaunchProblem {
            cause,
            sentence: "It is so.".into(),
        });
        let mut findings = check(&snapshot);
        assert_eq!(findings.len(), 1, "{findings:?}");
        findings.remove(0)
    }

    #[test]
    fn each_cause_has_a_fix_of_its_own_with_the_group_s_name() {
        let template = LaunchCause::NoMarketOptions {
            template_id: "lt-1".into(),
            version: "$Default".into(),
        };
        for (cause, expected) in [
            (
                LaunchCause::Share {
                    on_demand_percentage: 0,
                },
                r#"aws autoscaling update-auto-scaling-group --auto-scaling-group-name farm-spot --mixed-instances-policy '{"InstancesDistribution":{"OnDemandBaseCapacity":0,"OnDemandPercentageAboveBaseCapacity":0}}'"#,
            ),
            (
                LaunchCause::ByAttributes,
                r#"aws autoscaling create-or-update-tags --tags '[{"Key":"SpotType","PropagateAtLaunch":false,"ResourceId":"farm-spot","ResourceType":"auto-scaling-group","Value":"g4dn.xlarge"}]'"#,
            ),
            (
                LaunchCause::Gone,
                "--auto-scaling-group-name farm-spot --launch-template",
            ),
            (
                template,
                "--source-version '$Default' --launch-template-data",
            ),
            (
                LaunchCause::PriceTag,
                "aws autoscaling delete-tags --tags ResourceId=farm-spot,",
            ),
            (LaunchCause::Price, r#""Key":"SpotPrice""#),
            (
                LaunchCause::Configuration,
                "InstanceMarketOptions: {MarketType: spot}",
            ),
            (LaunchCause::NoInstanceType, r#""Value":"g4dn.xlarge""#),
        ] {
            let finding = finding(Market::Spot, cause);
            assert_eq!(finding.severity, Severity::Error);
            assert_eq!(finding.rule, Rule::UnusableLaunchSource);
            assert!(
                finding.fix.contains(expected),
                "{expected} in {}",
                finding.fix
            );
            let follows = "It is so. Until then on-demand is chosen always.";
            assert_eq!(finding.problem, follows);
        }
        let on_demand = finding(Market::OnDemand, LaunchCause::MarketOptions);
        assert!(on_demand.fix.contains("asgGPU"), "{on_demand:?}");
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

//! What the groups launch with: each cause has a fix of its own.

use serde_json::json;
use spotmanager_domain::{
    Market, PriceSource,
    resources::{LaunchProblem, LaunchSource},
};

use crate::{Finding, Rule, Snapshot, WorkerGroup, chain::command::quoted};

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
    if let Some(problem) = &group.read.launch.problem {
        let follows = match group.read.market {
            Market::Spot => "Until then on-demand is chosen always.",
            Market::OnDemand => "Until then a fallback to on-demand does not do what it should.",
        };
        findings.push(Finding::new(
            Rule::UnusableLaunchSource,
            &group.read.logical_id,
            format!("{problem}. {follows}"),
            fix(problem, group, other),
        ));
    }
    if let Some(LaunchSource::LaunchConfiguration(name)) = &group.read.facts.launch_source {
        findings.push(Finding::new(
            Rule::LaunchConfiguration,
            &group.read.logical_id,
            format!(
                "It launches with the launch configuration {name}, which knows no instance type released after 2022, and which newer accounts cannot make."
            ),
            migrate(),
        ));
    }
    findings
}

fn fix(problem: &LaunchProblem, group: &WorkerGroup, other: Option<&WorkerGroup>) -> String {
    let name = &group.read.facts.name;
    match problem {
        LaunchProblem::Price {
            source_kind: PriceSource::Tag,
            ..
        } => format!(
            "aws autoscaling delete-tags --tags ResourceId={name},ResourceType=auto-scaling-group,Key=SpotPrice # the price of the launch template then holds; or set the tag to a price"
        ),
        LaunchProblem::Price { .. } => format!(
            "{} # 0.35 stands for the most that you pay, USD per instance-hour",
            set_tag(name, "SpotPrice", "0.35")
        ),
        LaunchProblem::Nothing { .. } | LaunchProblem::Gone { .. } => format!(
            "Name a launch template that exists: aws ec2 describe-launch-templates lists them; in the stack's template set LaunchTemplate of {}, or aws autoscaling update-auto-scaling-group --auto-scaling-group-name {name} --launch-template 'LaunchTemplateName=NAME,Version=$Default'",
            group.read.logical_id
        ),
        LaunchProblem::ByAttributes { .. } => set_tag(name, "SpotType", &types(other)),
        LaunchProblem::NoInstanceType { .. } => match group.read.market {
            Market::Spot => set_tag(name, "SpotType", &types(other)),
            Market::OnDemand => format!(
                "Name an InstanceType in the launch template of {}, such as {}.",
                group.read.logical_id,
                types(other)
            ),
        },
        LaunchProblem::Share { .. } => one_market(group),
        LaunchProblem::NoMarketOptions {
            template_id,
            version,
            ..
        } => {
            let data = json!({"InstanceMarketOptions": {"MarketType": "spot"}}).to_string();
            format!(
                "aws autoscaling update-auto-scaling-group --auto-scaling-group-name {name} --launch-template \"LaunchTemplateId={template_id},Version=$(aws ec2 create-launch-template-version --launch-template-id {template_id} --source-version {} --launch-template-data {} --query LaunchTemplateVersion.VersionNumber --output text)\" # and the same in the stack's template",
                quoted(version),
                quoted(&data)
            )
        }
        LaunchProblem::MarketOptions { .. } => format!(
            "Take InstanceMarketOptions out of the launch template of {} in the stack's template, and update the stack.",
            group.read.logical_id
        ),
        LaunchProblem::NoSpotPrice { .. } | LaunchProblem::SpotPrice { .. } => {
            let options = match group.read.market {
                Market::Spot => "with InstanceMarketOptions: {MarketType: spot}",
                Market::OnDemand => "without InstanceMarketOptions",
            };
            format!(
                "A launch configuration cannot be changed: copy it to a launch template {options} ({MIGRATION})."
            )
        }
    }
}

/// How a group comes to a launch template.
pub(super) fn migrate() -> String {
    format!("Copy it to a launch template ({MIGRATION}).")
}

/// The command by which a mixed instances policy buys in the group's own market alone.
pub(super) fn one_market(group: &WorkerGroup) -> String {
    let on_demand_percentage = match group.read.market {
        Market::Spot => 0,
        Market::OnDemand => 100,
    };
    let policy = json!({"InstancesDistribution": {
        "OnDemandBaseCapacity": 0,
        "OnDemandPercentageAboveBaseCapacity": on_demand_percentage,
    }});
    format!(
        "aws autoscaling update-auto-scaling-group --auto-scaling-group-name {} --mixed-instances-policy {} # and the same in the stack's template",
        group.read.facts.name,
        quoted(&policy.to_string())
    )
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
        Some(other) if !other.read.launch.instance_types.is_empty() => {
            other.read.launch.instance_types.join(",")
        }
        _ => "INSTANCE_TYPE".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Severity, testing::snapshot};

    fn finding(market: Market, problem: LaunchProblem) -> Finding {
        let mut snapshot = snapshot();
        let group = match market {
            Market::Spot => snapshot.spot_group.as_mut(),
            Market::OnDemand => snapshot.on_demand_group.as_mut(),
        };
        group.unwrap().read.launch.problem = Some(problem);
        let mut findings = check(&snapshot);
        assert_eq!(findings.len(), 1, "{findings:?}");
        findings.remove(0)
    }

    fn price(source_kind: PriceSource) -> LaunchProblem {
        LaunchProblem::Price {
            group: "farm-spot".into(),
            found: "cheap".into(),
            found_in: "tag SpotPrice".into(),
            source_kind,
        }
    }

    #[test]
    fn each_cause_has_a_fix_of_its_own_with_the_group_s_name() {
        let group = || "farm-spot".to_owned();
        let source_label = || "launch template lt-1 version $Default".to_owned();
        for (problem, expected) in [
            (
                LaunchProblem::Share {
                    group: group(),
                    source_label: source_label(),
                    field: "OnDemandBaseCapacity",
                    found: 2,
                    expected: 0,
                },
                r#"aws autoscaling update-auto-scaling-group --auto-scaling-group-name farm-spot --mixed-instances-policy '{"InstancesDistribution":{"OnDemandBaseCapacity":0,"OnDemandPercentageAboveBaseCapacity":0}}'"#,
            ),
            (
                LaunchProblem::ByAttributes {
                    group: group(),
                    source_label: source_label(),
                },
                r#"aws autoscaling create-or-update-tags --tags '[{"Key":"SpotType","PropagateAtLaunch":false,"ResourceId":"farm-spot","ResourceType":"auto-scaling-group","Value":"g4dn.xlarge"}]'"#,
            ),
            (
                LaunchProblem::Gone {
                    group: group(),
                    source_label: source_label(),
                },
                "--auto-scaling-group-name farm-spot --launch-template",
            ),
            (
                LaunchProblem::NoMarketOptions {
                    group: group(),
                    source_label: source_label(),
                    template_id: "lt-1".into(),
                    version: "$Default".into(),
                },
                "--source-version '$Default' --launch-template-data",
            ),
            (
                price(PriceSource::Tag),
                "aws autoscaling delete-tags --tags ResourceId=farm-spot,",
            ),
            (price(PriceSource::LaunchTemplate), r#""Key":"SpotPrice""#),
            (
                LaunchProblem::NoSpotPrice {
                    group: group(),
                    source_label: source_label(),
                },
                "InstanceMarketOptions: {MarketType: spot}",
            ),
            (
                LaunchProblem::NoInstanceType {
                    group: group(),
                    source_label: source_label(),
                },
                r#""Value":"g4dn.xlarge""#,
            ),
        ] {
            let follows = format!("{problem}. Until then on-demand is chosen always.");
            let finding = finding(Market::Spot, problem);
            assert_eq!(finding.severity, Severity::Error);
            assert_eq!(finding.rule, Rule::UnusableLaunchSource);
            assert!(
                finding.fix.contains(expected),
                "{expected} in {}",
                finding.fix
            );
            assert_eq!(finding.problem, follows);
        }
        let options = LaunchProblem::MarketOptions {
            group: "farm-on-demand".into(),
            source_label: source_label(),
        };
        let on_demand = finding(Market::OnDemand, options);
        assert!(on_demand.fix.contains("asgGPU"), "{on_demand:?}");
    }

    #[test]
    fn a_launch_configuration_is_told_by_its_name() {
        let mut snapshot = snapshot();
        let group = snapshot.on_demand_group.as_mut().unwrap();
        group.read.facts.launch_source = Some(LaunchSource::LaunchConfiguration("old".into()));
        let [finding] = &check(&snapshot)[..] else {
            panic!("not one finding");
        };
        assert_eq!(finding.severity, Severity::Warning);
        assert_eq!(finding.subject, "asgGPU");
        assert!(finding.problem.contains("configuration old"), "{finding:?}");
    }
}

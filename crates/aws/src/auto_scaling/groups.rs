//! Groups as Auto Scaling describes them.

use aws_sdk_autoscaling::{
    Client,
    operation::describe_auto_scaling_groups::builders::DescribeAutoScalingGroupsFluentBuilder,
    types::{self, LaunchTemplateSpecification, MixedInstancesPolicy},
};
use spotmanager_domain::resources::{AutoScalingGroup, LaunchSource, LaunchTemplate, Override};

use super::size::{capacity, in_service};
use crate::AwsError;

/// Describes the groups of these names; one that does not exist is not in the answer.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn describe_groups(
    client: &Client,
    names: impl IntoIterator<Item = &str>,
) -> Result<Vec<AutoScalingGroup>, AwsError> {
    let names = names.into_iter().map(str::to_owned).collect();
    let request = client.describe_auto_scaling_groups();
    let groups = all(request.set_auto_scaling_group_names(Some(names))).await?;
    Ok(groups.iter().map(group).collect())
}

/// Describes the groups that CloudFormation made under these logical ids, in whatever stack.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Filter.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn describe_groups_of_logical_ids(
    client: &Client,
    logical_ids: impl IntoIterator<Item = String>,
) -> Result<Vec<AutoScalingGroup>, AwsError> {
    let filter = types::Filter::builder()
        .name("tag:aws:cloudformation:logical-id")
        .set_values(Some(logical_ids.into_iter().collect()))
        .build();
    let groups = all(client.describe_auto_scaling_groups().filters(filter)).await?;
    Ok(groups.iter().map(group).collect())
}

/// The groups of every page.
pub(super) async fn all(
    request: DescribeAutoScalingGroupsFluentBuilder,
) -> Result<Vec<types::AutoScalingGroup>, AwsError> {
    let groups = request.into_paginator().items().send().try_collect().await;
    groups.map_err(|error| AwsError::new("autoscaling:DescribeAutoScalingGroups", error))
}

fn group(group: &types::AutoScalingGroup) -> AutoScalingGroup {
    AutoScalingGroup {
        name: group
            .auto_scaling_group_name()
            .unwrap_or_default()
            .to_owned(),
        capacity: capacity(group),
        in_service: in_service(group),
        default_cooldown_seconds: group.default_cooldown().unwrap_or_default(),
        suspended_processes: group
            .suspended_processes()
            .iter()
            .filter_map(|process| process.process_name().map(str::to_owned))
            .collect(),
        has_warm_pool: group.warm_pool_configuration().is_some(),
        launch_source: launch_source(group),
        spot_allocation_strategy: group
            .mixed_instances_policy()
            .and_then(|policy| policy.instances_distribution())
            .and_then(|distribution| distribution.spot_allocation_strategy())
            .map(str::to_owned),
        subnet_ids: group
            .vpc_zone_identifier()
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|id| !id.is_empty())
            .map(str::to_owned)
            .collect(),
        availability_zones: group.availability_zones().to_vec(),
        tags: group
            .tags()
            .iter()
            .filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())))
            .collect(),
    }
}

fn launch_source(group: &types::AutoScalingGroup) -> Option<LaunchSource> {
    if let Some(policy) = group.mixed_instances_policy() {
        mixed_instances_policy(policy)
    } else if let Some(template) = group.launch_template() {
        launch_template(template).map(LaunchSource::LaunchTemplate)
    } else {
        group
            .launch_configuration_name()
            .filter(|name| !name.is_empty())
            .map(|name| LaunchSource::LaunchConfiguration(name.to_owned()))
    }
}

/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html>.
fn mixed_instances_policy(policy: &MixedInstancesPolicy) -> Option<LaunchSource> {
    let template = policy.launch_template()?;
    let distribution = policy.instances_distribution();
    Some(LaunchSource::MixedInstancesPolicy {
        launch_template: launch_template(template.launch_template_specification()?)?,
        overrides: template
            .overrides()
            .iter()
            .map(|entry| Override {
                instance_type: entry.instance_type().map(str::to_owned),
                has_instance_requirements: entry.instance_requirements().is_some(),
                weighted_capacity: entry
                    .weighted_capacity()
                    .and_then(|units| units.parse().ok()),
                launch_template: entry
                    .launch_template_specification()
                    .and_then(launch_template),
            })
            .collect(),
        spot_max_price: distribution
            .and_then(|distribution| distribution.spot_max_price())
            .map(str::to_owned),
        on_demand_base: distribution
            .and_then(|distribution| distribution.on_demand_base_capacity())
            .unwrap_or(0),
        // Auto Scaling's default is on-demand only.
        on_demand_percentage: distribution
            .and_then(|distribution| distribution.on_demand_percentage_above_base_capacity())
            .unwrap_or(100),
    })
}

/// Auto Scaling answers with the template's id also where the group was made with its name.
fn launch_template(template: &LaunchTemplateSpecification) -> Option<LaunchTemplate> {
    Some(LaunchTemplate {
        id: template.launch_template_id()?.to_owned(),
        version: template.version().unwrap_or("$Default").to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subnets_are_split_and_a_template_without_version_is_the_default_one() {
        let described = types::AutoScalingGroup::builder()
            .auto_scaling_group_name("workers")
            .vpc_zone_identifier("subnet-1, subnet-2,")
            .launch_template(
                LaunchTemplateSpecification::builder()
                    .launch_template_id("lt-1")
                    .build(),
            )
            .build();
        let group = group(&described);
        assert_eq!(group.subnet_ids, ["subnet-1", "subnet-2"]);
        assert_eq!(
            group.launch_source,
            Some(LaunchSource::LaunchTemplate(LaunchTemplate {
                id: "lt-1".into(),
                version: "$Default".into()
            }))
        );
    }
}

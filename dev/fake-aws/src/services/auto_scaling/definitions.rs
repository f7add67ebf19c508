//! Groups and policies as the emulator keeps them, with what it would drop.

use super::{
    AutoScaling, State, VERSION,
    group::{Group, Place},
    numbered,
};
use crate::{
    LocalAwsError,
    emulator::EC2_VERSION,
    front::xml::{
        AutoScalingGroup, DescribeAutoScalingGroupsResponse, DescribePoliciesResponse,
        DescribeSubnetsResponse, Policy, SuspendedProcess,
    },
};

impl AutoScaling {
    pub(super) async fn described(
        &self,
        name: &str,
    ) -> Result<Option<AutoScalingGroup>, LocalAwsError> {
        Ok(self.definitions(&[name.to_owned()]).await?.pop())
    }

    pub(super) async fn definitions(
        &self,
        names: &[String],
    ) -> Result<Vec<AutoScalingGroup>, LocalAwsError> {
        let reply: DescribeAutoScalingGroupsResponse = self
            .emulator
            .query(
                "autoscaling",
                "DescribeAutoScalingGroups",
                VERSION,
                &numbered("AutoScalingGroupNames.member", names),
            )
            .await?;
        let mut groups = reply.result.auto_scaling_groups.member;
        let state = self.state.lock().await;
        for group in &mut groups {
            let name = &group.auto_scaling_group_name;
            if let Some(policy) = state.mixed_instances_policies.get(name) {
                group.mixed_instances_policy = Some(policy.clone());
                group.launch_template = None;
                group.launch_configuration_name = String::new();
            } else if let Some(configuration) = state.launch_configurations.get(name) {
                group.launch_configuration_name = configuration.clone();
                group.launch_template = None;
                group.mixed_instances_policy = None;
            } else if let Some(template) = state.launch_templates.get(name) {
                group.launch_template = Some(template.clone());
                group.launch_configuration_name = String::new();
                group.mixed_instances_policy = None;
            }
            if state.without_rebalancing.contains(name) {
                group.suspended_processes.member = vec![SuspendedProcess::az_rebalance()];
            }
            group.warm_pool_configuration = state.warm_pools.get(name).cloned();
        }
        Ok(groups)
    }

    pub(super) async fn policies(&self, group: Option<&str>) -> Result<Vec<Policy>, LocalAwsError> {
        let parameters: Vec<_> = group
            .map(|group| ("AutoScalingGroupName".to_owned(), group.to_owned()))
            .into_iter()
            .collect();
        let reply: DescribePoliciesResponse = self
            .emulator
            .query("autoscaling", "DescribePolicies", VERSION, &parameters)
            .await?;
        Ok(reply.result.scaling_policies.member)
    }

    /// Where the group launches, in the order of its subnets.
    pub(super) async fn places(
        &self,
        group: &AutoScalingGroup,
    ) -> Result<Vec<Place>, LocalAwsError> {
        let ids: Vec<_> = group
            .vpc_zone_identifier
            .split(',')
            .filter(|id| !id.is_empty())
            .map(str::to_owned)
            .collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let reply: DescribeSubnetsResponse = self
            .emulator
            .query(
                "ec2",
                "DescribeSubnets",
                EC2_VERSION,
                &numbered("SubnetId", &ids),
            )
            .await?;
        let subnets = reply.subnet_set.item;
        Ok(ids
            .into_iter()
            .filter_map(|id| {
                let subnet = subnets.iter().find(|subnet| subnet.subnet_id == id)?;
                Some(Place {
                    zone: subnet.availability_zone.clone(),
                    zone_id: subnet.availability_zone_id.clone(),
                    subnet: id,
                })
            })
            .collect())
    }

    /// The group's state, with its definition as it is now.
    pub(super) async fn group<'a>(
        &self,
        state: &'a mut State,
        described: &AutoScalingGroup,
    ) -> Result<&'a mut Group, LocalAwsError> {
        let places = self.places(described).await?;
        let launch = self.launch(described, &state.spot_prices).await?;
        let definition = launch.definition(described, places);
        let group = state
            .groups
            .entry(described.auto_scaling_group_name.clone())
            .or_insert_with(|| Group::new(definition.clone(), described.desired_capacity));
        group.definition = definition;
        Ok(group)
    }
}

//! What the describing actions show.

use jiff::Timestamp;

use super::{AutoScaling, filters};
use crate::{
    LocalAwsError,
    front::{
        reply::Reply,
        request::Request,
        xml::{AutoScalingInstance, Members},
    },
};

impl AutoScaling {
    pub(super) async fn describe_groups(&self, request: &Request) -> Result<Reply, LocalAwsError> {
        let names: Vec<_> = request
            .list("AutoScalingGroupNames.member")
            .into_iter()
            .map(str::to_owned)
            .collect();
        let now = Timestamp::now();
        let mut content = String::new();
        let filters = filters::filters(request);
        for mut described in self.definitions(&names).await? {
            if !filters::pass(&filters, &described.tags.member) {
                continue;
            }
            let places = self.places(&described).await?;
            if !places.is_empty() {
                let mut member: Vec<_> = places.into_iter().map(|place| place.zone).collect();
                member.sort();
                member.dedup();
                described.availability_zones = Members { member };
            }
            let state = self.state.lock().await;
            if let Some(group) = state.groups.get(&described.auto_scaling_group_name) {
                described.desired_capacity = group.desired;
                described.instances = Members {
                    member: group.instances(now),
                };
            }
            let xml = quick_xml::se::to_string_with_root("member", &described)
                .map_err(|error| LocalAwsError::call("DescribeAutoScalingGroups", error))?;
            content.push_str(&xml);
        }
        Ok(Reply::auto_scaling(
            "DescribeAutoScalingGroups",
            &format!("<AutoScalingGroups>{content}</AutoScalingGroups>"),
        ))
    }

    /// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingInstances.html>.
    pub(super) async fn describe_instances(
        &self,
        request: &Request,
    ) -> Result<Reply, LocalAwsError> {
        let ids = request.list("InstanceIds.member");
        let now = Timestamp::now();
        let mut content = String::new();
        // Asked for anew, for a deleted group has no instances.
        for described in self.definitions(&[]).await? {
            let name = described.auto_scaling_group_name;
            let state = self.state.lock().await;
            let Some(group) = state.groups.get(&name) else {
                continue;
            };
            for instance in group.instances(now) {
                if !ids.is_empty() && !ids.contains(&instance.instance_id.as_str()) {
                    continue;
                }
                let instance = AutoScalingInstance::new(instance, &name);
                let xml = quick_xml::se::to_string_with_root("member", &instance)
                    .map_err(|error| LocalAwsError::call("DescribeAutoScalingInstances", error))?;
                content.push_str(&xml);
            }
        }
        Ok(Reply::auto_scaling(
            "DescribeAutoScalingInstances",
            &format!("<AutoScalingInstances>{content}</AutoScalingInstances>"),
        ))
    }

    pub(super) async fn describe_activities(&self, request: &Request) -> Reply {
        let name = request.get("AutoScalingGroupName");
        let state = self.state.lock().await;
        let mut activities: Vec<_> = state
            .groups
            .iter()
            .filter(|(group, _)| name.is_none_or(|name| name == group.as_str()))
            .flat_map(|(_, group)| &group.activities)
            .collect();
        activities.sort_by_key(|activity| std::cmp::Reverse(activity.started_at));
        let size = request
            .get("MaxRecords")
            .and_then(|text| text.parse().ok())
            .unwrap_or(100_usize);
        let begin = request
            .get("NextToken")
            .and_then(|text| text.parse().ok())
            .unwrap_or_default();
        let mut content = String::new();
        for activity in activities.iter().skip(begin).take(size) {
            activity.write(&mut content);
        }
        let next = if begin + size < activities.len() {
            format!("<NextToken>{}</NextToken>", begin + size)
        } else {
            String::new()
        };
        Reply::auto_scaling(
            "DescribeScalingActivities",
            &format!("<Activities>{content}</Activities>{next}"),
        )
    }

    pub(super) async fn describe_launch_configurations(
        &self,
        request: &Request,
    ) -> Result<Reply, LocalAwsError> {
        let names = request
            .list("LaunchConfigurationNames.member")
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>();
        let configurations = self.launch_configurations(&names).await?;
        let state = self.state.lock().await;
        let content: String = configurations
            .iter()
            .map(|configuration| {
                let price = state
                    .spot_prices
                    .get(&configuration.launch_configuration_name);
                configuration.write(price.map(String::as_str))
            })
            .collect();
        Ok(Reply::auto_scaling(
            "DescribeLaunchConfigurations",
            &format!("<LaunchConfigurations>{content}</LaunchConfigurations>"),
        ))
    }
}

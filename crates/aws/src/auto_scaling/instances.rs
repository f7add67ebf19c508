//! Instances of groups.

use aws_sdk_autoscaling::Client;

use crate::AwsError;

/// An instance that belongs to a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupInstance {
    /// The group.
    pub auto_scaling_group_name: String,
    /// Such as `g4dn.xlarge`.
    pub instance_type: Option<String>,
    /// Where it runs.
    pub availability_zone: String,
}

/// The group of an instance; `None` where it belongs to none.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingInstances.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn describe_instance(
    client: &Client,
    instance_id: &str,
) -> Result<Option<GroupInstance>, AwsError> {
    let instances = client
        .describe_auto_scaling_instances()
        .instance_ids(instance_id)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| AwsError::new("autoscaling:DescribeAutoScalingInstances", error))?;
    Ok(instances.first().and_then(|instance| {
        Some(GroupInstance {
            auto_scaling_group_name: instance.auto_scaling_group_name()?.to_owned(),
            instance_type: instance.instance_type().map(str::to_owned),
            availability_zone: instance.availability_zone()?.to_owned(),
        })
    }))
}

//! What a launch configuration says.

use aws_sdk_autoscaling::Client;

use crate::{AwsError, LaunchSettings};

/// A launch configuration by its name; `None` where there is none of that name.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeLaunchConfigurations.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn describe_launch_configuration(
    client: &Client,
    name: &str,
) -> Result<Option<LaunchSettings>, AwsError> {
    let configurations = client
        .describe_launch_configurations()
        .launch_configuration_names(name)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| AwsError::new("autoscaling:DescribeLaunchConfigurations", error))?;
    Ok(configurations.first().map(|configuration| LaunchSettings {
        instance_type: configuration
            .instance_type()
            .filter(|name| !name.is_empty())
            .map(str::to_owned),
        has_instance_requirements: false,
        image_id: configuration
            .image_id()
            .filter(|id| !id.is_empty())
            .map(str::to_owned),
        instance_profile: None,
        // A launch configuration asks for spot by naming a price.
        is_spot: configuration.spot_price().is_some(),
        maximum_price: configuration.spot_price().map(str::to_owned),
    }))
}

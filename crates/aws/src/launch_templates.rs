//! What a launch template says.

pub use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{MarketType, ResponseLaunchTemplateData};

use crate::{AwsError, LaunchSettings};

/// One version of a launch template, by its id; `$Default` and `$Latest` are versions too.
/// `None` where there is no such version.
/// See <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplateVersions.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn describe_version(
    client: &Client,
    launch_template_id: &str,
    version: &str,
) -> Result<Option<LaunchSettings>, AwsError> {
    let versions = client
        .describe_launch_template_versions()
        .launch_template_id(launch_template_id)
        .versions(version)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| AwsError::new("ec2:DescribeLaunchTemplateVersions", error));
    match versions {
        Ok(versions) => Ok(versions
            .first()
            .and_then(|version| version.launch_template_data())
            .map(launch_settings)),
        Err(error) if error.code.starts_with("InvalidLaunchTemplate") => Ok(None),
        Err(error) => Err(error),
    }
}

fn launch_settings(data: &ResponseLaunchTemplateData) -> LaunchSettings {
    LaunchSettings {
        instance_type: data.instance_type().map(|name| name.as_str().to_owned()),
        has_instance_requirements: data.instance_requirements().is_some(),
        image_id: data.image_id().map(str::to_owned),
        instance_profile: data
            .iam_instance_profile()
            .and_then(|profile| profile.arn().or(profile.name()))
            .map(str::to_owned),
        is_spot: data
            .instance_market_options()
            .and_then(|market| market.market_type())
            .is_some_and(|market| *market == MarketType::Spot),
        maximum_price: data
            .instance_market_options()
            .and_then(|market| market.spot_options())
            .and_then(|spot| spot.max_price())
            .map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ec2::types::{
        InstanceType, LaunchTemplateIamInstanceProfileSpecification,
        LaunchTemplateInstanceMarketOptions, LaunchTemplateSpotMarketOptions,
    };

    #[test]
    fn type_image_profile_and_price_are_read() {
        let spot = LaunchTemplateSpotMarketOptions::builder().max_price("0.5");
        let data = ResponseLaunchTemplateData::builder()
            .instance_type(InstanceType::from("g4dn.xlarge"))
            .image_id("ami-1")
            .iam_instance_profile(
                LaunchTemplateIamInstanceProfileSpecification::builder()
                    .name("workers")
                    .build(),
            )
            .instance_market_options(
                LaunchTemplateInstanceMarketOptions::builder()
                    .market_type(MarketType::Spot)
                    .spot_options(spot.build())
                    .build(),
            )
            .build();
        let settings = launch_settings(&data);
        assert_eq!(settings.instance_type.as_deref(), Some("g4dn.xlarge"));
        assert_eq!(settings.image_id.as_deref(), Some("ami-1"));
        assert_eq!(settings.instance_profile.as_deref(), Some("workers"));
        assert_eq!(settings.maximum_price.as_deref(), Some("0.5"));
        assert!(settings.is_spot);
        let nothing = ResponseLaunchTemplateData::builder().build();
        assert_eq!(launch_settings(&nothing), LaunchSettings::default());
    }
}

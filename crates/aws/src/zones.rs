//! The Availability Zones of the region.

use aws_sdk_ec2::types::AvailabilityZoneState;

pub use aws_sdk_ec2::Client;

use crate::AwsError;

/// The names of the region's Availability Zones that are available to the account, sorted; local
/// and wavelength zones are not among them.
/// See <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn of_region(client: &Client) -> Result<Vec<String>, AwsError> {
    let reply = client
        .describe_availability_zones()
        .send()
        .await
        .map_err(|error| AwsError::new("ec2:DescribeAvailabilityZones", error))?;
    let mut names: Vec<_> = reply
        .availability_zones()
        .iter()
        .filter(|zone| zone.state() == Some(&AvailabilityZoneState::Available))
        .filter(|zone| zone.zone_type() == Some("availability-zone"))
        .filter_map(|zone| zone.zone_name().map(str::to_owned))
        .collect();
    names.sort();
    Ok(names)
}

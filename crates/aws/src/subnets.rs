//! Subnets and where they lie.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;

use crate::AwsError;

/// An Availability Zone under its two names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Zone {
    /// The account's name for it, such as `eu-west-1a`.
    pub name: String,
    /// Its id, the same in every account, such as `euw1-az1`; placement scores go by it.
    pub id: String,
}

/// The Availability Zone of each subnet, by the subnet's id.
/// See <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html>.
///
/// # Errors
/// [`AwsError`] when the call fails, also when a subnet is gone.
pub async fn availability_zones(
    client: &Client,
    subnet_ids: impl IntoIterator<Item = String>,
) -> Result<BTreeMap<String, Zone>, AwsError> {
    let subnet_ids: Vec<_> = subnet_ids.into_iter().collect();
    // Without ids EC2 would list every subnet of the region.
    if subnet_ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let subnets = client
        .describe_subnets()
        .set_subnet_ids(Some(subnet_ids))
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| AwsError::new("ec2:DescribeSubnets", error))?;
    Ok(subnets
        .iter()
        .filter_map(|subnet| {
            Some((
                subnet.subnet_id()?.to_owned(),
                Zone {
                    name: subnet.availability_zone()?.to_owned(),
                    // Without an id the zone has no score, but its prices still count.
                    id: subnet.availability_zone_id().unwrap_or_default().to_owned(),
                },
            ))
        })
        .collect())
}

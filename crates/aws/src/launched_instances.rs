//! The instances that a call has launched, by its client token.

pub use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{Filter, Instance, Reservation};
use spotmanager_domain::ClientToken;

use crate::AwsError;

/// The most values of a filter.
/// See <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html>.
const MOST_VALUES: usize = 200;

/// An instance, and the token that launched it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaunchedInstance {
    /// Its id.
    pub instance_id: String,
    /// Such as `g4dn.xlarge`.
    pub instance_type: String,
    /// Such as `us-east-1a`.
    pub availability_zone: String,
    /// The token.
    pub token: ClientToken,
}

/// The instances that were launched under one of these tokens, also if they have ended since.
///
/// # Errors
/// [`AwsError`] when a call fails.
pub async fn launched_under(
    client: &Client,
    tokens: &[ClientToken],
) -> Result<Vec<LaunchedInstance>, AwsError> {
    let mut launched = Vec::new();
    for tokens in tokens.chunks(MOST_VALUES) {
        let values = tokens.iter().map(ToString::to_string).collect();
        let filter = Filter::builder().name("client-token");
        let filter = filter.set_values(Some(values)).build();
        let reservations = client
            .describe_instances()
            .filters(filter)
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .map_err(|error| AwsError::new("ec2:DescribeInstances", error))?;
        let instances = reservations.iter().flat_map(Reservation::instances);
        launched.extend(instances.filter_map(read));
    }
    Ok(launched)
}

fn read(instance: &Instance) -> Option<LaunchedInstance> {
    let placement = instance.placement();
    let zone = placement.and_then(|placement| placement.availability_zone());
    Some(LaunchedInstance {
        instance_id: instance.instance_id()?.to_owned(),
        instance_type: instance
            .instance_type()
            .map(|instance_type| instance_type.as_str().to_owned())
            .unwrap_or_default(),
        availability_zone: zone.unwrap_or_default().to_owned(),
        token: ClientToken::try_from(instance.client_token()?.to_owned()).ok()?,
    })
}

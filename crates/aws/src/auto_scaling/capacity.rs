//! The size of one group, read now.

use aws_sdk_autoscaling::Client;
use spotmanager_domain::{Capacity, ErrorName, NamedError};

use super::{groups, size::capacity};
use crate::AwsError;

/// Why a group's size could not be told.
#[derive(Debug, thiserror::Error)]
pub enum CapacityError {
    /// The call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// There is no such group.
    #[error(
        "auto_scaling_group_name is {name:?}; it should be the name of an Auto Scaling group that exists"
    )]
    GroupNotFound {
        /// The name that was asked for.
        name: String,
    },
}

impl NamedError for CapacityError {
    fn name(&self) -> ErrorName {
        match self {
            Self::Aws(error) => error.name(),
            Self::GroupNotFound { .. } => ErrorName::GroupNotFound,
        }
    }
}

/// Asks for a group's size as it is now.
///
/// # Errors
/// [`CapacityError`] when the call fails or there is no such group.
pub async fn describe_capacity(client: &Client, name: &str) -> Result<Capacity, CapacityError> {
    let request = client.describe_auto_scaling_groups();
    let groups = groups::all(request.auto_scaling_group_names(name)).await?;
    groups
        .first()
        .map(capacity)
        .ok_or_else(|| CapacityError::GroupNotFound {
            name: name.to_owned(),
        })
}

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
    Ok(describe_capacities(client, name, None).await?.0)
}

/// The same for a group and, in the same call, another one; `None` for it if it does not exist.
///
/// # Errors
/// [`CapacityError`] when the call fails or there is no group `name`.
pub async fn describe_capacities(
    client: &Client,
    name: &str,
    other: Option<&str>,
) -> Result<(Capacity, Option<Capacity>), CapacityError> {
    let names = [Some(name), other].into_iter().flatten();
    let names = names.map(str::to_owned).collect();
    let request = client.describe_auto_scaling_groups();
    let groups = groups::all(request.set_auto_scaling_group_names(Some(names))).await?;
    let of = |name| {
        let mut groups = groups.iter();
        groups.find(|group| group.auto_scaling_group_name() == Some(name))
    };
    let found = of(name).map(capacity);
    let found = found.ok_or_else(|| CapacityError::GroupNotFound {
        name: name.to_owned(),
    })?;
    Ok((found, other.and_then(of).map(capacity)))
}

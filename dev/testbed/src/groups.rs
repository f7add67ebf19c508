//! The groups' sizes.

use std::time::Duration;

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_sdk_autoscaling::{Client, types::LifecycleState};

use crate::poll;

/// How large a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupSize {
    /// What it is asked to have, instances.
    pub desired: i32,
    /// What is in service, instances.
    pub in_service: usize,
}

impl GroupSize {
    /// A group that has what it asks for.
    #[must_use]
    pub fn settled(instances: usize) -> Self {
        Self {
            desired: i32::try_from(instances).unwrap_or(i32::MAX),
            in_service: instances,
        }
    }
}

/// A group's size.
///
/// # Errors
/// When there is no such group.
pub async fn group_size(config: &SdkConfig, name: &str) -> Result<GroupSize> {
    let reply = Client::new(config)
        .describe_auto_scaling_groups()
        .auto_scaling_group_names(name)
        .send()
        .await?;
    let group = reply
        .auto_scaling_groups()
        .first()
        .with_context(|| format!("there is no group {name}"))?;
    Ok(GroupSize {
        desired: group.desired_capacity().unwrap_or_default(),
        in_service: group
            .instances()
            .iter()
            .filter(|instance| instance.lifecycle_state() == Some(&LifecycleState::InService))
            .count(),
    })
}

/// Waits until the group asks for `size` and has it in service.
///
/// # Errors
/// When it does not come to that within `at_most`.
pub async fn wait_for_size(
    config: &SdkConfig,
    name: &str,
    size: usize,
    at_most: Duration,
) -> Result<()> {
    poll(
        &format!("{name} coming to {size} instances"),
        at_most,
        async || {
            let now = group_size(config, name).await?;
            Ok((now == GroupSize::settled(size)).then_some(()))
        },
    )
    .await
}

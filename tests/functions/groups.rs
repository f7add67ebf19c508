//! Bringing a group into the state that a test begins with.

use std::time::Duration;

use anyhow::{Result, ensure};
use aws_sdk_autoscaling::Client;
use spotmanager_testbed::{Stage, group_size, wait_for_size};

/// As often as the SDK tries.
pub(crate) const EVERY_ATTEMPT: usize = 3;
/// What bringing capacity may take before a test gives up on it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// Asks for so many instances.
pub(crate) async fn ask_for(stage: &Stage, group: &str, instances: i32) -> Result<()> {
    Client::new(&stage.config)
        .set_desired_capacity()
        .auto_scaling_group_name(group)
        .desired_capacity(instances)
        .send()
        .await?;
    Ok(())
}

/// Brings one instance into service.
pub(crate) async fn bring_one(stage: &Stage, group: &str) -> Result<()> {
    bring(stage, group, 1).await
}

/// Brings a group to so many instances in service.
pub(crate) async fn bring(stage: &Stage, group: &str, instances: i32) -> Result<()> {
    ask_for(stage, group, instances).await?;
    wait_for_size(&stage.config, group, usize::try_from(instances)?, PATIENCE).await
}

/// Hangs the policy `grow` on the group, which adds one instance and then rests for an hour.
pub(crate) async fn hang_grow(stage: &Stage, group: &str) -> Result<()> {
    Client::new(&stage.config)
        .put_scaling_policy()
        .auto_scaling_group_name(group)
        .policy_name("grow")
        .policy_type("SimpleScaling")
        .adjustment_type("ChangeInCapacity")
        .scaling_adjustment(1)
        .cooldown(3600)
        .send()
        .await?;
    Ok(())
}

/// Executes the policy `grow`, whose rest begins.
pub(crate) async fn grow(stage: &Stage, group: &str) -> Result<()> {
    Client::new(&stage.config)
        .execute_policy()
        .auto_scaling_group_name(group)
        .policy_name("grow")
        .send()
        .await?;
    Ok(())
}

/// Checks what the group is asked to have.
pub(crate) async fn asks_for(stage: &Stage, group: &str, expected: i32) -> Result<()> {
    let desired = group_size(&stage.config, group).await?.desired;
    ensure!(
        desired == expected,
        "{group} asks for {desired} instead of {expected}"
    );
    Ok(())
}

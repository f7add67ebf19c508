//! Telling a group to change its size.

use aws_sdk_autoscaling::Client;
use spotmanager_contract::{ExecutePolicyCall, SetDesiredCapacityCall};

use crate::AwsError;

/// Executes a scaling policy. The call is not idempotent, so the caller looks first whether it
/// took effect before, and the SDK sends it once: a retry within the SDK would not look.
///
/// # Errors
/// [`AwsError`], named `ScalingInProgress` where the group is in a cooldown.
pub async fn execute_policy(client: &Client, call: &ExecutePolicyCall) -> Result<(), AwsError> {
    client
        .execute_policy()
        .auto_scaling_group_name(&call.auto_scaling_group_name)
        .policy_name(&call.policy_name)
        .set_honor_cooldown(call.honor_cooldown)
        .set_metric_value(call.metric_value.map(f64::from))
        .set_breach_threshold(call.breach_threshold.map(f64::from))
        .customize()
        .config_override(
            aws_sdk_autoscaling::config::Builder::new()
                .retry_config(aws_sdk_autoscaling::config::retry::RetryConfig::disabled()),
        )
        .send()
        .await
        .map_err(|error| AwsError::new("autoscaling:ExecutePolicy", error))?;
    Ok(())
}

/// Sets what a group is asked to have.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn set_desired_capacity(
    client: &Client,
    call: &SetDesiredCapacityCall,
) -> Result<(), AwsError> {
    client
        .set_desired_capacity()
        .auto_scaling_group_name(&call.auto_scaling_group_name)
        .desired_capacity(call.desired_capacity)
        .honor_cooldown(call.honor_cooldown)
        .send()
        .await
        .map_err(|error| AwsError::new("autoscaling:SetDesiredCapacity", error))?;
    Ok(())
}

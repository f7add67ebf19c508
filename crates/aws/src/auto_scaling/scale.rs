//! Telling a group to change its size.

use aws_sdk_autoscaling::Client;
use spotmanager_decision::ScaleUpPolicy;

use crate::AwsError;

/// A step policy's first step begins at its threshold: this metric value is just there.
const METRIC_VALUE: f64 = 1.0;
const BREACH_THRESHOLD: f64 = 1.0;

/// Executes a scaling policy. The call is not idempotent, so the caller looks first whether it
/// took effect before, and the SDK sends it once: a retry within the SDK would not look.
///
/// # Errors
/// [`AwsError`], named `ScalingInProgress` where the group is in a cooldown.
pub async fn execute_policy(
    client: &Client,
    auto_scaling_group_name: &str,
    policy: &ScaleUpPolicy,
    honor_cooldown: bool,
) -> Result<(), AwsError> {
    let call = client
        .execute_policy()
        .auto_scaling_group_name(auto_scaling_group_name)
        .policy_name(&policy.policy_name);
    // Step policies know no cooldown, and simple ones no metric.
    let call = if policy.is_step_scaling() {
        call.metric_value(METRIC_VALUE)
            .breach_threshold(BREACH_THRESHOLD)
    } else {
        call.honor_cooldown(honor_cooldown)
    };
    call.customize()
        .config_override(
            aws_sdk_autoscaling::config::Builder::new()
                .retry_config(aws_sdk_autoscaling::config::retry::RetryConfig::disabled()),
        )
        .send()
        .await
        .map_err(|error| AwsError::new("autoscaling:ExecutePolicy", error))?;
    Ok(())
}

/// Sets what the group is asked to have, in instances, whether or not it is in a cooldown.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn set_desired_capacity(
    client: &Client,
    auto_scaling_group_name: &str,
    desired_capacity: i32,
) -> Result<(), AwsError> {
    client
        .set_desired_capacity()
        .auto_scaling_group_name(auto_scaling_group_name)
        .desired_capacity(desired_capacity)
        .honor_cooldown(false)
        .send()
        .await
        .map_err(|error| AwsError::new("autoscaling:SetDesiredCapacity", error))?;
    Ok(())
}

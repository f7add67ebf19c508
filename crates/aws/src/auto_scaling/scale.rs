//! Telling a group to change its size.

use aws_sdk_autoscaling::{
    Client,
    config::{Builder, retry::RetryConfig},
};
use spotmanager_domain::{ExecutePolicyCall, SetDesiredCapacityCall};

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
        .config_override(sent_once())
        .send()
        .await
        .map_err(|error| AwsError::new("autoscaling:ExecutePolicy", error))?;
    Ok(())
}

fn sent_once() -> Builder {
    Builder::new().retry_config(RetryConfig::disabled())
}

/// Sets what a group is asked to have. The SDK sends the call once: a retry within the SDK would not
/// look what others ask for meanwhile, and a refusal after it would not say that nothing was changed.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetDesiredCapacity.html>.
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
        .customize()
        .config_override(sent_once())
        .send()
        .await
        .map_err(|error| AwsError::new("autoscaling:SetDesiredCapacity", error))?;
    Ok(())
}

/// Takes an instance out of its group. If DesiredCapacity `decrements` with it, the group does not
/// replace it, otherwise it launches another one. False if the instance is not in the group any more.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DetachInstances.html>.
///
/// # Errors
/// [`AwsError`] when the call fails, such as for a group at its MinSize.
pub async fn detach_instance(
    client: &Client,
    auto_scaling_group_name: &str,
    instance_id: &str,
    decrements: bool,
) -> Result<bool, AwsError> {
    let reply = client
        .detach_instances()
        .auto_scaling_group_name(auto_scaling_group_name)
        .instance_ids(instance_id)
        .should_decrement_desired_capacity(decrements)
        .send()
        .await
        .map_err(|error| AwsError::new("autoscaling:DetachInstances", error));
    match reply {
        Ok(_) => Ok(true),
        // Auto Scaling has no error code of its own for an instance that has left, or is leaving.
        Err(error)
            if error.message.contains("not part of Auto Scaling group")
                || error.message.contains("not in InService or Standby") =>
        {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

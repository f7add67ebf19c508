//! The calls that change a group, as they are made and as a dry run shows them.

use crate::{ClientToken, ScalingPolicy};
use serde::{Deserialize, Serialize};

/// A step policy's first step begins at its threshold: this metric value is just there.
const AT_THRESHOLD: u32 = 1;

/// A call that changes a group, with its parameters under AWS's names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "Action")]
pub enum ScalingCall {
    /// Scales up or down.
    #[serde(rename = "autoscaling:ExecutePolicy")]
    ExecutePolicy(ExecutePolicyCall),
    /// Raises or lowers.
    #[serde(rename = "autoscaling:SetDesiredCapacity")]
    SetDesiredCapacity(SetDesiredCapacityCall),
    /// Launches zone by zone.
    #[serde(rename = "autoscaling:LaunchInstances")]
    LaunchInstances(LaunchInstancesCalls),
}

/// The calls that a plan begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LaunchInstancesCalls {
    /// One for each zone. Others follow for what these do not bring.
    pub calls: Vec<LaunchInstancesCall>,
}

/// The parameters of `autoscaling:LaunchInstances`.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchInstances.html>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LaunchInstancesCall {
    /// The group.
    pub auto_scaling_group_name: String,
    /// How many instances or units.
    pub requested_capacity: i32,
    /// Under which the call has an effect once.
    pub client_token: ClientToken,
    /// The zone.
    pub availability_zones: [String; 1],
    /// What becomes of what EC2 does not have: `none`, the group does not go on trying.
    pub retry_strategy: RetryStrategy,
}

/// What becomes of what EC2 does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryStrategy {
    /// The caller asks elsewhere.
    None,
}

/// The parameters of `autoscaling:SetDesiredCapacity`.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetDesiredCapacity.html>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetDesiredCapacityCall {
    /// The group.
    pub auto_scaling_group_name: String,
    /// What it is asked to have, instances.
    pub desired_capacity: i32,
    /// Whether a cooldown is waited for.
    pub honor_cooldown: bool,
}

/// The parameters of `autoscaling:ExecutePolicy`.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_ExecutePolicy.html>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ExecutePolicyCall {
    /// The group.
    pub auto_scaling_group_name: String,
    /// The policy.
    pub policy_name: String,
    /// Whether a cooldown is waited for; step policies know none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub honor_cooldown: Option<bool>,
    /// For a step policy, the metric that chooses the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric_value: Option<u32>,
    /// For a step policy, the threshold that the metric is held against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breach_threshold: Option<u32>,
}

impl ExecutePolicyCall {
    /// The call that executes `policy` on the group.
    #[must_use]
    pub fn of(auto_scaling_group_name: &str, policy: &ScalingPolicy, honor_cooldown: bool) -> Self {
        let is_step = policy.is_step_scaling();
        let at_threshold = is_step.then_some(AT_THRESHOLD);
        Self {
            auto_scaling_group_name: auto_scaling_group_name.to_owned(),
            policy_name: policy.policy_name.clone(),
            honor_cooldown: (!is_step).then_some(honor_cooldown),
            metric_value: at_threshold,
            breach_threshold: at_threshold,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn call(policy_type: &str) -> serde_json::Value {
        let policy = ScalingPolicy {
            policy_name: "ScaleUp".into(),
            policy_type: policy_type.into(),
            adjustment_type: "ChangeInCapacity".into(),
            scaling_adjustment: 1,
            min_adjustment_magnitude: None,
        };
        let call = ExecutePolicyCall::of("workers", &policy, true);
        serde_json::to_value(ScalingCall::ExecutePolicy(call)).unwrap()
    }

    #[test]
    fn a_simple_policy_honors_a_cooldown_and_a_step_policy_needs_a_metric() {
        assert_eq!(
            call("SimpleScaling"),
            json!({"Action": "autoscaling:ExecutePolicy", "AutoScalingGroupName": "workers", "PolicyName": "ScaleUp", "HonorCooldown": true})
        );
        assert_eq!(
            call("StepScaling"),
            json!({"Action": "autoscaling:ExecutePolicy", "AutoScalingGroupName": "workers", "PolicyName": "ScaleUp", "MetricValue": 1, "BreachThreshold": 1})
        );
    }
}

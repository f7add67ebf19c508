//! The scaling policies attached to a group.

use aws_sdk_autoscaling::{Client, types::ScalingPolicy};
use spotmanager_domain::resources::Policy;

use crate::AwsError;

/// The policies of one group.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribePolicies.html>.
///
/// # Errors
/// [`AwsError`] when a page cannot be had.
pub async fn describe_policies(
    client: &Client,
    auto_scaling_group_name: &str,
) -> Result<Vec<Policy>, AwsError> {
    let mut pages = client
        .describe_policies()
        .auto_scaling_group_name(auto_scaling_group_name)
        .into_paginator()
        .send();
    let mut policies = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| AwsError::new("autoscaling:DescribePolicies", error))?;
        policies.extend(page.scaling_policies().iter().map(policy));
    }
    Ok(policies)
}

fn policy(policy: &ScalingPolicy) -> Policy {
    Policy {
        name: policy.policy_name().unwrap_or_default().to_owned(),
        arn: policy.policy_arn().unwrap_or_default().to_owned(),
        // Auto Scaling's default where a policy was made without a type.
        policy_type: policy.policy_type().unwrap_or("SimpleScaling").to_owned(),
        adjustment_type: policy.adjustment_type().unwrap_or_default().to_owned(),
        scaling_adjustment: policy
            .scaling_adjustment()
            .or_else(|| step_at_threshold(policy)),
        adjustments: policy
            .step_adjustments()
            .iter()
            .filter_map(|step| step.scaling_adjustment())
            .chain(policy.scaling_adjustment())
            .collect(),
        cooldown_seconds: policy.cooldown(),
        min_adjustment_magnitude: policy.min_adjustment_magnitude(),
        enabled: policy.enabled().unwrap_or(true),
    }
}

/// The step that a metric just at the threshold falls into: a scale-out's lower bound is
/// inclusive, and an absent one is minus infinity.
fn step_at_threshold(policy: &ScalingPolicy) -> Option<i32> {
    policy
        .step_adjustments()
        .iter()
        .find(|step| {
            step.metric_interval_lower_bound()
                .is_none_or(|low| low <= 0.0)
                && step
                    .metric_interval_upper_bound()
                    .is_none_or(|high| high > 0.0)
        })
        .and_then(|step| step.scaling_adjustment())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_autoscaling::types::StepAdjustment;

    #[test]
    fn a_step_policy_adjusts_by_the_step_at_its_threshold() {
        let step = |low: f64, by| {
            StepAdjustment::builder()
                .metric_interval_lower_bound(low)
                .metric_interval_upper_bound(low + 10.0)
                .scaling_adjustment(by)
                .build()
        };
        let described = ScalingPolicy::builder()
            .policy_type("StepScaling")
            .step_adjustments(step(10.0, 3))
            .step_adjustments(step(0.0, 1))
            .build();
        let policy = policy(&described);
        assert_eq!(policy.scaling_adjustment, Some(1));
        assert_eq!(policy.adjustments, [3, 1]);
    }
}

//! What executing a policy makes of a group's capacity.
//! See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html>.

use crate::front::xml::Policy;

/// The capacity after the policy, before the group's bounds.
///
/// # Errors
/// The message with which Auto Scaling refuses to execute it.
pub(crate) fn adjusted(
    current: i32,
    policy: &Policy,
    metric: Option<(f64, f64)>,
) -> Result<i32, String> {
    let adjustment = match policy.policy_type.as_str() {
        "" | "SimpleScaling" => policy.scaling_adjustment.unwrap_or_default(),
        "StepScaling" => {
            let (value, threshold) =
                metric.ok_or("MetricValue and BreachThreshold are required for StepScaling")?;
            let distance = value - threshold;
            policy
                .step_adjustments
                .member
                .iter()
                .find(|step| {
                    step.metric_interval_lower_bound
                        .is_none_or(|low| low <= distance)
                        && step
                            .metric_interval_upper_bound
                            .is_none_or(|high| distance < high)
                })
                .map(|step| step.scaling_adjustment)
                .ok_or("No step adjustment applies to the metric value")?
        }
        other => return Err(format!("A policy of type {other} cannot be executed")),
    };
    Ok(match policy.adjustment_type.as_str() {
        "ExactCapacity" => adjustment,
        "PercentChangeInCapacity" => current + percent(current, adjustment, policy),
        _ => current + adjustment,
    })
}

/// Rounded towards zero above one instance and away from it below, at least the magnitude.
fn percent(current: i32, adjustment: i32, policy: &Policy) -> i32 {
    let hundredths = current * adjustment;
    let change = if hundredths.abs() < 100 {
        hundredths.signum()
    } else {
        hundredths / 100
    };
    let least = policy.min_adjustment_magnitude.unwrap_or_default();
    if change.abs() < least {
        least * adjustment.signum()
    } else {
        change
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::xml::{Members, StepAdjustment};

    fn simple(adjustment_type: &str, adjustment: i32) -> Policy {
        Policy {
            policy_type: "SimpleScaling".into(),
            adjustment_type: adjustment_type.into(),
            scaling_adjustment: Some(adjustment),
            ..Policy::default()
        }
    }

    #[test]
    fn each_adjustment_type_has_its_arithmetic() {
        for (current, adjustment_type, adjustment, expected) in [
            (1, "ChangeInCapacity", 2, 3),
            (5, "ExactCapacity", 2, 2),
            (10, "PercentChangeInCapacity", 25, 12),
            (1, "PercentChangeInCapacity", 25, 2),
            (10, "PercentChangeInCapacity", -25, 8),
        ] {
            let policy = simple(adjustment_type, adjustment);
            assert_eq!(adjusted(current, &policy, None), Ok(expected));
        }
        let mut least = simple("PercentChangeInCapacity", 10);
        least.min_adjustment_magnitude = Some(3);
        assert_eq!(adjusted(10, &least, None), Ok(13));
    }

    #[test]
    fn a_step_policy_needs_a_metric() {
        let step = |low, high, by| StepAdjustment {
            metric_interval_lower_bound: low,
            metric_interval_upper_bound: high,
            scaling_adjustment: by,
        };
        let policy = Policy {
            policy_type: "StepScaling".into(),
            step_adjustments: Members {
                member: vec![step(Some(0.0), Some(10.0), 1), step(Some(10.0), None, 3)],
            },
            ..Policy::default()
        };
        assert!(adjusted(0, &policy, None).is_err());
        assert_eq!(adjusted(0, &policy, Some((1.0, 1.0))), Ok(1));
        assert_eq!(adjusted(0, &policy, Some((11.0, 1.0))), Ok(3));
        assert!(adjusted(0, &policy, Some((0.0, 1.0))).is_err());
    }
}

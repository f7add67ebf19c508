//! A scaling policy, whether or not it can be executed.

/// A scaling policy of a group.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_ScalingPolicy.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// Its ARN, by which an alarm fires it.
    pub arn: String,
    /// `SimpleScaling`, `StepScaling`, `TargetTrackingScaling` or `PredictiveScaling`.
    pub policy_type: String,
    /// `ChangeInCapacity`, `ExactCapacity` or `PercentChangeInCapacity`; empty for other types.
    pub adjustment_type: String,
    /// A simple policy's adjustment, or that of the step that begins at the threshold.
    pub scaling_adjustment: Option<i32>,
    /// A simple policy's adjustment, or those of all steps.
    pub adjustments: Vec<i32>,
    /// How long the group rests after a simple policy, seconds; the group's own time if absent.
    pub cooldown_seconds: Option<i32>,
    /// The least change that a percentage makes.
    pub min_adjustment_magnitude: Option<i32>,
    /// Whether it is enabled.
    pub enabled: bool,
}

impl Policy {
    /// Whether it follows a metric or a forecast by itself.
    #[must_use]
    pub fn follows_a_metric(&self) -> bool {
        matches!(
            self.policy_type.as_str(),
            "TargetTrackingScaling" | "PredictiveScaling"
        )
    }

    /// Whether executing it may add capacity.
    #[must_use]
    pub fn adds(&self) -> bool {
        self.adjustments.iter().any(|by| *by > 0)
    }

    /// Whether executing it may take capacity away; an exact capacity may be reached from either
    /// side.
    #[must_use]
    pub fn takes(&self) -> bool {
        self.adjustment_type == "ExactCapacity" || self.adjustments.iter().any(|by| *by < 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_policy_may_do_follows_from_its_type_and_its_adjustments() {
        for (policy_type, adjustment_type, adjustments, [follows, adds, takes]) in [
            (
                "SimpleScaling",
                "ChangeInCapacity",
                vec![1],
                [false, true, false],
            ),
            (
                "SimpleScaling",
                "ChangeInCapacity",
                vec![-1],
                [false, false, true],
            ),
            (
                "SimpleScaling",
                "ChangeInCapacity",
                vec![0],
                [false, false, false],
            ),
            (
                "StepScaling",
                "ChangeInCapacity",
                vec![-1, 2],
                [false, true, true],
            ),
            (
                "SimpleScaling",
                "ExactCapacity",
                vec![2],
                [false, true, true],
            ),
            (
                "SimpleScaling",
                "ExactCapacity",
                vec![0],
                [false, false, true],
            ),
            ("TargetTrackingScaling", "", vec![], [true, false, false]),
            ("PredictiveScaling", "", vec![], [true, false, false]),
        ] {
            let policy = Policy {
                name: "policy".into(),
                arn: String::new(),
                policy_type: policy_type.into(),
                adjustment_type: adjustment_type.into(),
                scaling_adjustment: None,
                adjustments,
                cooldown_seconds: None,
                min_adjustment_magnitude: None,
                enabled: true,
            };
            assert_eq!(policy.follows_a_metric(), follows, "{policy:?}");
            assert_eq!(policy.adds(), adds, "{policy:?}");
            assert_eq!(policy.takes(), takes, "{policy:?}");
        }
    }
}

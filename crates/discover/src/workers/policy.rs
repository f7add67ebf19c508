//! The scale-up policy that is attached to a group.

use spotmanager_domain::{ScalingPolicy, resources::Policy};

use crate::workers::WorkersError;

const SCALE_UP: &str = "scale_up_policy_name_contains";

/// A group's name with the policies attached to it.
#[derive(Clone, Copy, Debug)]
pub struct Policies<'a> {
    /// The group's name.
    pub group: &'a str,
    /// Every policy on it.
    pub policies: &'a [Policy],
}

impl Policies<'_> {
    fn named(&self, contains: &str) -> Vec<&Policy> {
        self.policies
            .iter()
            .filter(|policy| policy.name.contains(contains))
            .collect()
    }
}

fn not_found(own: Policies<'_>, contains: &str) -> WorkersError {
    WorkersError::PolicyNotFound {
        field: SCALE_UP.into(),
        contains: contains.to_owned(),
        group: own.group.to_owned(),
        policies: list(&own.policies.iter().collect::<Vec<_>>()),
    }
}

/// The one policy of `own` whose name contains `contains`. `other` tells a policy that was put
/// on the wrong group from one that is missing.
///
/// # Errors
/// [`WorkersError`] where there is none, there are several, or it would not add capacity.
pub fn select(
    own: Policies<'_>,
    other: Policies<'_>,
    contains: &str,
) -> Result<ScalingPolicy, WorkersError> {
    let (named, others) = (own.named(contains), other.named(contains));
    match named[..] {
        [policy] => usable(policy, own.group),
        [] if others.len() > 1 => Err(on_other_group(contains, &others, other.group, own.group)),
        [] => Err(not_found(own, contains)),
        _ if others.is_empty() => Err(on_other_group(contains, &named, own.group, other.group)),
        _ => Err(WorkersError::AmbiguousPolicy {
            field: SCALE_UP.into(),
            contains: contains.to_owned(),
            policies: list(&named),
            group: own.group.to_owned(),
        }),
    }
}

fn on_other_group(
    contains: &str,
    policies: &[&Policy],
    has_all: &str,
    has_none: &str,
) -> WorkersError {
    WorkersError::PolicyOnOtherGroup {
        field: SCALE_UP.into(),
        contains: contains.to_owned(),
        policies: list(policies),
        other_group: has_all.to_owned(),
        group: has_none.to_owned(),
    }
}

fn usable(policy: &Policy, group: &str) -> Result<ScalingPolicy, WorkersError> {
    let refuse = |field, found: String, expected| {
        Err(WorkersError::UnusablePolicy {
            setting: SCALE_UP.into(),
            policy: policy.name.clone(),
            group: group.to_owned(),
            field,
            found,
            expected,
        })
    };
    if !matches!(policy.policy_type.as_str(), "SimpleScaling" | "StepScaling") {
        return refuse(
            "PolicyType",
            policy.policy_type.clone(),
            "SimpleScaling or StepScaling, which ExecutePolicy takes",
        );
    }
    if !policy.enabled {
        return refuse("Enabled", "false".to_owned(), "true");
    }
    match policy.scaling_adjustment {
        Some(scaling_adjustment) if scaling_adjustment > 0 => Ok(ScalingPolicy {
            policy_name: policy.name.clone(),
            policy_type: policy.policy_type.clone(),
            adjustment_type: policy.adjustment_type.clone(),
            scaling_adjustment,
            min_adjustment_magnitude: policy.min_adjustment_magnitude,
        }),
        found => refuse(
            "ScalingAdjustment",
            found.map_or_else(|| "none".to_owned(), |by| by.to_string()),
            "above 0, to add capacity",
        ),
    }
}

fn list(policies: &[&Policy]) -> String {
    if policies.is_empty() {
        return "none".to_owned();
    }
    let mut names: Vec<_> = policies.iter().map(|policy| policy.name.as_str()).collect();
    names.sort_unstable();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use spotmanager_domain::{ErrorName, NamedError};

    fn policy(name: &str, adjustment: i32) -> Policy {
        Policy {
            name: name.into(),
            arn: format!("arn:{name}"),
            policy_type: "SimpleScaling".into(),
            adjustment_type: "ChangeInCapacity".into(),
            scaling_adjustment: Some(adjustment),
            adjustments: vec![adjustment],
            cooldown_seconds: None,
            min_adjustment_magnitude: None,
            enabled: true,
        }
    }

    fn selected(own: &[Policy], other: &[Policy]) -> Result<ScalingPolicy, WorkersError> {
        let own = Policies {
            group: "spot-group",
            policies: own,
        };
        let other = Policies {
            group: "other-group",
            policies: other,
        };
        select(own, other, "ScaleUp")
    }

    #[test]
    fn the_one_policy_of_the_name_is_selected() {
        let own = [policy("a-ScaleUp-1", 1), policy("a-ScaleDown-2", -1)];
        assert_eq!(selected(&own, &[]).unwrap().policy_name, "a-ScaleUp-1");
    }

    #[test]
    fn each_refusal_has_its_name_and_says_where() {
        let [up, up_2, down] = [
            policy("ScaleUp", 1),
            policy("ScaleUp2", 1),
            policy("Down", -1),
        ];
        let lower = policy("ScaleUp", -1);
        let mut tracking = policy("ScaleUp", 1);
        tracking.policy_type = "TargetTrackingScaling".into();
        let mut disabled = policy("ScaleUp", 1);
        disabled.enabled = false;
        let both = [up.clone(), up_2.clone()];
        for (own, other, name) in [
            (&[][..], &[][..], ErrorName::PolicyNotFound),
            (&[down][..], &[up.clone()][..], ErrorName::PolicyNotFound),
            (&[][..], &both[..], ErrorName::PolicyOnOtherGroup),
            (&both[..], &[][..], ErrorName::PolicyOnOtherGroup),
            (&both[..], &[up][..], ErrorName::AmbiguousPolicy),
            (&[lower][..], &[][..], ErrorName::UnusablePolicy),
            (&[tracking][..], &[][..], ErrorName::UnusablePolicy),
            (&[disabled][..], &[][..], ErrorName::UnusablePolicy),
        ] {
            let error = selected(own, other).unwrap_err();
            assert_eq!(error.name(), name, "{error}");
            assert!(error.to_string().contains("spot-group"), "{error}");
        }
    }
}

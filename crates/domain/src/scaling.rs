//! Scaling up at most once, and standing a group down again.
//!
//! `ExecutePolicy` is not idempotent, so after an attempt that may have taken effect the group
//! itself must tell whether it did.

use crate::{Capacity, ScalingPolicy, activity::Activity};

/// What to do with a scale-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleUpPlan {
    /// Execute the policy.
    Execute,
    /// The group has grown since it was discovered: an earlier attempt took effect, or others
    /// filled the group.
    AlreadyScaled,
    /// The group is at its MaxSize.
    GroupFull,
    /// The policy would not make the group grow.
    NoEffect,
}

/// What to do where nothing was tried before: what made the group grow meanwhile was another
/// execution, which answers another alarm. Only a group that is full by now is not scaled in
/// addition to it.
#[must_use]
pub fn plan_first_scale_up(
    discovered: Capacity,
    current: Capacity,
    policy: &ScalingPolicy,
) -> ScaleUpPlan {
    if !current.has_room() && current.desired_capacity > discovered.desired_capacity {
        ScaleUpPlan::AlreadyScaled
    } else {
        plan_from_here(current, policy)
    }
}

/// What to do after an attempt that may have taken effect: compares the group as discovered with
/// the group as it is, before the policy is executed again.
///
/// What another execution did meanwhile looks like that attempt's effect. A scale-up that is done
/// twice costs money, so it is not done then.
///
/// `activities` are those that began since the round did. They matter where a scale-up took
/// effect and the group was scaled in again before this attempt looked.
#[must_use]
pub fn plan_scale_up(
    discovered: Capacity,
    current: Capacity,
    policy: &ScalingPolicy,
    activities: &[Activity],
) -> ScaleUpPlan {
    let executed = activities
        .iter()
        .any(|activity| activity.launches && activity.was_caused_by(&policy.policy_name));
    if executed || current.desired_capacity > discovered.desired_capacity {
        ScaleUpPlan::AlreadyScaled
    } else {
        plan_from_here(current, policy)
    }
}

fn plan_from_here(current: Capacity, policy: &ScalingPolicy) -> ScaleUpPlan {
    if !current.has_room() {
        ScaleUpPlan::GroupFull
    } else if policy.adds_to(current.desired_capacity) {
        ScaleUpPlan::Execute
    } else {
        ScaleUpPlan::NoEffect
    }
}

/// What to do to raise a group's DesiredCapacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RaisePlan {
    /// Set it to this many.
    Raise(i32),
    /// The group asks for as many already: an earlier attempt took effect, or others filled the group.
    AlreadyRaised,
    /// The group is at its MaxSize.
    GroupFull,
}

/// Compares the group as it is with what it is to be raised to: from `from`, which it had as
/// discovered, to `to`.
/// The value is the same at every attempt, so it takes effect once, and what others ask for
/// meanwhile counts: DesiredCapacity is never lowered.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetDesiredCapacity.html>.
#[must_use]
pub fn plan_raise(from: i32, to: i32, current: Capacity) -> RaisePlan {
    if to <= from {
        RaisePlan::GroupFull
    } else if current.desired_capacity >= to {
        RaisePlan::AlreadyRaised
    } else if current.has_room() {
        RaisePlan::Raise(to.min(current.max_size))
    } else if current.desired_capacity > from {
        // MaxSize was lowered meanwhile.
        RaisePlan::AlreadyRaised
    } else {
        RaisePlan::GroupFull
    }
}

/// What to do with a scale-down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleDownPlan {
    /// Execute the policy.
    Execute,
    /// The group has shrunk since it was discovered, by an earlier attempt or by others.
    AlreadyScaled,
    /// The policy would take this many, and not the one that was replaced.
    TakesOther(i32),
}

/// Compares the group as discovered with the group as it is, before its scale-down policy takes
/// the one unit away that spot now serves.
#[must_use]
pub fn plan_scale_down(
    discovered: Capacity,
    current: Capacity,
    policy: &ScalingPolicy,
) -> ScaleDownPlan {
    if current.desired_capacity < discovered.desired_capacity {
        return ScaleDownPlan::AlreadyScaled;
    }
    match policy.takes_from(current.desired_capacity) {
        1 => ScaleDownPlan::Execute,
        other => ScaleDownPlan::TakesOther(other),
    }
}

/// What to do to stand a group down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandDownPlan {
    /// Lower DesiredCapacity to this many.
    Lower(i32),
    /// Nothing above what is kept is asked for any more.
    AlreadyDown,
    /// All that was asked for arrived after all: there is nothing to take back.
    CapacityArrived,
}

/// Lowers what did not arrive, and keeps what did.
///
/// `baseline` is the DesiredCapacity before the scale-up, in instances.
#[must_use]
pub fn plan_stand_down(baseline: i32, current: Capacity) -> StandDownPlan {
    // What is unhealthy is kept too: below what runs, Auto Scaling ends any, also one that is busy.
    let running = current.in_service.saturating_add(current.unhealthy);
    let keep = baseline.max(running).max(current.min_size);
    if current.in_service > baseline && current.in_service >= current.desired_capacity {
        StandDownPlan::CapacityArrived
    } else if current.desired_capacity <= keep {
        StandDownPlan::AlreadyDown
    } else {
        StandDownPlan::Lower(keep)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn scale_up() -> ScalingPolicy {
        testing::scaling_policy("ScaleUp", 1)
    }

    #[test]
    fn a_policy_that_would_not_make_the_group_grow_is_not_executed() {
        let exact = ScalingPolicy {
            adjustment_type: "ExactCapacity".into(),
            ..scale_up()
        };
        let plan = plan_scale_up(capacity(1, 1), capacity(1, 1), &exact, &[]);
        assert_eq!(plan, ScaleUpPlan::NoEffect);
    }

    fn capacity(desired_capacity: i32, in_service: i32) -> Capacity {
        testing::capacity([2, desired_capacity, in_service, 0])
    }

    #[test]
    fn an_untouched_group_with_room_scales_up() {
        let plan = plan_scale_up(capacity(0, 0), capacity(0, 0), &scale_up(), &[]);
        assert_eq!(plan, ScaleUpPlan::Execute);
    }

    #[test]
    fn a_group_that_grew_since_discovery_is_not_scaled_again() {
        let plan = plan_scale_up(capacity(0, 0), capacity(1, 0), &scale_up(), &[]);
        assert_eq!(plan, ScaleUpPlan::AlreadyScaled);
    }

    #[test]
    fn a_scale_up_that_was_undone_meanwhile_still_counts_as_done() {
        let done = Activity::launched_because(
            "At 2026-01-01T00:00:00Z a user request executed policy ScaleUp changing the desired capacity from 0 to 1.",
        );
        let plan = plan_scale_up(capacity(0, 0), capacity(0, 0), &scale_up(), &[done]);
        assert_eq!(plan, ScaleUpPlan::AlreadyScaled);
    }

    #[test]
    fn a_replacement_is_no_scale_up() {
        let replaced = Activity::launched_because(
            "At 2026-01-01T00:00:00Z an instance was launched in response to an unhealthy instance needing to be replaced.",
        );
        let plan = plan_scale_up(capacity(1, 1), capacity(1, 1), &scale_up(), &[replaced]);
        assert_eq!(plan, ScaleUpPlan::Execute);
    }

    #[test]
    fn a_capacity_is_raised_once_and_never_lowered() {
        for (from, to, current, plan) in [
            (0, 2, capacity(0, 0), RaisePlan::Raise(2)),
            // Beyond MaxSize, which is 2.
            (1, 9, capacity(1, 1), RaisePlan::Raise(2)),
            (0, 2, capacity(2, 0), RaisePlan::AlreadyRaised),
            (0, 1, capacity(2, 2), RaisePlan::AlreadyRaised),
            (2, 3, capacity(2, 2), RaisePlan::GroupFull),
            // Both groups may have no more together.
            (1, 1, capacity(1, 1), RaisePlan::GroupFull),
            // MaxSize is 2 by now, and an earlier attempt or others filled the group.
            (0, 3, capacity(2, 0), RaisePlan::AlreadyRaised),
            // The group asks for one that it does not have.
            (0, 1, capacity(1, 0), RaisePlan::AlreadyRaised),
            (0, 2, capacity(1, 0), RaisePlan::Raise(2)),
        ] {
            assert_eq!(plan_raise(from, to, current), plan, "{to} {current:?}");
        }
    }

    #[test]
    fn a_full_group_is_left_alone() {
        let plan = plan_scale_up(capacity(2, 2), capacity(2, 2), &scale_up(), &[]);
        assert_eq!(plan, ScaleUpPlan::GroupFull);
        let plan = plan_first_scale_up(capacity(2, 2), capacity(2, 2), &scale_up());
        assert_eq!(plan, ScaleUpPlan::GroupFull);
    }

    #[test]
    fn what_another_execution_did_is_not_the_first_attempt_s() {
        let plan = plan_first_scale_up(capacity(0, 0), capacity(1, 0), &scale_up());
        assert_eq!(plan, ScaleUpPlan::Execute);
    }

    #[test]
    fn a_group_that_others_have_filled_is_waited_for() {
        let plan = plan_first_scale_up(capacity(0, 0), capacity(2, 1), &scale_up());
        assert_eq!(plan, ScaleUpPlan::AlreadyScaled);
    }

    #[test]
    fn what_the_policy_takes_away_is_no_scale_up() {
        let taken = Activity {
            launches: false,
            ..Activity::launched_because("a user request executed policy ScaleUp changing")
        };
        let plan = plan_scale_up(capacity(1, 1), capacity(1, 1), &scale_up(), &[taken]);
        assert_eq!(plan, ScaleUpPlan::Execute);
    }

    #[test]
    fn a_scale_down_takes_one_once() {
        for (discovered, current, by, plan) in [
            (2, 2, -1, ScaleDownPlan::Execute),
            (1, 2, -1, ScaleDownPlan::Execute),
            (2, 1, -1, ScaleDownPlan::AlreadyScaled),
            (2, 2, -2, ScaleDownPlan::TakesOther(2)),
            (2, 2, 1, ScaleDownPlan::TakesOther(0)),
        ] {
            let policy = ScalingPolicy {
                scaling_adjustment: by,
                ..scale_up()
            };
            let (discovered, current) = (capacity(discovered, 1), capacity(current, 1));
            let planned = plan_scale_down(discovered, current, &policy);
            assert_eq!(planned, plan, "{discovered:?} {current:?} {by}");
        }
    }

    #[test]
    fn standing_down_ends_no_instance_that_runs() {
        let current = Capacity {
            max_size: 9,
            unhealthy: 1,
            ..capacity(4, 2)
        };
        assert_eq!(plan_stand_down(0, current), StandDownPlan::Lower(3));
    }

    #[test]
    fn standing_down_keeps_what_arrived() {
        assert_eq!(plan_stand_down(0, capacity(1, 0)), StandDownPlan::Lower(0));
        assert_eq!(plan_stand_down(0, capacity(2, 1)), StandDownPlan::Lower(1));
        assert_eq!(
            plan_stand_down(0, capacity(1, 1)),
            StandDownPlan::CapacityArrived
        );
        assert_eq!(
            plan_stand_down(0, capacity(0, 0)),
            StandDownPlan::AlreadyDown
        );
        assert_eq!(
            plan_stand_down(1, capacity(1, 1)),
            StandDownPlan::AlreadyDown
        );
    }
}

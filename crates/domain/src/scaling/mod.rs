//! Scaling up at most once, and standing a group down again.
//!
//! `ExecutePolicy` is not idempotent, so after an attempt that may have taken effect the group
//! itself must tell whether it did.

mod launches;
mod spread;

use crate::{Capacity, ScalingPolicy, activity::Activity};

pub use launches::{
    GroupLaunches, LaunchAsked, LaunchPlace, LaunchPlan, Launching, MOST_PLAN_SECONDS, Tokens,
};
pub use spread::{ZonePrice, spread};

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

/// What to do to lower a group's DesiredCapacity by what another group serves now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LowerPlan {
    /// Set it to this many.
    Lower(i32),
    /// The group asks for less already, because of an earlier attempt or of others.
    AlreadyLowered,
    /// The group asks for more than it did: others need it, so it is left alone.
    HasGrown,
}

/// Compares the group as it is with how it is to be lowered: from `from`, which it was seen at, to
/// `to`. Only a group that nobody changed meanwhile is lowered, so that no instance is taken for
/// which another execution asked.
#[must_use]
pub fn plan_lower(from: i32, to: i32, current: Capacity) -> LowerPlan {
    let to = to.min(current.max_size).max(current.min_size);
    match current.desired_capacity {
        desired if desired > from => LowerPlan::HasGrown,
        desired if desired < from || desired <= to => LowerPlan::AlreadyLowered,
        _ => LowerPlan::Lower(to),
    }
}

/// What to do to take back what one execution asked for, and no other.
///
/// `from` is the DesiredCapacity that was seen, and `by` how much of it did not come. What others
/// ask for in addition stays. Nothing that runs is ended. If it is not known that no attempt before has
/// done it (`is_first`), a group that asks for less than was seen is left alone.
#[must_use]
pub fn plan_take_back(from: i32, by: i32, current: Capacity, is_first: bool) -> StandDownPlan {
    let desired = current.desired_capacity;
    let keep = desired
        .saturating_sub(by.max(0))
        .max(running(current))
        .max(current.min_size);
    if by > 0 && current.in_service >= desired && desired >= from {
        StandDownPlan::CapacityArrived
    } else if !is_first && desired < from || desired <= keep {
        StandDownPlan::AlreadyDown
    } else {
        StandDownPlan::Lower(keep)
    }
}

/// What is unhealthy runs too, and may be busy.
fn running(current: Capacity) -> i32 {
    current.in_service.saturating_add(current.unhealthy)
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
/// `baseline` is what is kept in any case, and `from` the DesiredCapacity that was seen, in
/// instances or units. If the group asks for less than that and lacks nothing, then it was lowered,
/// and nothing arrived.
#[must_use]
pub fn plan_stand_down(baseline: i32, from: i32, current: Capacity) -> StandDownPlan {
    // Below what runs, Auto Scaling ends any, also one that is busy.
    let keep = baseline.max(running(current)).max(current.min_size);
    let (in_service, desired) = (current.in_service, current.desired_capacity);
    if in_service > baseline && in_service >= desired && desired >= from.min(current.max_size) {
        StandDownPlan::CapacityArrived
    } else if desired <= keep {
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
    fn a_group_is_lowered_once_and_only_if_nobody_changed_it() {
        for (from, to, desired, min_size, plan) in [
            (5, 2, 5, 0, LowerPlan::Lower(2)),
            (5, 2, 5, 3, LowerPlan::Lower(3)),
            (5, 2, 2, 0, LowerPlan::AlreadyLowered),
            (5, 2, 4, 0, LowerPlan::AlreadyLowered),
            (5, 2, 5, 5, LowerPlan::AlreadyLowered),
            (5, 2, 6, 0, LowerPlan::HasGrown),
        ] {
            let current = Capacity {
                min_size,
                max_size: 9,
                ..capacity(desired, desired)
            };
            assert_eq!(plan_lower(from, to, current), plan, "{desired} {min_size}");
        }
    }

    #[test]
    fn an_execution_takes_back_its_own_and_nothing_that_runs() {
        for (from, by, desired, in_service, plan) in [
            (4, 3, 4, 1, StandDownPlan::Lower(1)),
            // One that another execution asked for stays.
            (4, 3, 5, 1, StandDownPlan::Lower(2)),
            (4, 3, 4, 3, StandDownPlan::Lower(3)),
            (4, 3, 4, 4, StandDownPlan::CapacityArrived),
            (4, 3, 5, 5, StandDownPlan::CapacityArrived),
            (4, 0, 4, 4, StandDownPlan::AlreadyDown),
            (4, 3, 3, 3, StandDownPlan::AlreadyDown),
            (4, 3, 1, 1, StandDownPlan::AlreadyDown),
            (4, 0, 4, 1, StandDownPlan::AlreadyDown),
        ] {
            let current = Capacity {
                max_size: 9,
                ..capacity(desired, in_service)
            };
            assert_eq!(
                plan_take_back(from, by, current, false),
                plan,
                "{current:?}"
            );
        }
    }

    #[test]
    fn what_others_lowered_meanwhile_is_not_taken_for_the_first_attempt_s() {
        let current = capacity(3, 1);
        let plan = |is_first| plan_take_back(4, 1, current, is_first);
        assert_eq!(plan(true), StandDownPlan::Lower(2));
        assert_eq!(plan(false), StandDownPlan::AlreadyDown);
    }

    #[test]
    fn standing_down_ends_no_instance_that_runs() {
        let current = Capacity {
            max_size: 9,
            unhealthy: 1,
            ..capacity(4, 2)
        };
        assert_eq!(plan_stand_down(0, 4, current), StandDownPlan::Lower(3));
    }

    #[test]
    fn standing_down_keeps_what_arrived() {
        for (baseline, from, desired, in_service, plan) in [
            (0, 1, 1, 0, StandDownPlan::Lower(0)),
            (0, 2, 2, 1, StandDownPlan::Lower(1)),
            (0, 1, 1, 1, StandDownPlan::CapacityArrived),
            (0, 1, 0, 0, StandDownPlan::AlreadyDown),
            (1, 1, 1, 1, StandDownPlan::AlreadyDown),
            // An earlier attempt lowered it: what is in service was there before.
            (0, 2, 1, 1, StandDownPlan::AlreadyDown),
            // MaxSize, which is 2, was lowered meanwhile.
            (0, 3, 2, 2, StandDownPlan::CapacityArrived),
        ] {
            let current = capacity(desired, in_service);
            assert_eq!(
                plan_stand_down(baseline, from, current),
                plan,
                "{current:?}"
            );
        }
    }
}

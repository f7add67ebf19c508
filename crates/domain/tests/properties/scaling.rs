//! Plans for groups and policies of any size: never beyond MaxSize, never twice, never too low.

use jiff::Timestamp;
use proptest::prelude::*;
use spotmanager_domain::{
    Capacity,
    activity::Activity,
    scaling::{
        LowerPlan, RaisePlan, ScaleUpPlan, StandDownPlan, plan_lower, plan_raise, plan_scale_up,
        plan_stand_down, plan_take_back,
    },
};

use crate::group::{any_capacity, any_count, any_policy};

fn launched_because(cause: String) -> Activity {
    Activity {
        started_at: Timestamp::UNIX_EPOCH,
        status_code: "Successful".into(),
        status_message: None,
        cause,
        availability_zone: None,
        launches: true,
    }
}

proptest! {
    #[test]
    fn a_scale_up_needs_room_and_a_policy_that_adds(
        discovered in any_capacity(),
        current in any_capacity(),
        policy in any_policy(),
    ) {
        if plan_scale_up(discovered, current, &policy, &[]) == ScaleUpPlan::Execute {
            prop_assert!(current.has_room());
            prop_assert!(policy.adds_to(current.desired_capacity));
            prop_assert!(current.desired_capacity <= discovered.desired_capacity);
        }
    }

    #[test]
    fn a_raise_is_done_once_never_lowers_and_stays_within_max_size(
        from in any_count(),
        to in any_count(),
        current in any_capacity(),
    ) {
        if let RaisePlan::Raise(size) = plan_raise(from, to, current) {
            prop_assert!(size > current.desired_capacity && size <= current.max_size);
            prop_assert!(size <= to && to > from);
            let raised = Capacity { desired_capacity: size, ..current };
            let lowered = Capacity { max_size: size, ..raised };
            for later in [raised, lowered] {
                let again = plan_raise(from, to, later);
                prop_assert!(!matches!(again, RaisePlan::Raise(_)), "{again:?} of {later:?}");
            }
        }
    }

    #[test]
    fn a_scale_up_that_was_done_is_not_done_again(
        discovered in any_capacity(),
        current in any_capacity(),
        policy in any_policy(),
    ) {
        let cause = format!("a user request executed policy {} changing", policy.policy_name);
        let plan = plan_scale_up(discovered, current, &policy, &[launched_because(cause)]);
        prop_assert_eq!(plan, ScaleUpPlan::AlreadyScaled);
    }

    #[test]
    fn a_group_is_lowered_once_and_only_as_it_was_seen(
        from in any_count(),
        to in any_count(),
        current in any_capacity(),
    ) {
        if let LowerPlan::Lower(size) = plan_lower(from, to, current) {
            prop_assert!(current.desired_capacity == from && size < from);
            prop_assert!(size >= to.min(current.max_size) && size >= current.min_size);
            let lowered = Capacity { desired_capacity: size, ..current };
            prop_assert_eq!(plan_lower(from, to, lowered), LowerPlan::AlreadyLowered);
        }
    }

    #[test]
    fn what_is_taken_back_is_no_more_than_was_asked_and_nothing_that_runs(
        from in any_count(),
        by in any_count(),
        current in any_capacity(),
        is_first in any::<bool>(),
    ) {
        if let StandDownPlan::Lower(size) = plan_take_back(from, by, current, is_first) {
            let lowered_by = i64::from(current.desired_capacity) - i64::from(size);
            prop_assert!(lowered_by > 0 && lowered_by <= i64::from(by));
            prop_assert!(size >= current.min_size && size >= current.in_service);
            prop_assert!(is_first || current.desired_capacity >= from);
        }
    }

    #[test]
    fn standing_down_lowers_and_keeps_what_is_in_service(
        baseline in any_count(),
        from in any_count(),
        current in any_capacity(),
    ) {
        match plan_stand_down(baseline, from, current) {
            StandDownPlan::Lower(to) => {
                prop_assert!(to < current.desired_capacity);
                prop_assert!(to >= current.in_service);
                prop_assert!(to >= current.min_size);
                prop_assert!(to >= baseline);
            }
            StandDownPlan::CapacityArrived => {
                prop_assert!(current.in_service > baseline);
                prop_assert!(current.in_service >= current.desired_capacity);
            }
            StandDownPlan::AlreadyDown => {}
        }
    }

    #[test]
    fn a_policy_is_found_in_its_cause_whatever_stands_there(
        cause in any::<String>(),
        name in "[A-Za-z0-9_-]{1,20}",
    ) {
        let named = format!("a user request executed policy {name} changing");
        prop_assert!(launched_because(named).was_caused_by(&name));
        if launched_because(cause.clone()).was_caused_by(&name) {
            prop_assert!(cause.contains(&name));
        }
    }
}

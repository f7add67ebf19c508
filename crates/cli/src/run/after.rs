//! What follows a check or a failed scale-up, as the state machine has it.

use spotmanager_domain::{Capacity, ErrorName, Market, capacity::CapacityStatus};

use super::Failed;

/// What follows a check for capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    /// The attempt ended well, in this state.
    Ended(&'static str),
    /// The next check.
    Again,
    /// The group brings nothing.
    GaveUp,
}

/// The state machine's choice after a check, as long as the group has time or not.
pub(super) fn after_check(status: CapacityStatus, market: Market, has_time: bool) -> Check {
    match status {
        CapacityStatus::Arrived => Check::Ended("CapacityArrived"),
        CapacityStatus::Withdrawn => Check::Ended("NoLongerNeeded"),
        CapacityStatus::Pending => Check::Again,
        // After on-demand there is nothing left, so it has all of its time.
        CapacityStatus::NoCapacity if market == Market::OnDemand && has_time => Check::Again,
        CapacityStatus::NoCapacity | CapacityStatus::TimedOut => Check::GaveUp,
    }
}

/// What a group is stood down to after a scale-up that failed: what was refused asked for nothing, so
/// nothing is taken back.
pub(super) fn baseline_after(failed: ErrorName, capacity: Capacity) -> i32 {
    match failed {
        ErrorName::Throttled | ErrorName::ScalingInProgress => capacity.max_size,
        _ => capacity.desired_capacity,
    }
}

/// The failure of a group that brought nothing.
pub(super) fn no_capacity(message: String) -> Failed {
    Failed {
        name: ErrorName::NoCapacity,
        message: message.trim_end().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spot_is_given_up_if_no_zone_has_capacity_and_on_demand_only_if_its_time_is_over() {
        const ARRIVED: Check = Check::Ended("CapacityArrived");
        const WITHDRAWN: Check = Check::Ended("NoLongerNeeded");
        for (status, spot, on_demand, on_demand_late) in [
            (CapacityStatus::Arrived, ARRIVED, ARRIVED, ARRIVED),
            (CapacityStatus::Withdrawn, WITHDRAWN, WITHDRAWN, WITHDRAWN),
            (
                CapacityStatus::Pending,
                Check::Again,
                Check::Again,
                Check::Again,
            ),
            (
                CapacityStatus::NoCapacity,
                Check::GaveUp,
                Check::Again,
                Check::GaveUp,
            ),
            (
                CapacityStatus::TimedOut,
                Check::GaveUp,
                Check::GaveUp,
                Check::GaveUp,
            ),
        ] {
            assert_eq!(after_check(status, Market::Spot, true), spot, "{status:?}");
            assert_eq!(
                after_check(status, Market::OnDemand, true),
                on_demand,
                "{status:?}"
            );
            assert_eq!(
                after_check(status, Market::OnDemand, false),
                on_demand_late,
                "{status:?}"
            );
        }
    }

    #[test]
    fn after_a_refusal_nothing_is_taken_back_and_after_a_doubt_what_was_asked_for() {
        let capacity = Capacity {
            min_size: 0,
            max_size: 4,
            desired_capacity: 1,
            in_service: 1,
            pending: 0,
        };
        for (failed, baseline) in [
            (ErrorName::Throttled, 4),
            (ErrorName::ScalingInProgress, 4),
            (ErrorName::Transient, 1),
            (ErrorName::AccessDenied, 1),
        ] {
            assert_eq!(baseline_after(failed, capacity), baseline, "{failed}");
        }
    }
}

//! Whether the capacity that was asked for arrived.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Capacity, activity::Activity};

/// How a scale-up stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapacityStatus {
    /// The instances are in service.
    Arrived,
    /// Not yet, and there is still hope and time.
    Pending,
    /// A launch has failed in every Availability Zone of the group.
    NoCapacity,
    /// The time allowed is over.
    TimedOut,
    /// The group was scaled in meanwhile: nothing is waited for any more.
    Withdrawn,
}

/// What verification saw, with its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacityReport {
    /// How the scale-up stands.
    pub status: CapacityStatus,
    /// The same as a sentence.
    pub sentence: String,
    /// How much more than before the scale-up is in service, in instances or units.
    #[serde(default)]
    pub arrived: i32,
    /// The Availability Zones in which a launch failed since the scale-up.
    pub failed_availability_zones: BTreeSet<String>,
    /// What Auto Scaling said of the newest failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<String>,
}

/// What the scale-up is held against.
#[derive(Clone, Copy, Debug)]
pub struct Expectation<'a> {
    /// DesiredCapacity before the scale-up, in instances.
    pub baseline: i32,
    /// The group's Availability Zones.
    pub availability_zones: &'a [String],
    /// How long has been waited, seconds.
    pub waited_seconds: u32,
    /// How long may be waited, seconds.
    pub timeout_seconds: u32,
}

/// Judges a scale-up from the group as it is and its activities since the round began.
///
/// One failed launch is not the verdict: Auto Scaling goes on to the next zone. Only when every
/// zone has failed and nothing is being launched is there no capacity.
#[must_use]
pub fn assess(
    expected: Expectation<'_>,
    current: Capacity,
    activities: &[Activity],
) -> CapacityReport {
    let failures = || {
        activities
            .iter()
            // A launch that Auto Scaling gave up on is Cancelled.
            .filter(|activity| {
                activity.launches && matches!(activity.status_code.as_str(), "Failed" | "Cancelled")
            })
    };
    let failed_availability_zones: BTreeSet<String> = failures()
        .filter_map(|activity| activity.availability_zone.clone())
        .collect();
    let last_failure = failures()
        .max_by_key(|activity| activity.started_at)
        .and_then(|activity| activity.status_message.clone());
    let everywhere_failed = !expected.availability_zones.is_empty()
        && expected
            .availability_zones
            .iter()
            .all(|zone| failed_availability_zones.contains(zone));

    let wanted = current.desired_capacity;
    // What a group asks for and lacks is somebody's: another execution may have taken back its own.
    let (status, sentence) = if current.desired_capacity <= expected.baseline
        && current.in_service >= current.desired_capacity
    {
        (
            CapacityStatus::Withdrawn,
            format!(
                "The group was scaled in to {} meanwhile.",
                current.desired_capacity
            ),
        )
    } else if current.in_service >= wanted {
        (
            CapacityStatus::Arrived,
            format!(
                "{} of {wanted} instances are in service.",
                current.in_service
            ),
        )
    } else if everywhere_failed && current.pending == 0 {
        (
            CapacityStatus::NoCapacity,
            format!(
                "A launch failed in every Availability Zone of the group: {}.",
                expected.availability_zones.join(", ")
            ),
        )
    } else if expected.waited_seconds >= expected.timeout_seconds {
        (
            CapacityStatus::TimedOut,
            format!(
                "{} of {wanted} instances are in service after {} of {} seconds.",
                current.in_service, expected.waited_seconds, expected.timeout_seconds
            ),
        )
    } else {
        (
            CapacityStatus::Pending,
            format!(
                "{} of {wanted} instances are in service, {} launching, after {} of {} seconds.",
                current.in_service,
                current.pending,
                expected.waited_seconds,
                expected.timeout_seconds
            ),
        )
    };
    let arrived = current.in_service.saturating_sub(expected.baseline);
    CapacityReport {
        status,
        sentence,
        arrived: arrived.max(0),
        failed_availability_zones,
        last_failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use jiff::Timestamp;

    fn capacity(desired_capacity: i32, in_service: i32, pending: i32) -> Capacity {
        testing::capacity([3, desired_capacity, in_service, pending])
    }

    fn failure(zone: &str, second: i64) -> Activity {
        Activity {
            started_at: Timestamp::from_second(second).unwrap(),
            status_code: "Failed".into(),
            status_message: Some(format!("no capacity in {zone}")),
            cause: String::new(),
            availability_zone: Some(zone.into()),
            launches: true,
        }
    }

    fn assess_at(
        waited_seconds: u32,
        current: Capacity,
        activities: &[Activity],
    ) -> CapacityReport {
        assess(
            Expectation {
                baseline: 0,
                availability_zones: &["a".into(), "b".into()],
                waited_seconds,
                timeout_seconds: 300,
            },
            current,
            activities,
        )
    }

    #[test]
    fn an_instance_in_service_is_capacity_however_late() {
        let report = assess_at(900, capacity(1, 1, 0), &[failure("a", 1), failure("b", 2)]);
        assert_eq!(report.status, CapacityStatus::Arrived);
    }

    #[test]
    fn one_failed_zone_is_not_the_verdict() {
        let report = assess_at(15, capacity(1, 0, 0), &[failure("a", 1)]);
        assert_eq!(report.status, CapacityStatus::Pending);
        assert_eq!(report.last_failure.as_deref(), Some("no capacity in a"));
    }

    #[test]
    fn every_zone_failed_gives_up_before_the_time() {
        let failures = [failure("b", 2), failure("a", 1)];
        let report = assess_at(15, capacity(1, 0, 0), &failures);
        assert_eq!(report.status, CapacityStatus::NoCapacity);
        assert_eq!(report.last_failure.as_deref(), Some("no capacity in b"));
    }

    #[test]
    fn only_a_launch_that_failed_or_was_cancelled_counts_against_its_zone() {
        for (launches, status_code, status) in [
            (true, "Failed", CapacityStatus::NoCapacity),
            (true, "Cancelled", CapacityStatus::NoCapacity),
            (true, "Successful", CapacityStatus::Pending),
            (true, "InProgress", CapacityStatus::Pending),
            (false, "Failed", CapacityStatus::Pending),
        ] {
            let activities = ["a", "b"].map(|zone| Activity {
                launches,
                status_code: status_code.into(),
                ..failure(zone, 1)
            });
            let report = assess_at(15, capacity(1, 0, 0), &activities);
            assert_eq!(report.status, status, "{launches} {status_code}");
        }
    }

    #[test]
    fn an_instance_on_its_way_is_waited_for_though_every_zone_failed_before() {
        let failures = [failure("a", 1), failure("b", 2)];
        let report = assess_at(15, capacity(1, 0, 1), &failures);
        assert_eq!(report.status, CapacityStatus::Pending);
    }

    #[test]
    fn the_time_allowed_ends_the_wait() {
        let report = assess_at(300, capacity(1, 0, 1), &[]);
        assert_eq!(report.status, CapacityStatus::TimedOut);
    }

    #[test]
    fn a_group_scaled_in_meanwhile_is_waited_for_no_more() {
        let report = assess_at(15, capacity(0, 0, 0), &[]);
        assert_eq!(report.status, CapacityStatus::Withdrawn);
    }

    #[test]
    fn what_a_group_lacks_is_waited_for_though_it_asks_for_no_more_than_before() {
        let status = |in_service, pending| {
            let expected = Expectation {
                baseline: 2,
                availability_zones: &["a".into()],
                waited_seconds: 15,
                timeout_seconds: 300,
            };
            assess(expected, capacity(2, in_service, pending), &[]).status
        };
        assert_eq!(status(1, 0), CapacityStatus::Pending);
        assert_eq!(status(1, 1), CapacityStatus::Pending);
        assert_eq!(status(2, 0), CapacityStatus::Withdrawn);
        assert_eq!(status(3, 0), CapacityStatus::Withdrawn);
    }

    #[test]
    fn part_of_a_larger_step_is_not_all_of_it() {
        let report = assess_at(15, capacity(2, 1, 1), &[]);
        assert_eq!(report.status, CapacityStatus::Pending);
    }

    #[test]
    fn what_others_asked_for_is_not_waited_for() {
        let report = assess_at(15, capacity(3, 1, 2).up_to(1), &[]);
        assert_eq!(report.status, CapacityStatus::Arrived);
        let report = assess_at(15, capacity(3, 1, 2).up_to(2), &[]);
        assert_eq!(report.status, CapacityStatus::Pending);
    }
}

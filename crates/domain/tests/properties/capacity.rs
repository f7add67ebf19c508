//! Whether capacity arrived and how many jobs wait, for groups of any size.

use jiff::Timestamp;
use proptest::prelude::*;
use rust_decimal::Decimal;
use spotmanager_domain::{
    Capacity,
    activity::Activity,
    backlog::{Backlog, Queue},
    capacity::{CapacityStatus, Expectation, assess},
};

use crate::group::{any_capacity, any_count};

fn zones(number: usize) -> Vec<String> {
    (0..number).map(|zone| format!("zone-{zone}")).collect()
}

fn failures(number: usize) -> Vec<Activity> {
    zones(number)
        .into_iter()
        .map(|zone| Activity {
            started_at: Timestamp::UNIX_EPOCH,
            status_code: "Failed".into(),
            status_message: None,
            cause: String::new(),
            availability_zone: Some(zone),
            launches: true,
        })
        .collect()
}

fn backlog(visible_messages: u64, groups: [Capacity; 2]) -> Backlog {
    let queue = Queue {
        logical_id: "jobsQueue".into(),
        queue_url: "https://sqs/jobs".into(),
        visible_messages,
    };
    Backlog::of(&queue, Decimal::TEN, groups)
}

proptest! {
    #[test]
    fn each_status_means_what_it_says(
        baseline in any_count(),
        current in any_capacity(),
        waited_seconds in 0..600_u32,
        timeout_seconds in 0..600_u32,
        of_the_group in 0..4_usize,
        failed in 0..4_usize,
    ) {
        let expected = Expectation {
            baseline,
            availability_zones: &zones(of_the_group),
            waited_seconds,
            timeout_seconds,
        };
        let report = assess(expected, current, &failures(failed));
        prop_assert!(!report.sentence.is_empty());
        match report.status {
            CapacityStatus::Arrived => {
                prop_assert!(current.in_service > baseline);
                prop_assert!(current.in_service >= current.desired_capacity);
            }
            CapacityStatus::Withdrawn => prop_assert!(current.desired_capacity <= baseline),
            CapacityStatus::NoCapacity => {
                prop_assert!(of_the_group > 0 && failed >= of_the_group);
                prop_assert_eq!(current.pending, 0);
            }
            CapacityStatus::TimedOut => prop_assert!(waited_seconds >= timeout_seconds),
            CapacityStatus::Pending => prop_assert!(waited_seconds < timeout_seconds),
        }
    }

    #[test]
    fn more_jobs_are_never_a_smaller_backlog(
        groups in prop::array::uniform2(any_capacity()),
        jobs in any::<u64>(),
        more in any::<u64>(),
    ) {
        let few = backlog(jobs, groups);
        prop_assert_eq!(few.per_instance.is_some(), few.instances != 0);
        if few.instances >= 0 && few.is_above_target() {
            prop_assert!(backlog(jobs.saturating_add(more), groups).is_above_target());
        }
    }
}

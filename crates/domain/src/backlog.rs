//! How many jobs wait for each instance.
//!
//! The backlog per instance is what AWS recommends to scale by where a queue feeds the workers:
//! <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html>.

use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};

use crate::Capacity;

/// The queue that jobs wait in, as it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// The logical id in the CloudFormation stack, with nested stacks' ids before it.
    pub logical_id: String,
    /// The queue's URL.
    pub queue_url: String,
    /// `ApproximateNumberOfMessages`: jobs that no worker has taken yet.
    pub visible_messages: u64,
}

/// What waits for the instances of both groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backlog {
    /// Jobs that no worker has taken yet.
    pub visible_messages: u64,
    /// Instances of both groups in service or launching.
    pub instances: i32,
    /// `visible_messages / instances`; absent where there is no instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_instance: Option<Decimal>,
    /// How many jobs may wait for each instance.
    pub target_per_instance: Decimal,
}

impl Backlog {
    /// The backlog of `queue` for the instances of both groups.
    #[must_use]
    pub fn of(queue: &Queue, target_per_instance: Decimal, groups: [Capacity; 2]) -> Self {
        let instances = groups
            .iter()
            .flat_map(|capacity| [capacity.in_service, capacity.pending])
            .fold(0, i32::saturating_add);
        Self {
            visible_messages: queue.visible_messages,
            instances,
            per_instance: Decimal::from(queue.visible_messages)
                .checked_div(Decimal::from(instances))
                .map(|jobs| jobs.round_dp(2).normalize()),
            target_per_instance,
        }
    }

    /// How many instances are missing: as many as the jobs need at the target, less those that there
    /// are; units where the groups weigh their instance types. 0 if none is missing.
    /// See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html>.
    #[must_use]
    pub fn missing(&self) -> i32 {
        let jobs = Decimal::from(self.visible_messages);
        let needed = jobs.checked_div(self.target_per_instance);
        let needed = needed.and_then(|instances| instances.ceil().to_i32());
        let needed = needed.unwrap_or(i32::MAX);
        needed.saturating_sub(self.instances).max(0)
    }

    /// Whether more jobs wait than the instances should have before them.
    #[must_use]
    pub fn is_above_target(&self) -> bool {
        self.visible_messages > 0
            && self
                .per_instance
                .is_none_or(|jobs| jobs > self.target_per_instance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn group(in_service: i32, pending: i32) -> Capacity {
        testing::capacity([9, in_service + pending, in_service, pending])
    }

    fn backlog(visible_messages: u64, spot: Capacity, on_demand: Capacity) -> Backlog {
        let queue = Queue {
            logical_id: "jobsQueue".into(),
            queue_url: "https://sqs/jobs".into(),
            visible_messages,
        };
        Backlog::of(&queue, Decimal::TEN, [spot, on_demand])
    }

    #[test]
    fn both_groups_share_the_jobs() {
        let backlog = backlog(31, group(2, 0), group(0, 1));
        assert_eq!(backlog.instances, 3);
        assert_eq!(backlog.per_instance, Some("10.33".parse().unwrap()));
        assert!(backlog.is_above_target());
    }

    #[test]
    fn the_target_itself_is_not_above_the_target() {
        assert!(!backlog(30, group(2, 0), group(1, 0)).is_above_target());
    }

    #[test]
    fn what_is_missing_is_what_the_jobs_need_less_what_there_is() {
        for (jobs, in_service, pending, missing) in [
            (100, 0, 0, 10),
            (101, 0, 0, 11),
            (100, 3, 2, 5),
            (100, 10, 0, 0),
            (1, 0, 0, 1),
            (0, 0, 0, 0),
            (9, 2, 0, 0),
        ] {
            let backlog = backlog(jobs, group(in_service, 0), group(0, pending));
            assert_eq!(backlog.missing(), missing, "{backlog:?}");
            // Both say the same.
            assert_eq!(backlog.is_above_target(), missing > 0, "{backlog:?}");
        }
        let jobs = backlog(u64::MAX, group(0, 0), group(0, 0));
        assert_eq!(jobs.missing(), i32::MAX);
    }

    #[test]
    fn a_job_without_an_instance_is_above_any_target_and_no_job_is_not() {
        assert!(backlog(1, group(0, 0), group(0, 0)).is_above_target());
        assert!(!backlog(0, group(0, 0), group(0, 0)).is_above_target());
    }
}

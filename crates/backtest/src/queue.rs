//! The queue as the sizing rule sees it.

use spotmanager_domain::{
    Capacity,
    backlog::{Backlog, Queue},
};

use crate::Fleet;

/// How many instances the sizing rule wants of `fleet` if so many jobs wait: the deployed one, which
/// asks for what is missing, for a pair of groups without an instance.
pub(crate) fn wanted(fleet: &Fleet, waiting: usize) -> u32 {
    if waiting == 0 {
        return 0;
    }
    let missing = backlog(fleet, waiting, [Capacity::default(); 2]).missing();
    u32::try_from(missing)
        .unwrap_or_default()
        .min(fleet.max_size)
}

/// The backlog if so many jobs wait for these groups.
pub(crate) fn backlog(fleet: &Fleet, waiting: usize, groups: [Capacity; 2]) -> Backlog {
    Backlog::of(&queue(waiting), fleet.target_backlog_per_instance, groups)
}

/// The queue with so many jobs that wait.
pub(crate) fn queue(waiting: usize) -> Queue {
    Queue {
        logical_id: "queueJobs".to_owned(),
        queue_url: String::new(),
        visible_messages: u64::try_from(waiting).unwrap_or(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_wanted_as_the_jobs_need_and_the_groups_may_have() {
        let fleet = Fleet {
            target_backlog_per_instance: 5.into(),
            ..Fleet::of(16)
        };
        for (waiting, expected) in [(0, 0), (1, 1), (5, 1), (6, 2), (80, 16), (200, 16)] {
            assert_eq!(wanted(&fleet, waiting), expected, "{waiting}");
        }
    }
}

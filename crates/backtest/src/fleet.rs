//! How many instances the groups may have, and what asks for them.

use rust_decimal::Decimal;
use spotmanager_domain::Settings;

/// The groups' sizes, and the queue's target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fleet {
    /// `MaxSize` of each group, and `MaximumCapacityOfBothGroups`; at least 1. With 1 no queue is
    /// named: an alarm brings one instance. With more a queue says how many are wanted.
    pub max_size: u32,
    /// `TargetBacklogPerInstance`, jobs.
    pub target_backlog_per_instance: Decimal,
}

impl Fleet {
    /// Groups of at most so many instances, with the templates' target.
    #[must_use]
    pub fn of(max_size: u32) -> Self {
        Self {
            max_size,
            target_backlog_per_instance: Settings::default().target_backlog_per_instance,
        }
    }

    /// Whether a queue says how many instances are wanted.
    #[must_use]
    pub const fn has_queue(&self) -> bool {
        self.max_size > 1
    }

    /// `MaxSize`, as Auto Scaling counts.
    pub(crate) fn max_size(&self) -> i32 {
        i32::try_from(self.max_size).unwrap_or(i32::MAX)
    }
}

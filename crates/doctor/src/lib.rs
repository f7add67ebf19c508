//! What would keep SpotManager from working on a stack, and what fixes it.
//!
//! This crate is pure: it looks at a [`Snapshot`] of what was read, holds no AWS types and does no
//! I/O. Each rule stands in a file of its own under `rules/`.

mod chain;
mod diagnosis;
mod finding;
mod group;
mod not_checked;
mod policy;
mod rule;
mod rules;
mod severity;
mod snapshot;
mod spotmanager_stack;
#[cfg(test)]
mod testing;
mod topic_arn;

pub use chain::{
    Chain, Condition, Email, FailedExecution, FailureAlarm, FailureKind, Function, Holder, Link,
    LinkName, LinkState, NEEDS, Named, Need, NotRead, Notifications, On, Operation, Read, Right,
    Status, Subscription, SubscriptionSettings, Topic, is_of, jobs_topic, links,
};
pub use diagnosis::{Diagnosis, Pair, examine, examine_stack};
pub use finding::Finding;
pub use group::WorkerGroup;
pub use not_checked::{NotChecked, not_checked};
pub use rule::Rule;
pub use rules::{diagnose, is_in_use, suspend_rebalancing};
pub use severity::Severity;
pub use snapshot::{Part, Refusal, Snapshot};
pub use spotmanager_stack::{Deployment, SpotManagerStack};

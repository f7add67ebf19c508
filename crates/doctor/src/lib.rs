//! What would keep SpotManager from working on a stack, and how to mend it.
//!
//! This crate is pure: it looks at a [`Snapshot`] of what was read, holds no AWS types and does no
//! I/O. Each rule stands in a file of its own under `rules/`.

mod alarm;
mod chain;
mod finding;
mod group;
mod not_checked;
mod policy;
mod rules;
mod snapshot;
mod spotmanager_stack;
#[cfg(test)]
mod testing;

pub use alarm::{Alarm, QueueMetric};
pub use chain::{
    Chain, Function, Link, LinkName, LinkState, NotRead, Read, Status, Subscription,
    SubscriptionSettings, Topic, is_of, jobs_topic, links,
};
pub use finding::{Finding, Rule, Severity};
pub use group::{LaunchKind, Policy, WorkerGroup};
pub use not_checked::{NotChecked, not_checked};
pub use rules::diagnose;
pub use snapshot::{Refusal, Snapshot};
pub use spotmanager_stack::{Deployment, SpotManagerStack};

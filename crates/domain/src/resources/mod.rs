//! Resources of AWS as they were read, in plain values: what the AWS crate returns, and what rules
//! and steps look at.

mod alarm;
mod auto_scaling_group;
mod events;
mod launch;
mod launch_instances;
mod launch_problem;
mod policy;
mod stack_group;

pub use alarm::{Alarm, QueueMetric};
pub use auto_scaling_group::{AutoScalingGroup, LaunchSource, LaunchTemplate, Override};
pub use events::{EventRule, Schedule};
pub use launch::Launch;
pub use launch_instances::LaunchInstancesSupport;
pub use launch_problem::LaunchProblem;
pub use policy::Policy;
pub use stack_group::StackGroup;

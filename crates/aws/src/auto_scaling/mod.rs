//! Auto Scaling groups: how they stand, what they did, and what they are told to do.

mod activities;
mod capacity;
mod groups;
mod instances;
mod launch_configurations;
mod launches;
mod policies;
mod scale;
mod size;

pub use activities::activities_since;
pub use aws_sdk_autoscaling::Client;
pub use capacity::{CapacityError, describe_capacities, describe_capacity};
pub use groups::{describe_groups, describe_groups_of_logical_ids};
pub use instances::{GroupInstance, describe_instance};
pub use launch_configurations::describe_launch_configuration;
pub use launches::{LaunchAnswer, launch_instances};
pub use policies::describe_policies;
pub use scale::{detach_instance, execute_policy, set_desired_capacity};

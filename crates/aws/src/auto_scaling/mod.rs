//! Auto Scaling groups: how they stand, what they did, and what they are told to do.

mod activities;
mod capacity;
mod scale;

pub use activities::activities_since;
pub use aws_sdk_autoscaling::Client;
pub use capacity::{CapacityError, capacity, describe_capacity};
pub use scale::{execute_policy, set_desired_capacity};

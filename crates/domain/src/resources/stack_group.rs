//! A group of a stack, as it was read.

use super::{AutoScalingGroup, Launch, Policy};
use crate::Market;

/// A group of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackGroup {
    /// How it buys its instances, or is meant to.
    pub market: Market,
    /// The logical id, with nested stacks' ids before it.
    pub logical_id: String,
    /// The group as Auto Scaling describes it.
    pub facts: AutoScalingGroup,
    /// What it launches.
    pub launch: Launch,
    /// Every policy attached to it.
    pub policies: Vec<Policy>,
}

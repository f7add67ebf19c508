//! What a group launches.

use std::collections::BTreeMap;

use crate::MaximumPrice;

use super::LaunchProblem;

/// What a group launches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Launch {
    /// The instance types, in the group's own order.
    pub instance_types: Vec<String>,
    /// The units of capacity of the types that the group weighs.
    pub weighted_capacities: BTreeMap<String, u32>,
    /// The most that it pays for spot.
    pub maximum_price: Option<MaximumPrice>,
    /// What of it cannot be used.
    pub problem: Option<LaunchProblem>,
}

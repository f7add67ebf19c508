//! What a history has of what is not wanted, so that a person can be told.

use std::collections::BTreeSet;

/// More than these nobody reads.
const MOST: usize = 10;

/// Names that were passed over, in their order, at most ten of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Instance types.
    pub instance_types: BTreeSet<String>,
    /// Availability Zones.
    pub availability_zones: BTreeSet<String>,
    /// Product descriptions.
    pub products: BTreeSet<String>,
}

pub(crate) fn note(names: &mut BTreeSet<String>, name: &str) {
    if names.len() < MOST && !names.contains(name) {
        names.insert(name.to_owned());
    }
}

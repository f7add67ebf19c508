//! The Availability Zones in which a group launches.

use std::collections::{BTreeMap, BTreeSet};

use spotmanager_aws::subnets::Zone;
use spotmanager_domain::resources::AutoScalingGroup;

/// The zones' names, sorted, each once; `zones` are those of the subnets by their ids.
///
/// A price in a zone without a subnet means nothing, so the subnets say the zones; only a group
/// without subnets (in a default VPC) goes by its own list.
#[must_use]
pub fn zones_of(group: &AutoScalingGroup, zones: &BTreeMap<String, Zone>) -> Vec<String> {
    let zones: BTreeSet<_> = if group.subnet_ids.is_empty() {
        group.availability_zones.iter().collect()
    } else {
        group
            .subnet_ids
            .iter()
            .filter_map(|id| zones.get(id))
            .map(|zone| &zone.name)
            .collect()
    };
    zones.into_iter().cloned().collect()
}

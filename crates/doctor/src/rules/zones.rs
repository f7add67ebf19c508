//! Subnets and the Availability Zones that they lie in.

use super::list;
use crate::{Finding, Rule, Snapshot, WorkerGroup};

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    let mut findings: Vec<_> = snapshot.groups().filter_map(gone).collect();
    if let Some(spot) = &snapshot.spot_group {
        findings.extend(only_one(spot));
        findings.extend(without_subnet(spot, &snapshot.region_zones));
    }
    findings
}

fn gone(group: &WorkerGroup) -> Option<Finding> {
    let gone: Vec<_> = group
        .subnets
        .iter()
        .filter(|(_, zone)| zone.is_none())
        .map(|(id, _)| id.as_str())
        .collect();
    (!gone.is_empty()).then(|| {
        Finding::new(
            Rule::SubnetGone,
            &group.read.logical_id,
            format!(
                "Its VPCZoneIdentifier names subnets that are not there: {}.",
                list(gone)
            ),
            "Set VPCZoneIdentifier to subnets that exist.",
        )
    })
}

fn only_one(spot: &WorkerGroup) -> Option<Finding> {
    let [zone] = &spot.availability_zones[..] else {
        return None;
    };
    Some(Finding::new(
        Rule::OneZone,
        &spot.read.logical_id,
        format!("It launches into {zone} only, and one failed launch there leaves no other pool."),
        "Add subnets in further Availability Zones to VPCZoneIdentifier of both groups.",
    ))
}

fn without_subnet(spot: &WorkerGroup, region_zones: &[String]) -> Option<Finding> {
    let missing: Vec<_> = region_zones
        .iter()
        .filter(|zone| !spot.availability_zones.contains(zone))
        .map(String::as_str)
        .collect();
    (!missing.is_empty()).then(|| {
        Finding::new(
            Rule::ZoneWithoutSubnet,
            &spot.read.logical_id,
            format!(
                "It has no subnet in {}: what spot costs there does not count.",
                list(missing)
            ),
            "Add a subnet there to VPCZoneIdentifier of both groups, if jobs may run there.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{found, snapshot};

    #[test]
    fn a_subnet_that_is_gone_is_an_error() {
        let mut snapshot = snapshot();
        let group = snapshot.on_demand_group.as_mut().unwrap();
        group.subnets.insert("subnet-9".into(), None);
        let findings = check(&snapshot);
        assert_eq!(found(check, &snapshot), [Rule::SubnetGone]);
        assert!(findings[0].problem.contains("subnet-9"), "{findings:?}");
    }

    #[test]
    fn one_zone_of_two_is_told_twice_over() {
        let mut snapshot = snapshot();
        let group = snapshot.spot_group.as_mut().unwrap();
        group.availability_zones = vec!["eu-west-1a".into()];
        let rules = [Rule::OneZone, Rule::ZoneWithoutSubnet];
        assert_eq!(found(check, &snapshot), rules);
    }
}

//! Groups that differ in more than their market.

use std::collections::BTreeSet;

use super::list;
use crate::{Finding, Rule, Snapshot, WorkerGroup};

pub(super) fn check(snapshot: &Snapshot) -> Vec<Finding> {
    let Some((spot, on_demand)) = snapshot.pair() else {
        return Vec::new();
    };
    let subject = format!("{} and {}", spot.read.logical_id, on_demand.read.logical_id);
    let differ = |rule, what: &str, [a, b]: [String; 2], fix: &str| {
        let problem = format!("{what}: spot has {a}, on-demand has {b}.");
        Finding::new(rule, &subject, problem, fix)
    };
    let mut findings = Vec::new();
    // A group that leaves its types to Auto Scaling names none, and one whose launch source is gone
    // launches none.
    if !spot.read.launch.instance_types.is_empty()
        && !on_demand.read.launch.instance_types.is_empty()
        && names(&spot.read.launch.instance_types) != names(&on_demand.read.launch.instance_types)
    {
        findings.push(differ(
            Rule::InstanceTypesDiffer,
            "They launch different instance types",
            [spot, on_demand].map(|group| list(names(&group.read.launch.instance_types))),
            "Give both the same InstanceType, so that a job runs alike in both markets.",
        ));
    }
    if spot.availability_zones != on_demand.availability_zones {
        findings.push(differ(
            Rule::ZonesDiffer,
            "They launch into different Availability Zones",
            [spot, on_demand].map(|group| list(names(&group.availability_zones))),
            "Give both the same VPCZoneIdentifier.",
        ));
    }
    // Units of one group cannot be held against instances of another.
    if spot.read.launch.weighted_capacities == on_demand.read.launch.weighted_capacities
        && sizes(spot) != sizes(on_demand)
    {
        findings.push(differ(
            Rule::SizesDiffer,
            "They have different sizes",
            [spot, on_demand].map(|group| {
                let (min_size, max_size) = sizes(group);
                format!("MinSize {min_size} and MaxSize {max_size}")
            }),
            "Give both the same MinSize and MaxSize, so that either can take over from the other.",
        ));
    }
    if !spot.image_ids.is_empty()
        && !on_demand.image_ids.is_empty()
        && spot.image_ids != on_demand.image_ids
    {
        findings.push(differ(
            Rule::ImagesDiffer,
            "They launch different images",
            [spot, on_demand].map(|group| list(names(&group.image_ids))),
            "Give both the same ImageId.",
        ));
    }
    findings
}

fn names<'a>(of: impl IntoIterator<Item = &'a String>) -> BTreeSet<&'a str> {
    of.into_iter().map(String::as_str).collect()
}

fn sizes(group: &WorkerGroup) -> (i32, i32) {
    (
        group.read.facts.capacity.min_size,
        group.read.facts.capacity.max_size,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NONE, found, snapshot};

    fn with(change: impl FnOnce(&mut WorkerGroup)) -> Snapshot {
        let mut snapshot = snapshot();
        change(snapshot.on_demand_group.as_mut().unwrap());
        snapshot
    }

    #[test]
    fn each_difference_has_its_rule() {
        let types = with(|group| group.read.launch.instance_types = vec!["g5.xlarge".into()]);
        assert_eq!(found(check, &types), [Rule::InstanceTypesDiffer]);
        let zones = with(|group| group.availability_zones = vec!["eu-west-1a".into()]);
        assert_eq!(found(check, &zones), [Rule::ZonesDiffer]);
        let sizes = with(|group| group.read.facts.capacity.max_size = 3);
        assert_eq!(found(check, &sizes), [Rule::SizesDiffer]);
        let images = with(|group| group.image_ids = ["ami-2".to_owned()].into());
        assert_eq!(found(check, &images), [Rule::ImagesDiffer]);
    }

    #[test]
    fn both_sides_are_told() {
        let zones = with(|group| group.availability_zones = vec!["eu-west-1a".into()]);
        let [finding] = &check(&zones)[..] else {
            panic!("not one finding");
        };
        assert_eq!(
            finding.problem,
            "They launch into different Availability Zones: spot has eu-west-1a and eu-west-1b, on-demand has eu-west-1a."
        );
        assert_eq!(finding.subject, "asgGPUSpot and asgGPU");
    }

    #[test]
    fn neither_the_order_of_types_nor_what_is_not_known_is_a_difference() {
        let mut order =
            with(|group| group.read.launch.instance_types = vec!["b".into(), "a".into()]);
        let spot = order.spot_group.as_mut().unwrap();
        spot.read.launch.instance_types = vec!["a".into(), "b".into()];
        assert_eq!(found(check, &order), NONE);
        let images = with(|group| group.image_ids.clear());
        assert_eq!(found(check, &images), NONE);
        let by_requirements = with(|group| group.read.launch.instance_types.clear());
        assert_eq!(found(check, &by_requirements), NONE);
        let mut gone = with(|_| {});
        gone.spot_group
            .as_mut()
            .unwrap()
            .read
            .launch
            .instance_types
            .clear();
        assert_eq!(found(check, &gone), NONE);
        let weights = with(|group| {
            group.read.facts.capacity.max_size = 8;
            group.read.launch.weighted_capacities = [("g4dn.xlarge".to_owned(), 4)].into();
        });
        assert_eq!(found(check, &weights), NONE);
    }
}

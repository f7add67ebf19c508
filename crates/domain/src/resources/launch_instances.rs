//! Whether LaunchInstances can be called on a group.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use super::{AutoScalingGroup, LaunchSource};

/// The process by which a group evens out its Availability Zones.
const AZ_REBALANCE: &str = "AZRebalance";
/// The process by which a group launches.
const LAUNCH: &str = "Launch";

/// Whether LaunchInstances can be called on a group, and otherwise why not.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-instances-synchronously.html>.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum LaunchInstancesSupport {
    /// Nothing is against it.
    Supported,
    /// It launches with a launch configuration, or with nothing.
    NoLaunchTemplate,
    /// Its mixed instances policy buys both spot and on-demand.
    BothMarkets,
    /// It has a warm pool.
    WarmPool,
    /// Its process Launch is suspended.
    LaunchSuspended,
    /// It has several Availability Zones, and goes on to even them out.
    RebalancesZones,
    /// An older *discover* did not look.
    #[default]
    Unknown,
}

impl LaunchInstancesSupport {
    /// Why it cannot be called, as the end of a sentence about the group; `None` if it can.
    #[must_use]
    pub const fn why_not(self) -> Option<&'static str> {
        Some(match self {
            Self::Supported => return None,
            Self::NoLaunchTemplate => "has no launch template",
            Self::BothMarkets => "has a mixed instances policy that buys both spot and on-demand",
            Self::WarmPool => "has a warm pool",
            Self::LaunchSuspended => "has its process Launch suspended",
            Self::RebalancesZones => {
                "has several Availability Zones and its process AZRebalance is not suspended"
            }
            Self::Unknown => "was discovered by a release that did not look",
        })
    }

    // By reference, as serde calls it.
    pub(crate) fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }
}

impl AutoScalingGroup {
    /// Whether LaunchInstances can be called on it.
    #[must_use]
    pub fn launch_instances_support(&self) -> LaunchInstancesSupport {
        let is_suspended = |process: &str| {
            let mut suspended = self.suspended_processes.iter();
            suspended.any(|name| name == process)
        };
        let is_in_several_zones = self.subnet_ids.len().max(self.availability_zones.len()) > 1
            && self.availability_zones.len() != 1;
        match &self.launch_source {
            None | Some(LaunchSource::LaunchConfiguration(_)) => {
                LaunchInstancesSupport::NoLaunchTemplate
            }
            Some(LaunchSource::MixedInstancesPolicy {
                on_demand_base,
                on_demand_percentage,
                ..
            }) if *on_demand_percentage != 100
                && (*on_demand_percentage != 0 || *on_demand_base != 0) =>
            {
                LaunchInstancesSupport::BothMarkets
            }
            Some(_) if self.has_warm_pool => LaunchInstancesSupport::WarmPool,
            Some(_) if is_suspended(LAUNCH) => LaunchInstancesSupport::LaunchSuspended,
            Some(_) if is_in_several_zones && !is_suspended(AZ_REBALANCE) => {
                LaunchInstancesSupport::RebalancesZones
            }
            Some(_) => LaunchInstancesSupport::Supported,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resources::LaunchTemplate;

    fn template() -> LaunchTemplate {
        LaunchTemplate {
            id: "lt-1".into(),
            version: "1".into(),
        }
    }

    fn group(change: impl FnOnce(&mut AutoScalingGroup)) -> AutoScalingGroup {
        let mut group = AutoScalingGroup {
            launch_source: Some(LaunchSource::LaunchTemplate(template())),
            subnet_ids: vec!["subnet-1".into()],
            availability_zones: vec!["eu-west-1a".into()],
            ..AutoScalingGroup::default()
        };
        change(&mut group);
        group
    }

    fn mixed(on_demand_base: i32, on_demand_percentage: i32) -> Option<LaunchSource> {
        Some(LaunchSource::MixedInstancesPolicy {
            launch_template: template(),
            overrides: Vec::new(),
            spot_max_price: None,
            on_demand_base,
            on_demand_percentage,
        })
    }

    fn spread(group: &mut AutoScalingGroup) {
        group.subnet_ids.push("subnet-2".into());
        group.availability_zones.push("eu-west-1b".into());
    }

    #[test]
    fn a_group_that_the_guide_excludes_is_not_asked() {
        use LaunchInstancesSupport::*;
        let support = |change: fn(&mut AutoScalingGroup)| group(change).launch_instances_support();
        for (change, expected) in [
            ((|_| ()) as fn(&mut AutoScalingGroup), Supported),
            (|group| group.launch_source = None, NoLaunchTemplate),
            (
                |group| group.launch_source = Some(LaunchSource::LaunchConfiguration("lc".into())),
                NoLaunchTemplate,
            ),
            (|group| group.launch_source = mixed(0, 0), Supported),
            (|group| group.launch_source = mixed(2, 100), Supported),
            (|group| group.launch_source = mixed(1, 0), BothMarkets),
            (|group| group.launch_source = mixed(0, 50), BothMarkets),
            (|group| group.has_warm_pool = true, WarmPool),
            (
                |group| group.suspended_processes = vec!["Launch".into()],
                LaunchSuspended,
            ),
            (spread, RebalancesZones),
            (
                |group| {
                    spread(group);
                    group.suspended_processes = vec!["AZRebalance".into()];
                },
                Supported,
            ),
            // Two subnets of one zone.
            (|group| group.subnet_ids.push("subnet-2".into()), Supported),
        ] {
            let found = support(change);
            assert_eq!(found, expected);
            assert_eq!(found.why_not().is_none(), expected == Supported);
        }
    }

    #[test]
    fn what_an_older_discover_found_is_unknown() {
        assert_eq!(
            LaunchInstancesSupport::default(),
            LaunchInstancesSupport::Unknown
        );
        for support in LaunchInstancesSupport::VARIANTS {
            let written = json!(support);
            let read = serde_json::from_value::<LaunchInstancesSupport>(written).unwrap();
            assert_eq!(read, *support);
        }
    }
}

//! An Auto Scaling group, and what it launches with.

use std::collections::BTreeMap;

use crate::Capacity;

/// An Auto Scaling group.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AutoScalingGroup.html>.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AutoScalingGroup {
    /// Its name.
    pub name: String,
    /// Its size.
    pub capacity: Capacity,
    /// Its instances in service, by id, with the units of capacity that each is.
    pub in_service: BTreeMap<String, i32>,
    /// How long it rests after a simple policy that names no cooldown of its own, seconds.
    pub default_cooldown_seconds: i32,
    /// The processes that are suspended, such as `Launch`.
    /// See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html>.
    pub suspended_processes: Vec<String>,
    /// Whether it has a warm pool.
    pub has_warm_pool: bool,
    /// What it launches with; `None` if it names nothing.
    pub launch_source: Option<LaunchSource>,
    /// `SpotAllocationStrategy` of its mixed instances policy, if that names one.
    pub spot_allocation_strategy: Option<String>,
    /// The subnets of its `VPCZoneIdentifier`.
    pub subnet_ids: Vec<String>,
    /// Its own list of Availability Zones.
    pub availability_zones: Vec<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// What a group launches with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LaunchSource {
    /// A launch template.
    LaunchTemplate(LaunchTemplate),
    /// A launch configuration, by name.
    LaunchConfiguration(String),
    /// A mixed instances policy.
    MixedInstancesPolicy {
        /// The template that it lays its overrides over.
        launch_template: LaunchTemplate,
        /// The overrides, in their order.
        overrides: Vec<Override>,
        /// `InstancesDistribution.SpotMaxPrice` as it stands there, USD per instance-hour.
        spot_max_price: Option<String>,
        /// `InstancesDistribution.OnDemandBaseCapacity`, instances.
        on_demand_base: i32,
        /// `InstancesDistribution.OnDemandPercentageAboveBaseCapacity`, percent.
        on_demand_percentage: i32,
    },
}

/// A version of a launch template.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LaunchTemplate {
    /// Its id.
    pub id: String,
    /// The version, which may be `$Default` or `$Latest`.
    pub version: String,
}

/// One override of a mixed instances policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The instance type, if it names one.
    pub instance_type: Option<String>,
    /// Whether it has `InstanceRequirements`, which stand in place of the template's instance type.
    pub has_instance_requirements: bool,
    /// How many units of capacity an instance of the type is, if the policy weighs.
    pub weighted_capacity: Option<u32>,
    /// A template of its own.
    pub launch_template: Option<LaunchTemplate>,
}

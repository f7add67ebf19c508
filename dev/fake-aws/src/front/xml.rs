//! Auto Scaling's and EC2's XML, as far as the front reads or writes it.

use serde::{Deserialize, Serialize};

/// A list in the query protocol.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Members<T> {
    #[serde(default = "Vec::new")]
    pub(crate) member: Vec<T>,
}

#[derive(Deserialize)]
pub(crate) struct DescribeAutoScalingGroupsResponse {
    #[serde(rename = "DescribeAutoScalingGroupsResult")]
    pub(crate) result: DescribeAutoScalingGroupsResult,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeAutoScalingGroupsResult {
    pub(crate) auto_scaling_groups: Members<AutoScalingGroup>,
}

/// A group as DescribeAutoScalingGroups shows it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AutoScalingGroup {
    pub(crate) auto_scaling_group_name: String,
    #[serde(rename = "AutoScalingGroupARN")]
    pub(crate) arn: String,
    pub(crate) min_size: i32,
    pub(crate) max_size: i32,
    pub(crate) desired_capacity: i32,
    pub(crate) default_cooldown: i32,
    pub(crate) availability_zones: Members<String>,
    pub(crate) health_check_type: String,
    pub(crate) created_time: String,
    #[serde(rename = "VPCZoneIdentifier", default)]
    pub(crate) vpc_zone_identifier: String,
    #[serde(default)]
    pub(crate) tags: Members<Tag>,
    #[serde(skip_deserializing)]
    pub(crate) instances: Members<Instance>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) launch_template: Option<LaunchTemplateSpecification>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) launch_configuration_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mixed_instances_policy: Option<MixedInstancesPolicy>,
    #[serde(skip_deserializing)]
    pub(crate) suspended_processes: Members<SuspendedProcess>,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub(crate) warm_pool_configuration: Option<WarmPoolConfiguration>,
}

/// A process of a group that is suspended.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SuspendedProcess {
    pub(crate) process_name: &'static str,
    pub(crate) suspension_reason: &'static str,
}

impl SuspendedProcess {
    /// The rebalancing of Availability Zones, by a call.
    pub(crate) const fn az_rebalance() -> Self {
        Self {
            process_name: "AZRebalance",
            suspension_reason: "User suspended at the request of a caller",
        }
    }
}

/// A group's warm pool, as far as it is shown.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct WarmPoolConfiguration {
    pub(crate) min_size: i32,
    pub(crate) pool_state: String,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) value: String,
    pub(crate) resource_id: String,
    pub(crate) resource_type: String,
    pub(crate) propagate_at_launch: String,
}

#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Instance {
    pub(crate) instance_id: String,
    pub(crate) instance_type: String,
    pub(crate) availability_zone: String,
    pub(crate) lifecycle_state: String,
    pub(crate) health_status: String,
    pub(crate) protected_from_scale_in: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) weighted_capacity: Option<String>,
}

/// An instance as DescribeAutoScalingInstances shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AutoScalingInstance {
    pub(crate) instance_id: String,
    pub(crate) auto_scaling_group_name: String,
    pub(crate) instance_type: String,
    pub(crate) availability_zone: String,
    pub(crate) lifecycle_state: String,
    pub(crate) health_status: String,
    pub(crate) protected_from_scale_in: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) weighted_capacity: Option<String>,
}

impl AutoScalingInstance {
    pub(crate) fn new(instance: Instance, auto_scaling_group_name: &str) -> Self {
        Self {
            instance_id: instance.instance_id,
            auto_scaling_group_name: auto_scaling_group_name.to_owned(),
            instance_type: instance.instance_type,
            availability_zone: instance.availability_zone,
            lifecycle_state: instance.lifecycle_state,
            // Here AWS writes it in capitals.
            health_status: instance.health_status.to_uppercase(),
            protected_from_scale_in: instance.protected_from_scale_in,
            weighted_capacity: instance.weighted_capacity,
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct LaunchTemplateSpecification {
    pub(crate) launch_template_id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) launch_template_name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) version: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MixedInstancesPolicy {
    pub(crate) launch_template: LaunchTemplate,
    pub(crate) instances_distribution: InstancesDistribution,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct LaunchTemplate {
    pub(crate) launch_template_specification: LaunchTemplateSpecification,
    pub(crate) overrides: Members<Override>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Override {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) instance_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) instance_requirements: Option<InstanceRequirements>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) weighted_capacity: Option<String>,
}

/// Of the attributes those that Auto Scaling asks for in any case.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct InstanceRequirements {
    #[serde(rename = "VCpuCount")]
    pub(crate) vcpu_count: Least,
    #[serde(rename = "MemoryMiB")]
    pub(crate) memory_mib: Least,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Least {
    pub(crate) min: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct InstancesDistribution {
    #[serde(default = "only_on_demand")]
    pub(crate) on_demand_percentage_above_base_capacity: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) on_demand_base_capacity: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) on_demand_allocation_strategy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) spot_allocation_strategy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) spot_max_price: Option<String>,
}

/// The percentage that Auto Scaling takes if none is given.
fn only_on_demand() -> i32 {
    100
}

#[derive(Deserialize)]
pub(crate) struct DescribePoliciesResponse {
    #[serde(rename = "DescribePoliciesResult")]
    pub(crate) result: DescribePoliciesResult,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribePoliciesResult {
    pub(crate) scaling_policies: Members<Policy>,
}

/// A scaling policy as DescribePolicies shows it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Policy {
    pub(crate) auto_scaling_group_name: String,
    pub(crate) policy_name: String,
    #[serde(rename = "PolicyARN")]
    pub(crate) arn: String,
    pub(crate) policy_type: String,
    pub(crate) adjustment_type: String,
    pub(crate) scaling_adjustment: Option<i32>,
    pub(crate) min_adjustment_magnitude: Option<i32>,
    pub(crate) cooldown: Option<i32>,
    pub(crate) step_adjustments: Members<StepAdjustment>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct StepAdjustment {
    pub(crate) metric_interval_lower_bound: Option<f64>,
    pub(crate) metric_interval_upper_bound: Option<f64>,
    pub(crate) scaling_adjustment: i32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DescribeSubnetsResponse {
    pub(crate) subnet_set: Items<Subnet>,
}

/// A list in EC2's protocol.
#[derive(Deserialize)]
pub(crate) struct Items<T> {
    #[serde(default = "Vec::new")]
    pub(crate) item: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subnet {
    pub(crate) subnet_id: String,
    pub(crate) availability_zone: String,
    pub(crate) availability_zone_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DescribeAvailabilityZonesResponse {
    pub(crate) availability_zone_info: Items<AvailabilityZone>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AvailabilityZone {
    pub(crate) zone_name: String,
    pub(crate) zone_id: String,
    pub(crate) region_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DescribeLaunchTemplateVersionsResponse {
    pub(crate) launch_template_version_set: Items<LaunchTemplateVersion>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LaunchTemplateVersion {
    pub(crate) launch_template_data: LaunchTemplateData,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct LaunchTemplateData {
    pub(crate) instance_type: Option<String>,
    pub(crate) instance_market_options: Option<InstanceMarketOptions>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct InstanceMarketOptions {
    pub(crate) market_type: String,
    pub(crate) spot_options: Option<SpotOptions>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct SpotOptions {
    pub(crate) max_price: Option<String>,
}

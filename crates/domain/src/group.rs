//! An Auto Scaling group as it was found.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Market, resources::LaunchInstancesSupport};

/// An Auto Scaling group with what the decision needs to know of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// How the group is meant to buy its instances.
    pub market: Market,
    /// The logical id in the CloudFormation stack, with nested stacks' ids before it.
    pub logical_id: String,
    /// The physical name.
    pub auto_scaling_group_name: String,
    /// How many instances it has and may have.
    pub capacity: Capacity,
    /// The instance types it may launch, in the group's own order.
    pub instance_types: Vec<String>,
    /// How many units of capacity an instance of each type is, where the group weighs them; its
    /// sizes are units then, and its maximum price is for a unit.
    /// See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups-instance-weighting.html>.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub weighted_capacities: BTreeMap<String, u32>,
    /// The most that it pays for spot; absent means that EC2 caps at the on-demand price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_price: Option<MaximumPrice>,
    /// Why its maximum price or its instance types cannot be read from what it launches with;
    /// for a spot group the verdict is then on-demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launch_problem: Option<String>,
    /// The subnets it launches into.
    pub subnet_ids: Vec<String>,
    /// The Availability Zones of those subnets, sorted, each once.
    pub availability_zones: Vec<String>,
    /// The ids of those zones by their names, which each account gives otherwise: EC2 scores by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub availability_zone_ids: BTreeMap<String, String>,
    /// The policy on this group that adds capacity.
    pub scale_up_policy: ScalingPolicy,
    /// Whether LaunchInstances can be called on it.
    #[serde(default, skip_serializing_if = "LaunchInstancesSupport::is_unknown")]
    pub launch_instances: LaunchInstancesSupport,
}

/// A group's size, in instances, or in units where the group weighs its instance types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    /// The least the group may have.
    pub min_size: i32,
    /// The most the group may have.
    pub max_size: i32,
    /// What the group is asked to have.
    pub desired_capacity: i32,
    /// Instances whose lifecycle state is `InService`, and that are not `Unhealthy`.
    pub in_service: i32,
    /// Instances that are launching (`Pending` and its sub-states).
    pub pending: i32,
    /// Instances that are `InService` and `Unhealthy`: the group replaces them, or is kept from it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unhealthy: i32,
}

// By reference, as serde calls it.
fn is_zero(instances: &i32) -> bool {
    *instances == 0
}

impl Capacity {
    /// Whether all that it asks for is in service or launching.
    #[must_use]
    pub fn is_served(&self) -> bool {
        self.in_service.saturating_add(self.pending) >= self.desired_capacity
    }

    /// How much of what it asks for neither runs nor launches, in instances or units.
    #[must_use]
    pub fn lacks(&self) -> i32 {
        let running = self.in_service.saturating_add(self.unhealthy);
        let there = running.saturating_add(self.pending);
        self.desired_capacity.saturating_sub(there).max(0)
    }

    /// The same group as far as one scale-up asked for it, up to `target`: what others ask for
    /// beyond is theirs to wait for.
    #[must_use]
    pub fn up_to(self, target: i32) -> Self {
        Self {
            desired_capacity: self.desired_capacity.min(target),
            ..self
        }
    }

    /// Whether an instance of it may go that serves.
    #[must_use]
    pub fn can_give(&self) -> bool {
        self.in_service > 0 && self.desired_capacity > self.min_size
    }

    /// Whether the group may still grow.
    ///
    /// ```
    /// # use spotmanager_domain::Capacity;
    /// let capacity = Capacity { min_size: 0, max_size: 1, desired_capacity: 0, in_service: 0, pending: 0, unhealthy: 0 };
    /// assert!(capacity.has_room());
    /// ```
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.desired_capacity < self.max_size
    }
}

/// The most that a group pays for a spot instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaximumPrice {
    /// USD per instance-hour, or per unit-hour where the group weighs its instance types.
    #[serde(deserialize_with = "crate::decimal::deserialize")]
    pub usd: Decimal,
    /// Where it was read.
    pub source: PriceSource,
    /// Which one: the tag's key, the launch template with its version, the launch configuration.
    pub found_in: String,
}

/// Where a maximum price was read.
/// See <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-requests.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceSource {
    /// Given for this execution.
    ExecutionInput,
    /// The group's `SpotPrice` tag, which overrides what the group launches with.
    Tag,
    /// `InstanceMarketOptions.SpotOptions.MaxPrice` of the launch template.
    LaunchTemplate,
    /// `SpotPrice` of the launch configuration.
    LaunchConfiguration,
    /// `InstancesDistribution.SpotMaxPrice` of the mixed instances policy.
    MixedInstancesPolicy,
}

/// A scaling policy that changes a group's capacity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScalingPolicy {
    /// The policy's name.
    pub policy_name: String,
    /// `SimpleScaling` or `StepScaling`.
    pub policy_type: String,
    /// `ChangeInCapacity`, `ExactCapacity` or `PercentChangeInCapacity`.
    pub adjustment_type: String,
    /// The adjustment of a simple policy, or of a step policy's first step.
    pub scaling_adjustment: i32,
    /// The least change that a percentage makes, where the policy sets one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_adjustment_magnitude: Option<i32>,
}

impl ScalingPolicy {
    /// Whether executing it makes a group grow that asks for `desired_capacity`: an exact capacity
    /// may have been reached, and a percentage of nothing is nothing.
    /// See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html#as-scaling-adjustment>.
    #[must_use]
    pub fn adds_to(&self, desired_capacity: i32) -> bool {
        match self.adjustment_type.as_str() {
            "ExactCapacity" => self.scaling_adjustment > desired_capacity,
            "PercentChangeInCapacity" => {
                desired_capacity > 0 || self.min_adjustment_magnitude.is_some_and(|least| least > 0)
            }
            _ => self.scaling_adjustment > 0,
        }
    }

    /// What the group asks for once this scale-up policy was executed on it; at most its MaxSize. A
    /// percentage is rounded towards zero, and to one where it is less than one.
    /// See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html#as-scaling-adjustment>.
    #[must_use]
    pub fn target_from(&self, capacity: Capacity) -> i32 {
        let (desired, by) = (capacity.desired_capacity, self.scaling_adjustment);
        let target = match self.adjustment_type.as_str() {
            "ExactCapacity" => by,
            "PercentChangeInCapacity" => {
                let share = i64::from(desired) * i64::from(by) / 100;
                let least = self
                    .min_adjustment_magnitude
                    .unwrap_or(i32::from(desired > 0));
                desired.saturating_add(i32::try_from(share).unwrap_or(i32::MAX).max(least))
            }
            _ => desired.saturating_add(by),
        };
        target.min(capacity.max_size)
    }

    /// Whether `ExecutePolicy` needs a metric value and a breach threshold for this policy.
    /// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_ExecutePolicy.html>.
    #[must_use]
    pub(crate) fn is_step_scaling(&self) -> bool {
        self.policy_type == "StepScaling"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn simple(adjustment_type: &str, adjustment: i32, least: Option<i32>) -> ScalingPolicy {
        ScalingPolicy {
            adjustment_type: adjustment_type.into(),
            min_adjustment_magnitude: least,
            ..testing::scaling_policy("ScaleUp", adjustment)
        }
    }

    #[test]
    fn sizes_say_whether_a_group_has_room_is_served_and_can_give() {
        for (sizes, [has_room, is_served, can_give]) in [
            ([0, 2, 1, 1, 0], [true, true, true]),
            ([0, 2, 2, 1, 1], [false, true, true]),
            ([0, 2, 2, 1, 0], [false, false, true]),
            // MaxSize was lowered below what the group has.
            ([0, 1, 2, 2, 0], [false, true, true]),
            // At its MinSize, and below it.
            ([1, 2, 1, 1, 0], [true, true, false]),
            ([2, 3, 1, 1, 0], [true, true, false]),
            // None in service.
            ([0, 2, 1, 0, 1], [true, true, false]),
        ] {
            let [min_size, max_size, desired_capacity, in_service, pending] = sizes;
            let capacity = Capacity {
                min_size,
                max_size,
                desired_capacity,
                in_service,
                pending,
                unhealthy: 0,
            };
            assert_eq!(capacity.has_room(), has_room, "{capacity:?}");
            assert_eq!(capacity.is_served(), is_served, "{capacity:?}");
            assert_eq!(capacity.can_give(), can_give, "{capacity:?}");
        }
    }

    #[test]
    fn a_group_lacks_what_neither_runs_nor_launches() {
        for (desired_capacity, in_service, pending, unhealthy, lacks) in [
            (6, 3, 0, 0, 3),
            (6, 3, 1, 1, 1),
            (6, 3, 3, 0, 0),
            (6, 7, 0, 0, 0),
        ] {
            let capacity = Capacity {
                unhealthy,
                ..testing::capacity([9, desired_capacity, in_service, pending])
            };
            assert_eq!(capacity.lacks(), lacks, "{capacity:?}");
        }
    }

    #[test]
    fn only_a_step_policy_needs_a_metric() {
        let of = |policy_type: &str| ScalingPolicy {
            policy_type: policy_type.into(),
            ..simple("ChangeInCapacity", 1, None)
        };
        assert!(of("StepScaling").is_step_scaling());
        assert!(!of("SimpleScaling").is_step_scaling());
    }

    #[test]
    fn each_adjustment_type_may_add_or_not() {
        for (adjustment_type, adjustment, least, desired, adds) in [
            ("ChangeInCapacity", 1, None, 5, true),
            ("ChangeInCapacity", 0, None, 5, false),
            ("ChangeInCapacity", -1, None, 5, false),
            ("ExactCapacity", 2, None, 1, true),
            ("ExactCapacity", 2, None, 2, false),
            ("ExactCapacity", 2, None, 3, false),
            ("PercentChangeInCapacity", 50, None, 1, true),
            ("PercentChangeInCapacity", 50, None, 0, false),
            ("PercentChangeInCapacity", 50, Some(0), 0, false),
            ("PercentChangeInCapacity", 50, Some(1), 0, true),
        ] {
            let policy = simple(adjustment_type, adjustment, least);
            assert_eq!(policy.adds_to(desired), adds, "{policy:?} at {desired}");
        }
    }

    #[test]
    fn what_a_policy_brings_is_counted_as_auto_scaling_does() {
        for (adjustment_type, adjustment, least, desired, target) in [
            ("ChangeInCapacity", 2, None, 1, 3),
            ("ChangeInCapacity", 9, None, 1, 5),
            ("ExactCapacity", 4, None, 1, 4),
            ("PercentChangeInCapacity", 50, None, 3, 4),
            ("PercentChangeInCapacity", 100, None, 2, 4),
            ("PercentChangeInCapacity", 10, None, 3, 4),
            ("PercentChangeInCapacity", 10, Some(2), 3, 5),
            ("PercentChangeInCapacity", 50, None, 0, 0),
            ("PercentChangeInCapacity", 50, Some(1), 0, 1),
        ] {
            let policy = simple(adjustment_type, adjustment, least);
            let capacity = testing::capacity([5, desired, 0, 0]);
            assert_eq!(policy.target_from(capacity), target, "{policy:?}");
        }
    }
}

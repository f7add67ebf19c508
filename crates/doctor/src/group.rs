//! A group of the pair, with all that the rules look at.

use std::collections::{BTreeMap, BTreeSet};

use spotmanager_decision::{Capacity, Market, MaximumPrice};

use crate::{LaunchKind, LaunchProblem};

/// One of the two groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerGroup {
    /// How it is meant to buy its instances.
    pub market: Market,
    /// The logical id, with nested stacks' ids before it.
    pub logical_id: String,
    /// The physical name.
    pub name: String,
    /// The stack that made it, as CloudFormation's own tag says.
    pub stack_name: Option<String>,
    /// How many instances it has and may have.
    pub capacity: Capacity,
    /// How long it rests after a simple policy that names no cooldown of its own, seconds.
    pub default_cooldown_seconds: i32,
    /// The processes that are suspended.
    pub suspended_processes: Vec<String>,
    /// What it launches with.
    pub launch: LaunchKind,
    /// The instance types it may launch.
    pub instance_types: Vec<String>,
    /// The units of capacity of the types that it weighs.
    pub weighted_capacities: BTreeMap<String, u32>,
    /// The most that it pays for spot, USD per instance-hour, or per unit-hour where it weighs.
    pub maximum_price: Option<MaximumPrice>,
    /// Why it cannot launch as it is meant to.
    pub launch_problem: Option<LaunchProblem>,
    /// The images that it launches.
    pub image_ids: BTreeSet<String>,
    /// The Availability Zone of each of its subnets, by the subnet's id; none where it is gone.
    pub subnets: BTreeMap<String, Option<String>>,
    /// Where it launches, sorted.
    pub availability_zones: Vec<String>,
    /// Every policy that hangs on it.
    pub policies: Vec<Policy>,
}

impl WorkerGroup {
    /// The units of capacity of an instance.
    pub(crate) fn units(&self, instance_type: &str) -> u32 {
        let units = self.weighted_capacities.get(instance_type);
        units.copied().unwrap_or(1).max(1)
    }

    /// For how long a policy lets the group rest, seconds; nothing where it knows no cooldown.
    /// See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scaling-cooldowns.html>.
    pub(crate) fn cooldown_seconds(&self, policy: &Policy) -> Option<i32> {
        let is_simple = policy.policy_type == "SimpleScaling";
        let own = policy.cooldown_seconds;
        is_simple.then(|| own.unwrap_or(self.default_cooldown_seconds))
    }
}

/// A scaling policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// Its ARN, by which an alarm fires it.
    pub arn: String,
    /// `SimpleScaling`, `StepScaling`, `TargetTrackingScaling` or `PredictiveScaling`.
    pub policy_type: String,
    /// `ChangeInCapacity`, `ExactCapacity` or `PercentChangeInCapacity`; empty for other types.
    pub adjustment_type: String,
    /// A simple policy's adjustment, or those of all steps.
    pub adjustments: Vec<i32>,
    /// How long the group rests after a simple policy, seconds.
    pub cooldown_seconds: Option<i32>,
    /// Whether it is enabled.
    pub enabled: bool,
}

impl Policy {
    /// Whether it follows a metric or a forecast by itself.
    pub(crate) fn follows_a_metric(&self) -> bool {
        matches!(
            self.policy_type.as_str(),
            "TargetTrackingScaling" | "PredictiveScaling"
        )
    }

    /// Whether executing it may add capacity.
    pub(crate) fn adds(&self) -> bool {
        self.adjustments.iter().any(|by| *by > 0)
    }

    /// Whether executing it may take capacity away; an exact capacity may be reached from either
    /// side.
    pub(crate) fn takes(&self) -> bool {
        self.adjustment_type == "ExactCapacity" || self.adjustments.iter().any(|by| *by < 0)
    }
}

//! A group of the pair, with all that the rules look at.

use std::collections::{BTreeMap, BTreeSet};

use spotmanager_domain::{
    Market,
    resources::{Alarm, AutoScalingGroup, Launch, Policy},
};

/// One of the two groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerGroup {
    /// How it is meant to buy its instances.
    pub market: Market,
    /// The logical id, with nested stacks' ids before it.
    pub logical_id: String,
    /// The group as Auto Scaling describes it.
    pub facts: AutoScalingGroup,
    /// What it launches.
    pub launch: Launch,
    /// Every policy attached to it.
    pub policies: Vec<Policy>,
    /// The images that it launches.
    pub image_ids: BTreeSet<String>,
    /// The Availability Zone of each of its subnets, by the subnet's id; none if it is gone.
    pub subnets: BTreeMap<String, Option<String>>,
    /// Where it launches, sorted.
    pub availability_zones: Vec<String>,
}

impl WorkerGroup {
    /// The units of capacity of an instance.
    pub(crate) fn units(&self, instance_type: &str) -> u32 {
        let units = self.launch.weighted_capacities.get(instance_type);
        units.copied().unwrap_or(1).max(1)
    }

    /// For how long a policy lets the group rest, seconds; nothing where it knows no cooldown.
    /// See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scaling-cooldowns.html>.
    pub(crate) fn cooldown_seconds(&self, policy: &Policy) -> Option<i32> {
        let is_simple = policy.policy_type == "SimpleScaling";
        let own = policy.cooldown_seconds;
        is_simple.then(|| own.unwrap_or(self.facts.default_cooldown_seconds))
    }

    /// The stack that made it, as CloudFormation's own tag says.
    /// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html>.
    pub(crate) fn stack_name(&self) -> Option<&str> {
        let tag = self.facts.tags.get("aws:cloudformation:stack-name");
        tag.map(String::as_str)
    }

    /// Whether an alarm takes capacity from it.
    #[must_use]
    pub fn is_shrunk_by(&self, alarm: &Alarm) -> bool {
        let mut policies = self.policies.iter();
        alarm.actions_enabled
            && policies.any(|policy| policy.enabled && policy.takes() && alarm.fires(&policy.arn))
    }
}

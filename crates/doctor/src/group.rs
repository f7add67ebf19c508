//! A group of the pair, with all that the rules look at.

use std::collections::{BTreeMap, BTreeSet};

use spotmanager_domain::resources::{Alarm, Policy, StackGroup};

use crate::Read;

/// One of the two groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerGroup {
    /// The group with what it launches and its policies; its market is the one that it is meant for.
    pub read: StackGroup,
    /// The images that it launches.
    pub image_ids: BTreeSet<String>,
    /// The ARNs of the roles that its instances have; none if nobody asked.
    pub instance_roles: Read<BTreeSet<String>>,
    /// The Availability Zone of each of its subnets, by the subnet's id; none if it is gone.
    pub subnets: BTreeMap<String, Option<String>>,
    /// Where it launches, sorted.
    pub availability_zones: Vec<String>,
}

impl WorkerGroup {
    /// The units of capacity of an instance.
    pub(crate) fn units(&self, instance_type: &str) -> u32 {
        let units = self.read.launch.weighted_capacities.get(instance_type);
        units.copied().unwrap_or(1).max(1)
    }

    /// For how long a policy lets the group rest, seconds; nothing where it knows no cooldown.
    /// See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scaling-cooldowns.html>.
    pub(crate) fn cooldown_seconds(&self, policy: &Policy) -> Option<i32> {
        let is_simple = policy.policy_type == "SimpleScaling";
        let own = policy.cooldown_seconds;
        is_simple.then(|| own.unwrap_or(self.read.facts.default_cooldown_seconds))
    }

    /// The stack that made it, as CloudFormation's own tag says.
    /// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html>.
    pub(crate) fn stack_name(&self) -> Option<&str> {
        let tag = self.read.facts.tags.get("aws:cloudformation:stack-name");
        tag.map(String::as_str)
    }

    /// Whether an alarm takes capacity from it.
    #[must_use]
    pub fn is_shrunk_by(&self, alarm: &Alarm) -> bool {
        let mut policies = self.read.policies.iter();
        alarm.actions_enabled
            && policies.any(|policy| policy.enabled && policy.takes() && alarm.fires(&policy.arn))
    }
}

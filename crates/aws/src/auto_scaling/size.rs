//! A group's size and instances, from its description.

use std::collections::BTreeMap;

use aws_sdk_autoscaling::types::{AutoScalingGroup, Instance, LifecycleState};
use spotmanager_domain::Capacity;

/// A group's size, from its description.
pub(super) fn capacity(group: &AutoScalingGroup) -> Capacity {
    let count = |is: fn(&Instance) -> bool| {
        let instances = group.instances().iter();
        instances
            .filter(|instance| is(instance))
            .map(weight)
            .fold(0, i32::saturating_add)
    };
    Capacity {
        min_size: group.min_size().unwrap_or_default(),
        max_size: group.max_size().unwrap_or_default(),
        desired_capacity: group.desired_capacity().unwrap_or_default(),
        in_service: count(serves),
        pending: count(|instance| {
            matches!(
                instance.lifecycle_state(),
                Some(
                    LifecycleState::Pending
                        | LifecycleState::PendingWait
                        | LifecycleState::PendingProceed
                )
            )
        }),
        unhealthy: count(|instance| is_in_service(instance) && is_unhealthy(instance)),
    }
}

/// The instances in service, by id, with the units that each is.
pub(super) fn in_service(group: &AutoScalingGroup) -> BTreeMap<String, i32> {
    group
        .instances()
        .iter()
        .filter(|instance| serves(instance))
        .filter_map(|instance| Some((instance.instance_id()?.to_owned(), weight(instance))))
        .collect()
}

/// Whether it is in service, and its group is not about to replace it.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html>.
fn serves(instance: &Instance) -> bool {
    is_in_service(instance) && !is_unhealthy(instance)
}

fn is_in_service(instance: &Instance) -> bool {
    instance.lifecycle_state() == Some(&LifecycleState::InService)
}

fn is_unhealthy(instance: &Instance) -> bool {
    instance.health_status() == Some("Unhealthy")
}

/// How many units of capacity an instance is; 1 where the group does not weigh.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups-instance-weighting.html>.
fn weight(instance: &Instance) -> i32 {
    let weight = instance.weighted_capacity();
    weight.and_then(|text| text.parse().ok()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_count_by_their_weight() {
        let instance = |state: LifecycleState, weight: Option<&str>| {
            Instance::builder()
                .lifecycle_state(state)
                .set_weighted_capacity(weight.map(str::to_owned))
                .build()
        };
        let group = AutoScalingGroup::builder()
            .desired_capacity(6)
            .instances(instance(LifecycleState::InService, Some("4")))
            .instances(instance(LifecycleState::InService, None))
            .instances(instance(LifecycleState::PendingWait, Some("1")))
            .instances(instance(LifecycleState::Terminating, Some("8")))
            .build();
        let capacity = capacity(&group);
        assert_eq!((capacity.in_service, capacity.pending), (5, 1));
    }

    #[test]
    fn an_unhealthy_instance_in_service_does_not_count() {
        let instance = |id: &str, health: Option<&str>| {
            Instance::builder()
                .instance_id(id)
                .lifecycle_state(LifecycleState::InService)
                .set_health_status(health.map(str::to_owned))
                .build()
        };
        let group = AutoScalingGroup::builder()
            .desired_capacity(3)
            .instances(instance("i-1", Some("Healthy")))
            .instances(instance("i-2", Some("Unhealthy")))
            .instances(instance("i-3", None))
            .build();
        assert_eq!(capacity(&group).in_service, 2);
        let serving: Vec<_> = in_service(&group).into_keys().collect();
        assert_eq!(serving, ["i-1", "i-3"]);
    }
}

//! A group's size and instances, from its description.

use std::collections::BTreeMap;

use aws_sdk_autoscaling::types::{AutoScalingGroup, Instance, LifecycleState};
use spotmanager_domain::Capacity;

/// A group's size, from its description.
pub(super) fn capacity(group: &AutoScalingGroup) -> Capacity {
    let count = |is: fn(&LifecycleState) -> bool| {
        let instances = group.instances().iter();
        instances
            .filter(|instance| instance.lifecycle_state().is_some_and(is))
            .map(weight)
            .fold(0, i32::saturating_add)
    };
    Capacity {
        min_size: group.min_size().unwrap_or_default(),
        max_size: group.max_size().unwrap_or_default(),
        desired_capacity: group.desired_capacity().unwrap_or_default(),
        in_service: count(|state| *state == LifecycleState::InService),
        pending: count(|state| {
            matches!(
                state,
                LifecycleState::Pending
                    | LifecycleState::PendingWait
                    | LifecycleState::PendingProceed
            )
        }),
    }
}

/// The instances in service, by id, with the units that each is.
pub(super) fn in_service(group: &AutoScalingGroup) -> BTreeMap<String, i32> {
    group
        .instances()
        .iter()
        .filter(|instance| instance.lifecycle_state() == Some(&LifecycleState::InService))
        .filter_map(|instance| Some((instance.instance_id()?.to_owned(), weight(instance))))
        .collect()
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
}

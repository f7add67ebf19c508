//! A group without the instance that EC2 takes back.

use spotmanager_aws::auto_scaling::AutoScalingGroup;
use spotmanager_contract::{CapacityLoss, LossKind};

/// Counts the instance as gone: it is replaced now, and not in two minutes. Once it is detached
/// the group asks for one less too, which a group at its MinSize does not allow.
pub(crate) fn discount(loss: &CapacityLoss, group: &mut AutoScalingGroup) {
    if loss.kind != LossKind::InterruptionWarning {
        return;
    }
    let Some(units) = loss
        .instance_id
        .as_ref()
        .and_then(|id| group.in_service.get(id))
    else {
        return;
    };
    let capacity = &mut group.capacity;
    capacity.in_service -= units;
    if capacity.desired_capacity - units >= capacity.min_size {
        capacity.desired_capacity -= units;
    }
}

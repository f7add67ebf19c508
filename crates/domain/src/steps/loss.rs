//! A group without the instance that EC2 takes back.

use crate::{CapacityLoss, LossKind, resources::AutoScalingGroup};

impl CapacityLoss {
    /// Counts the instance of an interruption warning as gone: it is replaced now, and not in two
    /// minutes. Once it is detached the group asks for one less too, which a group at its MinSize
    /// does not allow. An instance that has left the group already is nobody's to replace but the
    /// group's.
    pub fn discount(&mut self, group: &mut AutoScalingGroup) {
        let Some(instance_id) = &self.instance_id else {
            return;
        };
        let Some(units) = group.in_service.get(instance_id) else {
            self.kind = LossKind::InstanceGone;
            return;
        };
        if self.kind != LossKind::InterruptionWarning {
            return;
        }
        let capacity = &mut group.capacity;
        capacity.in_service = capacity.in_service.saturating_sub(*units);
        let desired_capacity = capacity.desired_capacity.saturating_sub(*units);
        self.at_min_size = desired_capacity < capacity.min_size;
        if !self.at_min_size {
            capacity.desired_capacity = desired_capacity;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Capacity;

    fn group(min_size: i32) -> AutoScalingGroup {
        AutoScalingGroup {
            name: "workers".into(),
            capacity: Capacity {
                min_size,
                max_size: 2,
                desired_capacity: 1,
                in_service: 1,
                pending: 0,
                unhealthy: 0,
            },
            in_service: [("i-1".to_owned(), 1)].into(),
            ..AutoScalingGroup::default()
        }
    }

    fn lost(kind: LossKind, id: &str, min_size: i32) -> (CapacityLoss, Capacity) {
        let mut loss = CapacityLoss {
            kind,
            event_id: "e".into(),
            time: "2026-01-01T00:00:00Z".parse().unwrap(),
            auto_scaling_group_name: "workers".into(),
            instance_id: Some(id.into()),
            pool: None,
            recommended: None,
            at_min_size: false,
        };
        let mut group = group(min_size);
        loss.discount(&mut group);
        (loss, group.capacity)
    }

    fn discounted(kind: LossKind, id: &str, min_size: i32) -> (LossKind, i32, i32) {
        let (loss, capacity) = lost(kind, id, min_size);
        (loss.kind, capacity.desired_capacity, capacity.in_service)
    }

    #[test]
    fn an_interrupted_instance_counts_no_more() {
        let kind = LossKind::InterruptionWarning;
        assert_eq!(discounted(kind, "i-1", 0), (kind, 0, 0));
        assert_eq!(discounted(kind, "i-1", 1), (kind, 1, 0));
    }

    #[test]
    fn a_group_at_its_min_size_asks_for_as_many_as_before() {
        for (id, kind, at_min_size) in [
            ("i-1", LossKind::InterruptionWarning, true),
            ("i-2", LossKind::InterruptionWarning, false),
            ("i-1", LossKind::RebalanceRecommendation, false),
        ] {
            assert_eq!(lost(kind, id, 1).0.at_min_size, at_min_size, "{id}");
            assert!(!lost(kind, id, 0).0.at_min_size, "{id}");
        }
    }

    #[test]
    fn an_instance_that_has_left_the_group_is_told() {
        let gone = (LossKind::InstanceGone, 1, 1);
        assert_eq!(discounted(LossKind::InterruptionWarning, "i-2", 0), gone);
        assert_eq!(
            discounted(LossKind::RebalanceRecommendation, "i-2", 0),
            gone
        );
    }

    #[test]
    fn a_recommendation_leaves_the_group_as_it_is() {
        let kind = LossKind::RebalanceRecommendation;
        assert_eq!(discounted(kind, "i-1", 0), (kind, 1, 1));
    }
}

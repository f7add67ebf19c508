//! Instances that a group must not end to have less.
//! See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-protection.html>.

use jiff::Timestamp;

use super::Group;

impl Group {
    /// Protects instances in service from scale-in, or does so no longer, all or none.
    ///
    /// # Errors
    /// The message with which Auto Scaling refuses.
    pub(crate) fn protect(
        &mut self,
        ids: &[&str],
        is_protected: bool,
        now: Timestamp,
    ) -> Result<(), String> {
        self.are_in_service(ids, now)?;
        let theirs = self.launched.iter_mut();
        for launched in theirs.filter(|launched| ids.contains(&launched.id.as_str())) {
            launched.is_protected = is_protected;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Market, Purchase,
        services::auto_scaling::group::{
            Allocation, Definition,
            tests::{at, kind, place},
        },
    };

    /// A group with two instances in service since second 30, and their ids.
    fn group(market: &Market) -> (Group, Vec<String>) {
        let definition = Definition {
            name: "workers".into(),
            min_size: 0,
            max_size: 2,
            places: vec![place("a")],
            kinds: vec![kind("g4dn.xlarge", None)],
            allocation: Allocation::InOrder,
            purchase: Purchase::OnDemand,
            maximum_price: None,
        };
        let mut group = Group::new(definition, 0);
        group.set_desired(2, "a user request", at(0));
        group.tick(at(0), market, 1.0);
        let ids = ids(&group);
        (group, ids)
    }

    fn ids(group: &Group) -> Vec<String> {
        let instances = group.instances(at(40)).into_iter();
        instances.map(|instance| instance.instance_id).collect()
    }

    #[test]
    fn a_protected_instance_stays_though_less_is_desired() {
        let market = Market::default();
        let (mut group, all) = group(&market);
        group.protect(&[&all[1]], true, at(40)).unwrap();
        assert!(group.instances(at(40))[1].protected_from_scale_in);
        group.set_desired(0, "a user request", at(40));
        group.tick(at(40), &market, 1.0);
        assert_eq!(group.desired, 0);
        // The newest would go first.
        assert_eq!(ids(&group), all[1..]);
        group.protect(&[&all[1]], false, at(41)).unwrap();
        group.tick(at(41), &market, 1.0);
        assert!(ids(&group).is_empty());
    }

    #[test]
    fn only_what_is_in_service_is_protected() {
        let (mut group, all) = group(&Market::default());
        for (id, second) in [(all[0].as_str(), 29), ("i-0", 40)] {
            assert!(group.protect(&[id], true, at(second)).is_err());
        }
        assert!(!group.instances(at(40))[0].protected_from_scale_in);
    }
}

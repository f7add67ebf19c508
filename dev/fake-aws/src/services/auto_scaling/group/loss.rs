//! How a group loses instances that it did not let go: a user detaches them, or EC2 takes them.

use jiff::Timestamp;

use super::{Definition, Group, Launched};
use crate::services::auto_scaling::activity::{Activity, Status};

impl Group {
    /// Detaches instances, all or none, and returns the activities that this begins.
    ///
    /// # Errors
    /// The message with which Auto Scaling refuses.
    pub(crate) fn detach(
        &mut self,
        ids: &[&str],
        decrement: bool,
        now: Timestamp,
    ) -> Result<Vec<Activity>, String> {
        self.may_detach(ids, decrement, now)?;
        let before = self.activities.len();
        for id in ids {
            let Some(index) = self.position(id) else {
                continue;
            };
            let left = self.launched.remove(index);
            let shrinking = if decrement {
                let before = self.desired;
                self.desired -= left.kind.units();
                format!(", shrinking the capacity from {before} to {}", self.desired)
            } else {
                String::new()
            };
            self.record(
                now,
                format!("Detaching EC2 instance: {id}"),
                format!("instance {id} was detached in response to a user request{shrinking}."),
                &left.zone,
                Status::InProgress,
                None,
            );
        }
        let begun = self.activities.iter().skip(before).cloned().collect();
        for activity in self.activities.iter_mut().skip(before) {
            activity.succeed(now);
        }
        Ok(begun)
    }

    fn may_detach(&self, ids: &[&str], decrement: bool, now: Timestamp) -> Result<(), String> {
        let units = self.are_in_service(ids, now)?;
        let Definition {
            name,
            min_size,
            max_size,
            ..
        } = &self.definition;
        let detached = ids.len();
        if decrement && self.desired.saturating_sub(units) < *min_size {
            return Err(format!(
                "AutoScalingGroup {name} has min-size={min_size}, max-size={max_size}, and desired-size={}. To detach {detached} instance, please update the AutoScalingGroup sizes appropriately.",
                self.desired
            ));
        }
        Ok(())
    }

    /// How many units these instances are, which must all be in service.
    ///
    /// # Errors
    /// The message with which Auto Scaling refuses.
    pub(super) fn are_in_service(&self, ids: &[&str], now: Timestamp) -> Result<i32, String> {
        let name = &self.definition.name;
        let mut units = 0;
        for id in ids {
            match self.position(id).and_then(|index| self.launched.get(index)) {
                None => {
                    return Err(format!(
                        "The instance {id} is not part of Auto Scaling group {name}."
                    ));
                }
                Some(launched) if launched.in_service_at > now => {
                    return Err(format!("The instance {id} is not in InService or Standby."));
                }
                Some(launched) => units += launched.kind.units(),
            }
        }
        Ok(units)
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.launched.iter().position(|launched| launched.id == id)
    }

    /// Chooses the oldest instance in service that EC2 does not take already, which it takes at
    /// `lost_at`, if at all: its id and zone.
    pub(crate) fn choose(
        &mut self,
        lost_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<(String, String)> {
        self.choose_several(1, lost_at, now)?.pop()
    }

    /// The same with so many instances, all or none.
    pub(crate) fn choose_several(
        &mut self,
        count: usize,
        lost_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<Vec<(String, String)>> {
        let theirs = self.launched.iter_mut();
        let chosen = theirs
            .filter(|launched| launched.in_service_at <= now && launched.lost_at.is_none())
            .take(count);
        let chosen: Vec<_> = chosen.collect();
        (chosen.len() == count).then(|| {
            let chosen = chosen.into_iter();
            let chosen = chosen.map(|launched| {
                launched.lost_at = lost_at;
                (launched.id.clone(), launched.zone.clone())
            });
            chosen.collect()
        })
    }

    /// Takes out of service what EC2 has taken by `now`, so that it is replaced.
    /// See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html>.
    pub(super) fn notice_losses(&mut self, now: Timestamp) {
        let (lost, kept): (Vec<Launched>, Vec<Launched>) = std::mem::take(&mut self.launched)
            .into_iter()
            .partition(|launched| launched.lost_at.is_some_and(|at| at <= now));
        self.launched = kept;
        for launched in lost {
            self.unhealthy += 1;
            self.record(
                now,
                format!("Terminating EC2 instance: {}", launched.id),
                "an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped."
                    .to_owned(),
                &launched.zone,
                Status::Successful,
                None,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Market, Purchase,
        services::auto_scaling::group::{
            Allocation,
            tests::{at, kind, place},
        },
    };

    /// A group with two instances in service since second 30.
    fn group(market: &Market) -> Group {
        let definition = Definition {
            name: "workers".into(),
            min_size: 1,
            max_size: 2,
            places: vec![place("a")],
            kinds: vec![kind("g4dn.xlarge", None)],
            allocation: Allocation::InOrder,
            purchase: Purchase::Spot,
            maximum_price: None,
        };
        let mut group = Group::new(definition, 1);
        group.set_desired(2, "a user request", at(0));
        group.tick(at(0), market, 1.0);
        group.tick(at(30), market, 1.0);
        group
    }

    fn ids(group: &Group, now: Timestamp) -> Vec<String> {
        let instances = group.instances(now).into_iter();
        instances.map(|instance| instance.instance_id).collect()
    }

    #[test]
    fn a_detached_instance_leaves_and_is_not_replaced_when_desired_shrinks() {
        let market = Market::default();
        let mut group = group(&market);
        let before = ids(&group, at(40));
        let activities = group.detach(&[before[0].as_str()], true, at(40)).unwrap();
        group.tick(at(40), &market, 1.0);
        assert_eq!(group.desired, 1);
        assert_eq!(ids(&group, at(40)), before[1..]);
        assert_eq!(activities.len(), 1);
        assert_eq!(activities[0].status, Status::InProgress);
        let cause = &activities[0].cause;
        assert!(
            cause.ends_with("user request, shrinking the capacity from 2 to 1."),
            "{cause}"
        );
    }

    #[test]
    fn a_detached_instance_is_replaced_when_desired_stays() {
        let market = Market::default();
        let mut group = group(&market);
        let before = ids(&group, at(40));
        group.detach(&[before[0].as_str()], false, at(40)).unwrap();
        group.tick(at(40), &market, 1.0);
        assert_eq!(group.desired, 2);
        let after = ids(&group, at(40));
        assert_eq!(after.len(), 2);
        assert!(!after.contains(&before[0]));
    }

    #[test]
    fn a_group_at_its_min_size_gives_an_instance_away_and_replaces_it() {
        let market = Market::default();
        let mut group = group(&market);
        group.definition.min_size = 2;
        let before = ids(&group, at(40));
        let [first, second] = [before[0].as_str(), before[1].as_str()];
        assert!(group.detach(&[first], true, at(40)).is_err());
        group.detach(&[first, second], false, at(40)).unwrap();
        group.tick(at(40), &market, 1.0);
        assert_eq!(group.desired, 2);
        let after = ids(&group, at(40));
        assert_eq!(after.len(), 2);
        assert!(after.iter().all(|id| !before.contains(id)));
        let cause = &group.activities.last().unwrap().cause;
        assert!(
            cause.ends_with("desired and actual capacity, increasing the capacity from 1 to 2."),
            "{cause}"
        );
    }

    #[test]
    fn nothing_is_detached_when_anything_is_refused() {
        let market = Market::default();
        let mut group = group(&market);
        let before = ids(&group, at(40));
        let [first, second] = [before[0].as_str(), before[1].as_str()];
        for (wanted, decrement, part) in [
            (vec![first, second], true, "has min-size=1, max-size=2"),
            (vec![first, "i-0"], false, "i-0 is not part of Auto Scaling"),
        ] {
            let message = group.detach(&wanted, decrement, at(40)).unwrap_err();
            assert!(message.contains(part), "{message}");
        }
        assert_eq!(ids(&group, at(40)), before);
    }

    #[test]
    fn an_instance_that_ec2_takes_is_replaced() {
        let market = Market::default();
        let mut group = group(&market);
        let (lost, zone) = group.choose(Some(at(160)), at(40)).unwrap();
        assert_eq!(zone, "us-east-1a");
        group.tick(at(159), &market, 1.0);
        assert!(ids(&group, at(159)).contains(&lost));
        group.tick(at(160), &market, 1.0);
        let after = ids(&group, at(160));
        assert_eq!(after.len(), 2);
        assert!(!after.contains(&lost));
        let [.., terminated, launched] = &group.activities[..] else {
            panic!("too few activities");
        };
        assert!(terminated.description.ends_with(&lost));
        assert!(terminated.cause.contains("an EC2 health check"));
        assert!(launched.cause.contains("an unhealthy instance"));
    }

    #[test]
    fn an_instance_detached_before_ec2_takes_it_is_no_matter_of_the_group() {
        let market = Market::default();
        let mut group = group(&market);
        let (lost, _) = group.choose(Some(at(160)), at(40)).unwrap();
        group.detach(&[lost.as_str()], true, at(41)).unwrap();
        let activities = group.activities.len();
        group.tick(at(200), &market, 1.0);
        assert_eq!(group.activities.len(), activities);
    }

    #[test]
    fn each_choice_is_another_instance_until_none_is_left() {
        let market = Market::default();
        let mut group = group(&market);
        let (first, _) = group.choose(Some(at(160)), at(40)).unwrap();
        let (second, _) = group.choose(Some(at(160)), at(40)).unwrap();
        assert_ne!(first, second);
        assert_eq!(group.choose(Some(at(160)), at(40)), None);
    }

    #[test]
    fn several_are_chosen_at_once_or_none() {
        let market = Market::default();
        let mut group = group(&market);
        assert_eq!(group.choose_several(3, Some(at(160)), at(40)), None);
        let chosen = group.choose_several(2, Some(at(160)), at(40)).unwrap();
        let chosen: Vec<_> = chosen.into_iter().map(|(id, _)| id).collect();
        assert_eq!(chosen, ids(&group, at(40)));
    }
}

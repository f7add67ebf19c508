//! How a group launches while its caller waits, as LaunchInstances asks for.

use jiff::Timestamp;

use super::{Group, Kind, Place, Refusal};
use crate::Market;

/// The most instances that one call launches.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchInstances.html>.
pub(crate) const MOST_INSTANCES: usize = 100;

/// What is asked of a group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// How much of the group's size.
    pub(crate) units: i32,
    pub(crate) place: &'a Place,
    /// Whether DesiredCapacity rises by all of it even if EC2 does not have that much, so that the
    /// group goes on trying by itself.
    pub(crate) all_is_desired: bool,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Brought {
    /// The ids of the instances of each type.
    pub(crate) instances: Vec<(Kind, Vec<String>)>,
    /// Each type of which EC2 had not enough, also if others took its place.
    pub(crate) refusals: Vec<Refusal>,
}

impl Brought {
    fn add(&mut self, kind: Kind, id: String) {
        match self.instances.iter_mut().find(|(of, _)| *of == kind) {
            Some((_, ids)) => ids.push(id),
            None => self.instances.push((kind, vec![id])),
        }
    }
}

impl Group {
    /// How many units fit into the group.
    pub(crate) fn room(&self) -> i32 {
        let room = self.definition.max_size.saturating_sub(self.desired);
        // MaxSize may have been lowered.
        room.max(0)
    }

    /// Launches at once what EC2 has of it, and nothing elsewhere. A launch that fails leaves no
    /// activity, because the caller gets it with the answer.
    pub(crate) fn launch_at_once(
        &mut self,
        wanted: Wanted<'_>,
        now: Timestamp,
        market: &Market,
        time_scale: f64,
    ) -> Brought {
        let mut brought = Brought::default();
        let (mut kinds, mut units) = (Vec::new(), 0);
        while units < wanted.units && kinds.len() < MOST_INSTANCES {
            let taken = self.take(&wanted.place.zone, market, now);
            for refusal in taken.refusals {
                if !brought.refusals.contains(&refusal) {
                    brought.refusals.push(refusal);
                }
            }
            let Some(kind) = taken.kind else { break };
            units += kind.units();
            kinds.push(kind);
        }
        // The last instance may weigh more than what was missing.
        let raise = if wanted.all_is_desired {
            wanted.units
        } else {
            units.min(wanted.units)
        };
        let desired = self.desired.saturating_add(raise);
        self.set_desired(
            desired,
            "a user request launched instances synchronously",
            now,
        );
        for kind in kinds {
            let cause = self.started(kind.units());
            let id = self.add(kind.clone(), wanted.place, cause, now, market, time_scale);
            brought.add(kind, id);
        }
        brought
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Purchase,
        services::auto_scaling::group::{
            Allocation, Definition,
            tests::{at, kind, place},
        },
    };

    fn group(kinds: Vec<Kind>) -> Group {
        let definition = Definition {
            name: "workers".into(),
            min_size: 0,
            max_size: 300,
            places: vec![place("a"), place("b")],
            kinds,
            allocation: Allocation::InOrder,
            purchase: Purchase::OnDemand,
            maximum_price: None,
        };
        Group::new(definition, 0)
    }

    fn launch(group: &mut Group, market: &Market, units: i32, all_is_desired: bool) -> Brought {
        let place = &place("b");
        let wanted = Wanted {
            units,
            place,
            all_is_desired,
        };
        group.launch_at_once(wanted, at(0), market, 1.0)
    }

    fn count(brought: &Brought) -> Vec<(&str, usize)> {
        let instances = brought.instances.iter();
        instances
            .map(|(kind, ids)| (kind.instance_type.as_str(), ids.len()))
            .collect()
    }

    #[test]
    fn what_ec2_has_comes_into_the_place_and_no_more_is_desired() {
        let (mut group, market) = (group(vec![kind("m", None)]), Market::default());
        market.set_instances_left("m", "us-east-1b", Purchase::OnDemand, Some(2));
        let brought = launch(&mut group, &market, 3, false);
        assert_eq!(count(&brought), [("m", 2)]);
        assert_eq!(brought.refusals.len(), 1);
        assert_eq!(brought.refusals[0].code(), "InsufficientInstanceCapacity");
        assert_eq!(group.desired, 2);
        group.tick(at(40), &market, 1.0);
        let instances = group.instances(at(40));
        let ids: Vec<_> = instances.iter().map(|one| &one.instance_id).collect();
        assert_eq!(ids, brought.instances[0].1.iter().collect::<Vec<_>>());
        assert!(
            instances
                .iter()
                .all(|one| one.availability_zone == "us-east-1b")
        );
        assert!(
            instances
                .iter()
                .all(|one| one.lifecycle_state == "InService")
        );
        assert_eq!(group.activities.len(), 2);
        let cause = &group.activities[0].cause;
        assert!(cause.contains("synchronously changing the desired capacity from 0 to 2."));
        assert!(group.new_failures().is_empty());
    }

    #[test]
    fn the_group_goes_on_with_what_is_desired_beyond_it_in_any_zone() {
        let (mut group, market) = (group(vec![kind("m", None)]), Market::default());
        market.set_capacity("m", "us-east-1b", Purchase::OnDemand, false);
        let brought = launch(&mut group, &market, 2, true);
        assert_eq!(brought.instances, []);
        assert_eq!(group.desired, 2);
        for second in 0..60 {
            group.tick(at(second), &market, 1.0);
        }
        let zones = group.instances(at(60)).into_iter();
        let zones: Vec<_> = zones.map(|one| one.availability_zone).collect();
        assert_eq!(zones, ["us-east-1a", "us-east-1a"]);
        assert!(!group.new_failures().is_empty());
    }

    #[test]
    fn units_are_filled_by_the_types_in_turn() {
        let kinds = vec![kind("large", Some(4)), kind("small", Some(2))];
        let (mut group, market) = (group(kinds), Market::default());
        market.set_instances_left("large", "us-east-1b", Purchase::OnDemand, Some(1));
        let brought = launch(&mut group, &market, 7, false);
        assert_eq!(count(&brought), [("large", 1), ("small", 2)]);
        // As a fleet does, it reports also the type in whose place another came.
        assert_eq!(brought.refusals[0].instance_type, "large");
        assert_eq!(group.desired, 7);
        group.tick(at(1), &market, 1.0);
        assert_eq!(group.instances(at(1)).len(), 3);
    }

    #[test]
    fn a_call_launches_at_most_so_many_instances() {
        let (mut group, market) = (group(vec![kind("m", None)]), Market::default());
        let brought = launch(&mut group, &market, 200, false);
        assert_eq!(count(&brought), [("m", MOST_INSTANCES)]);
        assert_eq!(group.room(), 200);
        group.definition.max_size = 50;
        assert_eq!(group.room(), 0);
    }
}

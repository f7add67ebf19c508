//! A group that launches and terminates instances as time goes on.

mod launch;
mod loss;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::activity::{Activity, Status};
use crate::{Market, Purchase, front::xml::Instance};

/// From a failed launch to the next attempt, in the next zone, seconds.
const NEXT_ATTEMPT: f64 = 20.0;

/// What the group launches and within which bounds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Definition {
    pub(crate) name: String,
    pub(crate) min_size: i32,
    pub(crate) max_size: i32,
    /// Zone and subnet of each place that it launches into.
    pub(crate) places: Vec<(String, String)>,
    pub(crate) instance_type: String,
    pub(crate) purchase: Purchase,
    pub(crate) maximum_price: Option<Decimal>,
}

#[derive(Clone, Debug)]
struct Launched {
    id: String,
    zone: String,
    in_service_at: Timestamp,
    /// When EC2 takes it back, once that is decided.
    lost_at: Option<Timestamp>,
}

/// The part of a group that changes without being told.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) definition: Definition,
    pub(crate) desired: i32,
    pub(crate) activities: Vec<Activity>,
    launched: Vec<Launched>,
    cause: String,
    cooldown_until: Timestamp,
    next_attempt: Timestamp,
    attempts: usize,
    serial: u64,
    /// Instances that were lost and for whose replacement no launch was tried yet.
    unhealthy: usize,
    /// Activities among which [`Self::new_failures`] has looked.
    looked_through: usize,
}

impl Group {
    pub(crate) fn new(definition: Definition, desired: i32) -> Self {
        Self {
            definition,
            desired,
            activities: Vec::new(),
            launched: Vec::new(),
            cause: String::new(),
            cooldown_until: Timestamp::UNIX_EPOCH,
            next_attempt: Timestamp::UNIX_EPOCH,
            attempts: 0,
            serial: 0,
            unhealthy: 0,
            looked_through: 0,
        }
    }

    pub(crate) fn is_in_cooldown(&self, now: Timestamp) -> bool {
        now < self.cooldown_until
    }

    pub(crate) fn start_cooldown(&mut self, now: Timestamp, seconds: f64) {
        self.cooldown_until = later(now, seconds);
    }

    /// Changes DesiredCapacity; `cause` is how Auto Scaling begins to say why.
    pub(crate) fn set_desired(&mut self, desired: i32, cause: &str, now: Timestamp) {
        let clamped = desired.clamp(self.definition.min_size, self.definition.max_size);
        if clamped == self.desired {
            return;
        }
        self.cause = format!(
            "At {now:.0} {cause} changing the desired capacity from {} to {clamped}.",
            self.desired
        );
        self.desired = clamped;
        // A new wish is tried at once.
        self.next_attempt = now;
    }

    /// Launches and terminates what is due at `now`.
    pub(crate) fn tick(&mut self, now: Timestamp, market: &Market, time_scale: f64) {
        let in_progress = self.activities.iter_mut();
        for activity in in_progress.filter(|activity| activity.status == Status::InProgress) {
            for launched in &self.launched {
                if launched.in_service_at <= now {
                    activity.succeed_launch_of(&launched.id, launched.in_service_at);
                }
            }
        }
        self.notice_losses(now);
        let wanted = usize::try_from(self.desired).unwrap_or_default();
        while self.launched.len() > wanted {
            let Some(last) = self.launched.pop() else {
                break;
            };
            let have = self.launched.len();
            self.record(
                now,
                format!("Terminating EC2 instance: {}", last.id),
                format!("an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from {} to {have}.", have + 1),
                &last.zone,
                Status::Successful,
                None,
            );
        }
        while self.launched.len() < wanted && self.next_attempt <= now {
            if !self.launch(now, market, time_scale) {
                self.next_attempt = later(now, NEXT_ATTEMPT * time_scale);
            }
        }
        // What is no longer wanted is not replaced later on.
        let missing = wanted.saturating_sub(self.launched.len());
        self.unhealthy = self.unhealthy.min(missing);
    }

    /// The launches that failed since this was asked last.
    pub(crate) fn new_failures(&mut self) -> Vec<Activity> {
        let failures = self
            .activities
            .iter()
            .skip(self.looked_through)
            .filter(|activity| activity.status == Status::Failed)
            .cloned()
            .collect();
        self.looked_through = self.activities.len();
        failures
    }

    fn record(
        &mut self,
        now: Timestamp,
        description: String,
        cause: String,
        zone: &str,
        status: Status,
        message: Option<String>,
    ) {
        let subnet = self
            .definition
            .places
            .iter()
            .find(|(of, _)| of == zone)
            .map(|(_, subnet)| subnet.clone())
            .unwrap_or_default();
        let name = self.name_hash();
        let id = format!(
            "{:08x}-{:04x}-{:04x}-0000-{:012x}",
            name >> 32,
            (name >> 16) & 0xffff,
            name & 0xffff,
            self.activities.len()
        );
        self.activities.push(Activity {
            id,
            group: self.definition.name.clone(),
            description,
            // Only the first activity after a change names what changed it.
            cause: format!("{}  At {now:.0} {cause}", std::mem::take(&mut self.cause))
                .trim_start()
                .to_owned(),
            started_at: now,
            ended_at: (status != Status::InProgress).then_some(now),
            status,
            message,
            zone: zone.to_owned(),
            subnet,
        });
    }

    fn serial_number(&self) -> u64 {
        self.name_hash().wrapping_add(self.serial)
    }

    /// The ids of instances and activities must differ between groups too.
    fn name_hash(&self) -> u64 {
        let name = self.definition.name.bytes();
        name.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }

    /// The instances as the group shows them at `now`.
    pub(crate) fn instances(&self, now: Timestamp) -> Vec<Instance> {
        self.launched
            .iter()
            .map(|launched| Instance {
                instance_id: launched.id.clone(),
                instance_type: self.definition.instance_type.clone(),
                availability_zone: launched.zone.clone(),
                lifecycle_state: if launched.in_service_at <= now {
                    "InService".to_owned()
                } else {
                    "Pending".to_owned()
                },
                health_status: "Healthy".to_owned(),
                protected_from_scale_in: false,
            })
            .collect()
    }
}

/// `now` and so many seconds.
pub(super) fn later(now: Timestamp, seconds: f64) -> Timestamp {
    SignedDuration::try_from_secs_f64(seconds)
        .ok()
        .and_then(|duration| now.checked_add(duration).ok())
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn group(purchase: Purchase) -> Group {
        let place = |zone: &str| (format!("us-east-1{zone}"), format!("subnet-{zone}"));
        Group::new(
            Definition {
                name: "workers".into(),
                min_size: 0,
                max_size: 2,
                places: vec![place("a"), place("b")],
                instance_type: "g4dn.xlarge".into(),
                purchase,
                maximum_price: Some("0.5".parse().unwrap()),
            },
            0,
        )
    }

    #[test]
    fn an_instance_is_pending_and_then_in_service() {
        let (mut group, market) = (group(Purchase::Spot), Market::default());
        group.set_desired(1, "a user request executed policy ScaleUp", at(0));
        group.tick(at(0), &market, 1.0);
        assert_eq!(group.instances(at(29))[0].lifecycle_state, "Pending");
        group.tick(at(30), &market, 1.0);
        assert_eq!(group.instances(at(30))[0].lifecycle_state, "InService");
        assert_eq!(group.activities[0].status, Status::Successful);
        assert!(
            group.activities[0]
                .cause
                .contains("policy ScaleUp changing")
        );
    }

    #[test]
    fn without_capacity_each_zone_is_tried_in_turn_for_ever() {
        let (mut group, market) = (group(Purchase::Spot), Market::default());
        for zone in ["us-east-1a", "us-east-1b"] {
            market.set_capacity("g4dn.xlarge", zone, Purchase::Spot, false);
        }
        group.set_desired(1, "a user request", at(0));
        for second in 0..50 {
            group.tick(at(second), &market, 1.0);
        }
        let zones: Vec<_> = group.activities.iter().map(|a| a.zone.as_str()).collect();
        assert_eq!(zones, ["us-east-1a", "us-east-1b", "us-east-1a"]);
        assert!(group.activities.iter().all(|a| a.status == Status::Failed));
        assert_eq!(group.desired, 1);
        assert_eq!(group.new_failures().len(), 3);
        assert!(group.new_failures().is_empty());
        group.set_desired(0, "a user request", at(50));
        group.tick(at(100), &market, 1.0);
        assert_eq!(group.activities.len(), 3);
    }

    #[test]
    fn a_zone_gives_as_many_instances_as_it_has() {
        let (mut group, market) = (group(Purchase::Spot), Market::default());
        for (zone, left) in [("us-east-1a", 1), ("us-east-1b", 0)] {
            market.set_instances_left("g4dn.xlarge", zone, Purchase::Spot, Some(left));
        }
        group.set_desired(2, "a user request", at(0));
        for second in 0..50 {
            group.tick(at(second), &market, 1.0);
        }
        let instances = group.instances(at(50)).into_iter();
        let zones: Vec<_> = instances.map(|one| one.availability_zone).collect();
        assert_eq!(zones, ["us-east-1a"]);
        assert_eq!(group.new_failures().len(), 3);
    }

    #[test]
    fn a_price_above_the_maximum_launches_nothing() {
        let (mut group, market) = (group(Purchase::Spot), Market::default());
        let dear = vec![crate::PriceChange {
            at: at(0),
            usd: Decimal::ONE,
        }];
        market.set_price_history("g4dn.xlarge", "us-east-1a", dear);
        group.set_desired(1, "a user request", at(1));
        group.tick(at(1), &market, 1.0);
        let message = group.activities[0].message.clone().unwrap();
        assert!(message.contains("SpotMaxPriceTooLow"), "{message}");
    }

    #[test]
    fn desired_stays_within_the_bounds_and_the_newest_goes_first() {
        let (mut group, market) = (group(Purchase::OnDemand), Market::default());
        group.set_desired(9, "a user request", at(0));
        group.tick(at(0), &market, 1.0);
        assert_eq!(group.instances(at(0)).len(), 2);
        let oldest = group.instances(at(0))[0].instance_id.clone();
        group.set_desired(1, "a user request", at(60));
        group.tick(at(60), &market, 1.0);
        assert_eq!(group.instances(at(60))[0].instance_id, oldest);
        group.set_desired(-3, "a user request", at(61));
        assert_eq!(group.desired, 0);
    }
}

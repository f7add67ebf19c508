//! A group that launches and terminates instances as time goes on.

mod at_once;
mod definition;
mod launch;
mod loss;
mod protection;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};

use super::activity::{Activity, Status};
use crate::{Market, front::xml::Instance};
pub(crate) use at_once::{Brought, MOST_INSTANCES, Wanted};
pub(crate) use definition::{Allocation, Definition, Kind, Place};
pub(crate) use launch::Refusal;

/// From a failed launch to the next attempt, in the next zone, seconds.
const NEXT_ATTEMPT: f64 = 20.0;

#[derive(Clone, Debug)]
struct Launched {
    id: String,
    kind: Kind,
    zone: String,
    in_service_at: Timestamp,
    /// When EC2 takes it back, once that is decided.
    lost_at: Option<Timestamp>,
    /// Whether the group must not end it to have less.
    is_protected: bool,
}

/// The part of a group that changes without being told.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) definition: Definition,
    /// Units.
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
        while let Some(last) = self.surplus() {
            let have = self.units();
            self.record(
                now,
                format!("Terminating EC2 instance: {}", last.id),
                format!("an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from {} to {have}.", have + last.kind.units()),
                &last.zone,
                Status::Successful,
                None,
            );
        }
        while self.units() < self.desired && self.next_attempt <= now {
            if !self.launch(now, market, time_scale) {
                self.next_attempt = later(now, NEXT_ATTEMPT * time_scale);
            }
        }
        // What is no longer wanted is not replaced later on.
        let missing = self.desired.saturating_sub(self.units());
        let missing = usize::try_from(missing).unwrap_or_default();
        self.unhealthy = self.unhealthy.min(missing);
    }

    /// How much the group has, in units.
    fn units(&self) -> i32 {
        let units = self.launched.iter().map(|launched| launched.kind.units());
        units.fold(0, i32::saturating_add)
    }

    /// Takes the newest instance out that is not protected, if what is left is still as much as is
    /// desired.
    fn surplus(&mut self) -> Option<Launched> {
        let mut launched = self.launched.iter();
        let newest = launched.rposition(|launched| !launched.is_protected)?;
        let left = self.units() - self.launched.get(newest)?.kind.units();
        (left >= self.desired).then(|| self.launched.remove(newest))
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
            .find(|place| place.zone == zone)
            .map(|place| place.subnet.clone())
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
                instance_type: launched.kind.instance_type.clone(),
                availability_zone: launched.zone.clone(),
                lifecycle_state: if launched.in_service_at <= now {
                    "InService".to_owned()
                } else {
                    "Pending".to_owned()
                },
                health_status: "Healthy".to_owned(),
                protected_from_scale_in: launched.is_protected,
                weighted_capacity: launched.kind.weight.map(|weight| weight.to_string()),
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

//! An Auto Scaling group as it would have done: it launches what it is asked for if that can be had,
//! goes on to the next zone if not, and tries for ever.

use std::collections::BTreeSet;

use jiff::Timestamp;
use spotmanager_domain::{Capacity, Market, activity::Activity, resources::AutoScalingGroup};

use crate::{STEP_SECONDS, Timings, Trace, instance::Instance};

/// How many activities are remembered at least; more than any decision looks back at.
const REMEMBERED: usize = 1_000;

/// What happened to a group by itself.
#[derive(Debug, Default)]
pub(crate) struct Happened {
    /// The instances that EC2 warns of.
    pub(crate) warned: Vec<String>,
    /// Whether a launch failed.
    pub(crate) launch_failed: bool,
    /// The jobs of instances that are gone.
    pub(crate) given_up: Vec<usize>,
}

/// A group of the simulation.
#[derive(Debug)]
pub(crate) struct SimulatedGroup {
    pub(crate) market: Market,
    max_size: i32,
    desired: i32,
    pub(crate) instances: Vec<Instance>,
    activities: Vec<Activity>,
    next_attempt_at: u64,
    next_zone: usize,
    /// The zones that had no instance since the group was complete.
    empty_zones: BTreeSet<usize>,
    /// Until when the group rests after a scaling policy.
    cooldown_until: u64,
    launches: u64,
    /// When an instance was launched last.
    pub(crate) launched_at: Option<u64>,
    pub(crate) seconds: u64,
    pub(crate) interruptions: u64,
}

impl SimulatedGroup {
    pub(crate) fn new(market: Market, max_size: i32) -> Self {
        Self {
            market,
            max_size,
            desired: 0,
            instances: Vec::new(),
            activities: Vec::new(),
            next_attempt_at: 0,
            next_zone: 0,
            empty_zones: BTreeSet::new(),
            cooldown_until: 0,
            launches: 0,
            launched_at: None,
            seconds: 0,
            interruptions: 0,
        }
    }

    pub(crate) fn capacity(&self, now: u64) -> Capacity {
        let count = |serves: bool| {
            let own = self.own().filter(|instance| instance.serves(now) == serves);
            i32::try_from(own.count()).unwrap_or(i32::MAX)
        };
        Capacity {
            min_size: 0,
            max_size: self.max_size,
            desired_capacity: self.desired,
            in_service: count(true),
            pending: count(false),
            unhealthy: 0,
        }
    }

    /// The group as Auto Scaling describes it.
    pub(crate) fn described(&self, now: u64) -> AutoScalingGroup {
        let in_service = self.own().filter(|instance| instance.serves(now));
        AutoScalingGroup {
            name: self.market.code().to_owned(),
            capacity: self.capacity(now),
            in_service: in_service.map(|one| (one.id.clone(), 1)).collect(),
            ..AutoScalingGroup::default()
        }
    }

    /// The instance of this id, detached or not.
    pub(crate) fn instance(&self, id: &str) -> Option<&Instance> {
        self.instances.iter().find(|instance| instance.id == id)
    }

    fn own(&self) -> impl Iterator<Item = &Instance> {
        self.instances.iter().filter(|instance| !instance.detached)
    }

    fn missing(&self) -> i32 {
        self.desired - i32::try_from(self.own().count()).unwrap_or(i32::MAX)
    }

    /// What it did since then, the oldest first.
    pub(crate) fn activities_since(&self, since: Timestamp) -> &[Activity] {
        let before = |activity: &Activity| activity.started_at < since;
        let begin = self.activities.partition_point(before);
        self.activities.get(begin..).unwrap_or_default()
    }

    /// Asks for so many, within its sizes. What goes gives up its job, which is returned.
    pub(crate) fn set_desired(&mut self, desired: i32, now: u64) -> Vec<usize> {
        let desired = desired.clamp(0, self.max_size);
        if desired > self.desired {
            self.next_attempt_at = now;
        }
        self.desired = desired;
        let mut given_up = Vec::new();
        // Auto Scaling knows of no jobs: the newest goes.
        while self.missing() < 0 {
            let Some(last) = self.instances.iter().rposition(|one| !one.detached) else {
                break;
            };
            given_up.extend(self.instances.remove(last).job.map(|(_, job)| job));
        }
        given_up
    }

    /// Takes an instance in service out of the group. If DesiredCapacity does not fall with it, the group
    /// launches another one. Returns whether it was part of the group.
    pub(crate) fn detach(&mut self, id: &str, decrements: bool, now: u64) -> bool {
        let mut own = self.instances.iter_mut().filter(|one| !one.detached);
        let Some(instance) = own.find(|one| one.id == id && one.serves(now)) else {
            return false;
        };
        instance.detached = true;
        if decrements {
            self.desired = (self.desired - 1).max(0);
        } else {
            self.next_attempt_at = now;
        }
        true
    }

    /// Rests after a scaling policy.
    pub(crate) fn rest_until(&mut self, until: u64) {
        self.cooldown_until = until;
    }

    /// Until when it executes no scaling policy that honors the cooldown.
    pub(crate) const fn rests_until(&self) -> u64 {
        self.cooldown_until
    }

    /// What happens by itself at `now`.
    pub(crate) fn step(&mut self, now: u64, traces: &[Trace], timings: &Timings) -> Happened {
        let mut happened = Happened::default();
        self.instances.retain(|instance| {
            let is_gone = instance.reclaimed_at.is_some_and(|at| at <= now);
            if is_gone {
                happened.given_up.extend(instance.job.map(|(_, job)| job));
            }
            !is_gone
        });
        if self.market == Market::Spot {
            for (zone, trace) in traces.iter().enumerate() {
                self.warn(now, zone, trace, timings, &mut happened);
            }
        }
        if self.missing() <= 0 {
            self.empty_zones.clear();
        } else if self.next_attempt_at <= now {
            happened.launch_failed = !self.attempt(now, traces, timings);
        }
        happened
    }

    /// EC2 takes instances back from a zone, the oldest first.
    fn warn(
        &mut self,
        now: u64,
        zone: usize,
        trace: &Trace,
        timings: &Timings,
        happened: &mut Happened,
    ) {
        let before = now.saturating_sub(u64::from(STEP_SECONDS));
        let reclaimed = trace.reclaimed(self.running(zone), before, now);
        let staying = self.instances.iter_mut().filter(|one| one.stays_in(zone));
        for instance in staying.take(usize::try_from(reclaimed).unwrap_or(usize::MAX)) {
            instance.reclaimed_at = Some(now + u64::from(timings.interruption_notice));
            self.interruptions += 1;
            happened.warned.push(instance.id.clone());
        }
    }

    /// How many instances a zone has that EC2 does not take back.
    fn running(&self, zone: usize) -> u32 {
        let staying = self.instances.iter().filter(|one| one.stays_in(zone));
        u32::try_from(staying.count()).unwrap_or(u32::MAX)
    }

    /// Launches what is missing, zone by zone, until a zone has none. Returns whether each had.
    fn attempt(&mut self, now: u64, traces: &[Trace], timings: &Timings) -> bool {
        while self.missing() > 0 {
            let zone = match self.market {
                Market::OnDemand => None,
                Market::Spot => Some(self.choose_zone(traces.len())),
            };
            let is_available = zone.is_none_or(|zone| self.has_more(zone, now, traces));
            let name = zone.and_then(|zone| traces.get(zone));
            self.remember(now, is_available, name.map(|trace| trace.zone().to_owned()));
            if !is_available {
                self.empty_zones.extend(zone);
                self.next_attempt_at = now + u64::from(timings.next_attempt);
                return false;
            }
            self.launch(zone, now, timings);
        }
        true
    }

    /// Launches up to so many in a zone, whatever is missing, and asks for as many more. Returns how
    /// many came. It leaves no activities: nobody has documented any.
    pub(crate) fn launch_in(
        &mut self,
        zone: usize,
        count: i32,
        now: u64,
        traces: &[Trace],
        timings: &Timings,
    ) -> i32 {
        let most = count.min(self.max_size - self.desired);
        let mut came = 0;
        while came < most && self.has_more(zone, now, traces) {
            self.launch(Some(zone), now, timings);
            came += 1;
        }
        self.desired += came;
        came
    }

    /// Whether a zone has an instance more.
    fn has_more(&self, zone: usize, now: u64, traces: &[Trace]) -> bool {
        let trace = traces.get(zone);
        trace.is_some_and(|trace| trace.available(now) > self.running(zone))
    }

    fn launch(&mut self, zone: Option<usize>, now: u64, timings: &Timings) {
        self.launched_at = Some(now);
        self.launches += 1;
        self.instances.push(Instance {
            id: format!("i-{}", self.launches),
            zone,
            in_service_at: now + u64::from(timings.launch),
            reclaimed_at: None,
            detached: false,
            job: None,
        });
    }

    /// The zone with the fewest instances, first of those that are not known to be empty, as Auto Scaling
    /// balances them.
    fn choose_zone(&mut self, zones: usize) -> usize {
        if self.empty_zones.len() >= zones {
            self.empty_zones.clear();
        }
        let own = |zone| self.own().filter(|one| one.zone == Some(zone)).count();
        let in_turn = (0..zones).map(|more| (self.next_zone + more) % zones);
        let not_empty = in_turn.filter(|zone| !self.empty_zones.contains(zone));
        let zone = not_empty.min_by_key(|zone| own(*zone)).unwrap_or_default();
        self.next_zone = zone + 1;
        zone
    }

    fn remember(&mut self, now: u64, is_available: bool, availability_zone: Option<String>) {
        let status_code = if is_available { "Successful" } else { "Failed" };
        self.activities.push(Activity {
            started_at: timestamp(now),
            status_code: status_code.to_owned(),
            status_message: None,
            cause: String::new(),
            availability_zone,
            launches: true,
        });
        if self.activities.len() > 2 * REMEMBERED {
            self.activities.drain(..REMEMBERED);
        }
    }
}

/// A second of the simulation, as the decision's types tell time.
pub(crate) fn timestamp(second: u64) -> Timestamp {
    i64::try_from(second)
        .ok()
        .and_then(|second| Timestamp::from_second(second).ok())
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;

//! An Auto Scaling group as it would have done: it launches what it is asked for where that can be
//! had, goes on to the next zone where it cannot, and tries for ever.

use jiff::Timestamp;
use spotmanager_domain::{Capacity, Market, activity::Activity, resources::AutoScalingGroup};

use crate::{Timings, Trace};

/// The most in each group, as the templates have it.
const MAX_SIZE: i32 = 1;
/// How many activities are remembered; more than any decision looks back at.
const REMEMBERED: usize = 200;

/// An instance, from its launch on.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    /// Its id, which no other of its group has.
    id: String,
    /// Which trace; none for on-demand.
    pub(crate) zone: Option<usize>,
    in_service_at: u64,
    /// When EC2 takes it back, once it has said so.
    reclaimed_at: Option<u64>,
    /// Whether it still counts in the group.
    detached: bool,
    /// What is left of its job, and the job's number.
    pub(crate) job: Option<(u64, usize)>,
}

impl Instance {
    pub(crate) fn serves(&self, now: u64) -> bool {
        self.in_service_at <= now
    }
}

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
    desired: i32,
    pub(crate) instances: Vec<Instance>,
    activities: Vec<Activity>,
    next_attempt_at: u64,
    next_zone: usize,
    launches: u64,
    /// When an instance was launched last.
    pub(crate) launched_at: Option<u64>,
    pub(crate) seconds: u64,
    pub(crate) interruptions: u64,
}

impl SimulatedGroup {
    pub(crate) fn new(market: Market) -> Self {
        Self {
            market,
            desired: 0,
            instances: Vec::new(),
            activities: Vec::new(),
            next_attempt_at: 0,
            next_zone: 0,
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
            max_size: MAX_SIZE,
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

    /// What it did since then, the oldest first.
    pub(crate) fn activities_since(&self, since: Timestamp) -> &[Activity] {
        let before = |activity: &Activity| activity.started_at < since;
        let begin = self.activities.partition_point(before);
        self.activities.get(begin..).unwrap_or_default()
    }

    /// Scales up by one, or down, within its sizes. What goes gives up its job, which is returned.
    pub(crate) fn set_desired(&mut self, desired: i32, now: u64) -> Vec<usize> {
        let desired = desired.clamp(0, MAX_SIZE);
        if desired > self.desired {
            self.next_attempt_at = now;
        }
        self.desired = desired;
        let mut given_up = Vec::new();
        while i32::try_from(self.own().count()).is_ok_and(|own| own > desired) {
            let Some(last) = self.instances.iter().rposition(|one| !one.detached) else {
                break;
            };
            given_up.extend(self.instances.remove(last).job.map(|(_, job)| job));
        }
        given_up
    }

    /// Takes an instance in service out of the group, and its DesiredCapacity with it. Returns whether
    /// it was part of the group.
    pub(crate) fn detach(&mut self, id: &str, now: u64) -> bool {
        let mut own = self.instances.iter_mut().filter(|one| !one.detached);
        let Some(instance) = own.find(|one| one.id == id && one.serves(now)) else {
            return false;
        };
        instance.detached = true;
        self.desired = (self.desired - 1).max(0);
        true
    }

    /// What happens by itself at `now`.
    pub(crate) fn step(&mut self, now: u64, traces: &[Trace], timings: &Timings) -> Happened {
        let mut happened = Happened::default();
        self.instances.retain_mut(|instance| {
            if instance.reclaimed_at.is_some_and(|at| at <= now) {
                happened.given_up.extend(instance.job.map(|(_, job)| job));
                return false;
            }
            let is_gone = instance
                .zone
                .and_then(|zone| traces.get(zone))
                .is_some_and(|trace| !trace.is_available(now));
            if is_gone && instance.reclaimed_at.is_none() {
                instance.reclaimed_at = Some(now + u64::from(timings.interruption_notice));
                self.interruptions += 1;
                happened.warned.push(instance.id.clone());
            }
            true
        });
        let own = i32::try_from(self.own().count()).unwrap_or(i32::MAX);
        if own < self.desired && self.next_attempt_at <= now {
            happened.launch_failed = !self.attempt(now, traces, timings);
        }
        happened
    }

    /// Launches an instance if the next zone has one. Returns whether it has.
    fn attempt(&mut self, now: u64, traces: &[Trace], timings: &Timings) -> bool {
        let (zone, name, is_available) = match self.market {
            Market::OnDemand => (None, None, true),
            Market::Spot => {
                let zone = self.next_zone % traces.len();
                self.next_zone = zone + 1;
                let trace = traces.get(zone);
                (
                    Some(zone),
                    trace.map(|trace| trace.zone().to_owned()),
                    trace.is_some_and(|trace| trace.is_available(now)),
                )
            }
        };
        let status_code = if is_available { "Successful" } else { "Failed" };
        self.activities.push(Activity {
            started_at: timestamp(now),
            status_code: status_code.to_owned(),
            status_message: None,
            cause: String::new(),
            availability_zone: name,
            launches: true,
        });
        if self.activities.len() > REMEMBERED {
            self.activities.remove(0);
        }
        if is_available {
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
        } else {
            self.next_attempt_at = now + u64::from(timings.next_attempt);
        }
        is_available
    }
}

/// A second of the simulation, as the decision's types tell time.
pub(crate) fn timestamp(second: u64) -> Timestamp {
    i64::try_from(second)
        .ok()
        .and_then(|second| Timestamp::from_second(second).ok())
        .unwrap_or(Timestamp::MAX)
}

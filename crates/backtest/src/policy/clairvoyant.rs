//! What knowing the future would have cost.

use crate::{Outcome, Played, STEP_SECONDS, Scene, Trial, queue};

/// Counts the bound: spot whenever there is any and on-demand otherwise, changed over at once and at
/// no cost.
///
/// With a queue it has at each step the instances that the sizing rule wants for the jobs, in service
/// at once; without one it has an instance from each alarm on, in service after its launch. They go as
/// in a group, one after the other once there have been no jobs for some time. So how many there are
/// follows from the jobs alone.
pub(crate) fn bound(scene: Scene<'_>, trial: Trial<'_>, arrivals: Vec<u64>, end: u64) -> Played {
    let mut arrivals = arrivals.into_iter().peekable();
    let mut clairvoyant = Clairvoyant::new(scene, trial);
    while clairvoyant.now < end {
        while arrivals.next_if(|at| *at <= clairvoyant.now).is_some() {
            clairvoyant.waiting += 1;
        }
        clairvoyant.step();
    }
    Played {
        outcome: clairvoyant.outcome,
        spot_seconds: clairvoyant.spot_seconds,
        ..Played::default()
    }
}

struct Clairvoyant<'a> {
    scene: Scene<'a>,
    now: u64,
    /// Jobs that wait.
    waiting: usize,
    /// What is left of each job that runs, seconds.
    running: Vec<u64>,
    instances: u32,
    in_service_at: u64,
    periods_without_jobs: u32,
    was_spot: Option<bool>,
    outcome: Outcome,
    /// The traces, the zone that costs least first.
    zones: Vec<usize>,
    /// Seconds of spot instances in the zone of each trace.
    spot_seconds: Vec<u64>,
}

impl<'a> Clairvoyant<'a> {
    fn new(scene: Scene<'a>, trial: Trial<'_>) -> Self {
        let mut zones: Vec<_> = (0..scene.traces.len()).collect();
        zones.sort_by_key(|zone| trial.zone_prices.get(*zone));
        Self {
            scene,
            now: 0,
            waiting: 0,
            running: Vec::new(),
            instances: 0,
            in_service_at: 0,
            periods_without_jobs: 0,
            was_spot: None,
            outcome: Outcome::default(),
            spot_seconds: vec![0; zones.len()],
            zones,
        }
    }

    fn step(&mut self) {
        self.take_jobs();
        if self.scene.fleet.has_queue() {
            let wanted = queue::wanted(&self.scene.fleet, self.waiting);
            self.instances = self.instances.max(wanted);
            self.take_jobs();
        }
        self.work();
        let period = u64::from(self.scene.timings.alarm_period);
        if self.now.is_multiple_of(period) {
            self.look_at_queue();
        }
        self.count();
        self.now += u64::from(STEP_SECONDS);
    }

    /// Every instance in service has a job, if there is one.
    fn take_jobs(&mut self) {
        let instances = usize::try_from(self.instances).unwrap_or(usize::MAX);
        if self.in_service_at > self.now {
            return;
        }
        let idle = instances.saturating_sub(self.running.len());
        let taken = idle.min(self.waiting);
        self.waiting -= taken;
        let job_seconds = u64::from(self.scene.jobs.job_seconds);
        self.running.extend(std::iter::repeat_n(job_seconds, taken));
    }

    fn work(&mut self) {
        let before = self.running.len();
        self.running.retain_mut(|left| {
            *left = left.saturating_sub(u64::from(STEP_SECONDS));
            *left > 0
        });
        let done = before - self.running.len();
        self.outcome.jobs_done += u64::try_from(done).unwrap_or(u64::MAX);
    }

    fn look_at_queue(&mut self) {
        let timings = self.scene.timings;
        if self.waiting > 0 {
            self.periods_without_jobs = 0;
            if self.instances == 0 {
                self.instances = 1;
                self.in_service_at = self.now + u64::from(timings.launch);
            }
        } else if self.running.is_empty() {
            self.periods_without_jobs = self.periods_without_jobs.saturating_add(1);
            if self.periods_without_jobs >= timings.no_jobs_periods {
                self.instances = self.instances.saturating_sub(1);
            }
        } else {
            self.periods_without_jobs = 0;
        }
    }

    /// How many of its instances are spot, counted for a step in the zones that cost least.
    fn spot(&mut self) -> u32 {
        let mut left = self.instances;
        for zone in &self.zones {
            let trace = self.scene.traces.get(*zone);
            let available = trace.map_or(0, |trace| trace.available(self.now));
            let taken = left.min(available);
            left -= taken;
            if let Some(seconds) = self.spot_seconds.get_mut(*zone) {
                *seconds += u64::from(STEP_SECONDS) * u64::from(taken);
            }
        }
        self.instances - left
    }

    fn count(&mut self) {
        let step = u64::from(STEP_SECONDS);
        let waiting = u64::try_from(self.waiting).unwrap_or(u64::MAX);
        self.outcome.jobs_waited_seconds += step * waiting;
        if self.instances == 0 {
            if waiting > 0 {
                // Until the alarm looks at the queue nobody knows of the job.
                let period = u64::from(self.scene.timings.alarm_period);
                self.outcome.waited_seconds += step;
                self.outcome.longest_wait_seconds = self.outcome.longest_wait_seconds.max(period);
            }
            return;
        }
        let spot = self.spot();
        let on_demand = self.instances - spot;
        let is_spot = on_demand == 0;
        if self
            .was_spot
            .replace(is_spot)
            .is_some_and(|was| was != is_spot)
        {
            self.outcome.switches += 1;
        }
        self.outcome.spot_seconds += step * u64::from(spot);
        self.outcome.on_demand_seconds += step * u64::from(on_demand);
    }
}

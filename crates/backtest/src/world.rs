//! The two groups, the queue and its alarms.

use std::collections::VecDeque;

use spotmanager_domain::Market;

use crate::{
    Fleet, Outcome, Played, STEP_SECONDS, Scene, Timings, Trace, group::SimulatedGroup, queue,
};

/// What a policy may answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The alarm "jobs to do" rises.
    JobsToDo,
    /// EC2 warns that it takes the spot instance of this id back.
    InterruptionWarning(String),
    /// The spot group could not launch an instance.
    LaunchUnsuccessful,
}

/// A job, since it came.
#[derive(Clone, Copy, Debug, Default)]
struct Job {
    /// What it has waited without any instance, seconds.
    waited: u64,
    /// Whether it was begun anew.
    is_restarted: bool,
}

/// A job that waits, and what all had waited when it came into the queue, seconds.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    job: usize,
    since: u64,
}

/// Everything but the policy.
#[derive(Debug)]
pub(crate) struct World<'a> {
    pub(crate) now: u64,
    pub(crate) traces: &'a [Trace],
    pub(crate) timings: Timings,
    pub(crate) fleet: Fleet,
    pub(crate) spot: SimulatedGroup,
    pub(crate) on_demand: SimulatedGroup,
    job_seconds: u64,
    arrivals: VecDeque<u64>,
    jobs: Vec<Job>,
    queue: VecDeque<Waiting>,
    jobs_alarm: bool,
    periods_without_jobs: u32,
    outcome: Outcome,
    /// When EC2 warned of each spot instance.
    warned_at: Vec<u64>,
    /// Seconds of spot instances in the zone of each trace.
    spot_seconds: Vec<u64>,
    launched_last: Option<Market>,
    /// Whether the spot group could not launch an instance in the step before.
    launch_failed: bool,
}

impl<'a> World<'a> {
    pub(crate) fn new(scene: Scene<'a>, arrivals: Vec<u64>) -> Self {
        let Scene {
            traces,
            jobs,
            timings,
            fleet,
        } = scene;
        Self {
            now: 0,
            traces,
            timings,
            fleet,
            spot: SimulatedGroup::new(Market::Spot, fleet.max_size()),
            on_demand: SimulatedGroup::new(Market::OnDemand, fleet.max_size()),
            job_seconds: u64::from(jobs.job_seconds),
            arrivals: arrivals.into(),
            jobs: Vec::new(),
            queue: VecDeque::new(),
            jobs_alarm: false,
            periods_without_jobs: 0,
            outcome: Outcome::default(),
            warned_at: Vec::new(),
            spot_seconds: vec![0; traces.len()],
            launched_last: None,
            launch_failed: false,
        }
    }

    pub(crate) fn group(&self, market: Market) -> &SimulatedGroup {
        match market {
            Market::Spot => &self.spot,
            Market::OnDemand => &self.on_demand,
        }
    }

    pub(crate) fn group_mut(&mut self, market: Market) -> &mut SimulatedGroup {
        match market {
            Market::Spot => &mut self.spot,
            Market::OnDemand => &mut self.on_demand,
        }
    }

    /// Asks a group for so many instances.
    pub(crate) fn scale(&mut self, market: Market, desired: i32) {
        let now = self.now;
        let given_up = self.group_mut(market).set_desired(desired, now);
        self.take_back(given_up);
    }

    /// Launches so many spot instances in a zone, as far as it has them, and returns how many came.
    pub(crate) fn launch_spot(&mut self, zone: usize, count: i32) -> i32 {
        self.spot
            .launch_in(zone, count, self.now, self.traces, &self.timings)
    }

    /// Asks a group for so many more instances.
    pub(crate) fn scale_up(&mut self, market: Market, more: i32) {
        if more > 0 {
            let desired = self.group(market).capacity(self.now).desired_capacity;
            self.scale(market, desired.saturating_add(more));
        }
    }

    /// Executes a group's scaling policy, which adds so many instances; after it the group rests.
    /// See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scaling-cooldowns.html>.
    pub(crate) fn execute_policy(&mut self, market: Market, adds: i32) {
        let desired = |world: &Self| world.group(market).capacity(world.now).desired_capacity;
        let before = desired(self);
        self.scale(market, before.saturating_add(adds));
        if desired(self) != before {
            let cooldown = match adds {
                ..=0 => self.timings.scale_down_cooldown,
                1.. => self.timings.scale_up_cooldown,
            };
            let until = self.now + u64::from(cooldown);
            self.group_mut(market).rest_until(until);
        }
    }

    /// Until when a group executes no scaling policy that waits for its cooldown.
    pub(crate) fn rests_until(&self, market: Market) -> u64 {
        // Groups of one instance are played without cooldowns.
        if self.fleet.has_queue() {
            self.group(market).rests_until()
        } else {
            self.now
        }
    }

    /// Puts jobs that were begun to the queue's front; they begin anew.
    fn take_back(&mut self, jobs: Vec<usize>) {
        let since = self.outcome.waited_seconds;
        for job in jobs {
            self.queue.push_front(Waiting { job, since });
            if let Some(job) = self.jobs.get_mut(job) {
                let was = std::mem::replace(&mut job.is_restarted, true);
                self.outcome.jobs_restarted += u64::from(!was);
            }
        }
    }

    /// How many jobs wait.
    pub(crate) fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// How many instances the jobs that wait need in addition to those that both groups are asked for,
    /// at the end of a period, which is when CloudWatch looks at the queue.
    pub(crate) fn wanted_more(&self) -> i32 {
        let period = u64::from(self.timings.alarm_period);
        if !self.now.is_multiple_of(period) {
            return 0;
        }
        let wanted = queue::wanted(&self.fleet, self.waiting());
        let groups = [&self.spot, &self.on_demand].map(|group| group.capacity(self.now));
        let asked: i32 = groups
            .iter()
            .map(|capacity| capacity.desired_capacity)
            .sum();
        i32::try_from(wanted)
            .unwrap_or(i32::MAX)
            .saturating_sub(asked)
            .max(0)
    }

    /// Whether more jobs wait than the queue's target allows.
    pub(crate) fn backlog_is_above_target(&self) -> bool {
        let groups = [&self.spot, &self.on_demand].map(|group| group.capacity(self.now));
        queue::backlog(&self.fleet, self.waiting(), groups).is_above_target()
    }

    fn jobs_run(&self) -> bool {
        let groups = [&self.spot, &self.on_demand];
        let mut instances = groups.iter().flat_map(|group| &group.instances);
        instances.any(|instance| instance.job.is_some())
    }

    /// Goes on by a step, and returns what happened.
    pub(crate) fn step(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while self.arrivals.front().is_some_and(|at| *at <= self.now) {
            self.arrivals.pop_front();
            self.queue.push_back(Waiting {
                job: self.jobs.len(),
                since: self.outcome.waited_seconds,
            });
            self.jobs.push(Job::default());
        }
        let spot = self.spot.step(self.now, self.traces, &self.timings);
        let on_demand = self.on_demand.step(self.now, self.traces, &self.timings);
        self.warned_at.extend(spot.warned.iter().map(|_| self.now));
        let warned = spot.warned.into_iter();
        events.extend(warned.map(Event::InterruptionWarning));
        // EventBridge reports a failed launch once it has ended.
        if std::mem::replace(&mut self.launch_failed, spot.launch_failed) {
            events.push(Event::LaunchUnsuccessful);
        }
        self.take_back(spot.given_up);
        self.take_back(on_demand.given_up);
        self.work();
        if self
            .now
            .is_multiple_of(u64::from(self.timings.alarm_period))
        {
            events.extend(self.look_at_queue());
        }
        events
    }

    fn note_switches(&mut self) {
        for group in [&self.spot, &self.on_demand] {
            if group.launched_at == Some(self.now) {
                let last = self.launched_last.replace(group.market);
                self.outcome.switches += u64::from(last.is_some_and(|last| last != group.market));
            }
        }
    }

    /// Lets every instance in service do its job, or take one.
    fn work(&mut self) {
        let step = u64::from(STEP_SECONDS);
        for group in [&mut self.spot, &mut self.on_demand] {
            for instance in &mut group.instances {
                if !instance.serves(self.now) {
                    continue;
                }
                if instance.job.is_none()
                    && let Some(Waiting { job, since }) = self.queue.pop_front()
                {
                    instance.job = Some((self.job_seconds, job));
                    if let Some(job) = self.jobs.get_mut(job) {
                        job.waited += self.outcome.waited_seconds - since;
                    }
                }
                if let Some((left, job)) = instance.job {
                    instance.job = (left > step).then_some((left - step, job));
                    self.outcome.jobs_done += u64::from(left <= step);
                }
            }
        }
    }

    /// What CloudWatch's alarms make of the queue at the end of a period.
    fn look_at_queue(&mut self) -> Option<Event> {
        if self.waiting() > 0 {
            self.periods_without_jobs = 0;
            return (!std::mem::replace(&mut self.jobs_alarm, true)).then_some(Event::JobsToDo);
        }
        self.jobs_alarm = false;
        // A worker that has a job keeps its instance from being scaled in.
        if self.jobs_run() {
            self.periods_without_jobs = 0;
            return None;
        }
        self.periods_without_jobs = self.periods_without_jobs.saturating_add(1);
        // Each minute while the alarm lasts, one of each group.
        if self.periods_without_jobs >= self.timings.no_jobs_periods {
            for market in [Market::Spot, Market::OnDemand] {
                if self.rests_until(market) <= self.now {
                    self.execute_policy(market, -1);
                }
            }
        }
        None
    }

    /// Counts the step: what the instances cost, and which jobs waited.
    pub(crate) fn count(&mut self) {
        self.note_switches();
        let step = u64::from(STEP_SECONDS);
        let mut instances = 0;
        for group in [&mut self.spot, &mut self.on_demand] {
            let all = u64::try_from(group.instances.len()).unwrap_or(u64::MAX);
            group.seconds += step * all;
            instances += all;
        }
        for instance in &self.spot.instances {
            let zone = instance
                .zone
                .and_then(|zone| self.spot_seconds.get_mut(zone));
            if let Some(seconds) = zone {
                *seconds += step;
            }
        }
        let waiting = u64::try_from(self.waiting()).unwrap_or(u64::MAX);
        self.outcome.jobs_waited_seconds += step * waiting;
        if instances == 0 && waiting > 0 {
            self.outcome.waited_seconds += step;
        }
        self.now += step;
    }

    /// What it came to, with so many executions.
    pub(crate) fn played(mut self, executions: u64) -> Played {
        Played {
            executions,
            warned_at: std::mem::take(&mut self.warned_at),
            spot_seconds: std::mem::take(&mut self.spot_seconds),
            outcome: self.outcome(),
        }
    }

    fn outcome(self) -> Outcome {
        let waited = self.outcome.waited_seconds;
        let still = self.queue.iter().map(|waiting| waited - waiting.since);
        let waits = self.jobs.iter().map(|job| job.waited).chain(still);
        Outcome {
            spot_seconds: self.spot.seconds,
            on_demand_seconds: self.on_demand.seconds,
            longest_wait_seconds: waits.max().unwrap_or_default(),
            interruptions: self.spot.interruptions,
            ..self.outcome
        }
    }
}

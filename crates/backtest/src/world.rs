//! The two groups, the queue and its alarms.

use std::collections::VecDeque;

use spotmanager_domain::Market;

use crate::{Outcome, STEP_SECONDS, Timings, Trace, group::SimulatedGroup};

/// What a policy may answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The alarm "jobs to do" rises.
    JobsToDo,
    /// The alarm "no more jobs" rises, and has scaled both groups down.
    NoMoreJobs,
    /// EC2 warns that it takes the spot instance of this id back.
    InterruptionWarning(String),
    /// The spot group could not launch an instance.
    LaunchUnsuccessful,
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
    pub(crate) spot: SimulatedGroup,
    pub(crate) on_demand: SimulatedGroup,
    job_seconds: u64,
    arrivals: VecDeque<u64>,
    /// What each job has waited, seconds.
    waits: Vec<u64>,
    queue: VecDeque<Waiting>,
    jobs_alarm: bool,
    periods_without_jobs: u32,
    outcome: Outcome,
    launched_last: Option<Market>,
    /// Whether the spot group could not launch an instance in the step before.
    launch_failed: bool,
}

impl<'a> World<'a> {
    pub(crate) fn new(
        traces: &'a [Trace],
        timings: Timings,
        job_seconds: u32,
        arrivals: Vec<u64>,
    ) -> Self {
        Self {
            now: 0,
            traces,
            timings,
            spot: SimulatedGroup::new(Market::Spot),
            on_demand: SimulatedGroup::new(Market::OnDemand),
            job_seconds: u64::from(job_seconds),
            arrivals: arrivals.into(),
            waits: Vec::new(),
            queue: VecDeque::new(),
            jobs_alarm: false,
            periods_without_jobs: 0,
            outcome: Outcome::default(),
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

    /// Asks a group for so many instances.
    pub(crate) fn scale(&mut self, market: Market, desired: i32) {
        let group = match market {
            Market::Spot => &mut self.spot,
            Market::OnDemand => &mut self.on_demand,
        };
        let given_up = group.set_desired(desired, self.now);
        self.take_back(given_up);
    }

    /// Puts jobs that were begun to the queue's front; they begin anew.
    fn take_back(&mut self, jobs: Vec<usize>) {
        let since = self.outcome.waited_seconds;
        for job in jobs {
            self.queue.push_front(Waiting { job, since });
        }
    }

    /// Whether jobs wait.
    pub(crate) fn jobs_wait(&self) -> bool {
        !self.queue.is_empty()
    }

    fn jobs_run(&self) -> bool {
        let groups = [&self.spot, &self.on_demand];
        let mut instances = groups.iter().flat_map(|group| &group.instances);
        instances.any(|instance| instance.job.is_some())
    }

    /// Goes on by a step, and tells what happened.
    pub(crate) fn step(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while self.arrivals.front().is_some_and(|at| *at <= self.now) {
            self.arrivals.pop_front();
            self.queue.push_back(Waiting {
                job: self.waits.len(),
                since: self.outcome.waited_seconds,
            });
            self.waits.push(0);
        }
        let spot = self.spot.step(self.now, self.traces, &self.timings);
        let on_demand = self.on_demand.step(self.now, self.traces, &self.timings);
        let warned = spot.warned.into_iter();
        events.extend(warned.map(Event::InterruptionWarning));
        // EventBridge reports a failed launch once it has ended.
        if std::mem::replace(&mut self.launch_failed, spot.launch_failed) {
            events.push(Event::LaunchUnsuccessful);
        }
        self.take_back(spot.given_up);
        self.take_back(on_demand.given_up);
        self.note_switches();
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
                    if let Some(wait) = self.waits.get_mut(job) {
                        *wait += self.outcome.waited_seconds - since;
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
        if self.jobs_wait() {
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
        (self.periods_without_jobs == self.timings.no_jobs_periods).then(|| {
            for market in [Market::Spot, Market::OnDemand] {
                self.scale(market, 0);
            }
            Event::NoMoreJobs
        })
    }

    /// Counts the step: what the instances cost, and which jobs waited without any.
    pub(crate) fn count(&mut self) {
        let step = u64::from(STEP_SECONDS);
        let mut instances = 0;
        for group in [&mut self.spot, &mut self.on_demand] {
            let all = u64::try_from(group.instances.len()).unwrap_or(u64::MAX);
            group.seconds += step * all;
            instances += all;
        }
        if instances == 0 && !self.queue.is_empty() {
            self.outcome.waited_seconds += step;
        }
        self.now += step;
    }

    pub(crate) fn outcome(self) -> Outcome {
        let waited = self.outcome.waited_seconds;
        let still = self.queue.iter().map(|waiting| waited - waiting.since);
        let waits = self.waits.iter().copied().chain(still);
        Outcome {
            spot_seconds: self.spot.seconds,
            on_demand_seconds: self.on_demand.seconds,
            longest_wait_seconds: waits.max().unwrap_or_default(),
            interruptions: self.spot.interruptions,
            ..self.outcome
        }
    }
}

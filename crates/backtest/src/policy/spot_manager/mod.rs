//! What this project does: the deployed flow, over simulated groups.

mod deployment;
mod execution;
mod neighbours;
mod scale;

use std::collections::VecDeque;

use jiff::Timestamp;
use spotmanager_domain::{
    CapacityLoss, ExecutionInput, LossKind, Market, Purpose, SettingsOverride, price::Pool,
    settings::LaunchBy,
};

use crate::{
    Trial,
    group::timestamp,
    world::{Event, World},
};
use deployment::{Deployment, INSTANCE_TYPE};
use execution::{Progressed, Running};
use neighbours::{Ended, Neighbours};

const STACK_NAME: &str = "workers";

/// The deployment with its executions that run, the oldest first.
#[derive(Debug)]
pub(crate) struct SpotManager<'a> {
    deployment: Deployment,
    trial: Trial<'a>,
    running: Vec<Running>,
    /// Those that ended not before the oldest of these began.
    ended: Vec<Ended>,
    /// How many executions have begun.
    begun: u64,
}

impl<'a> SpotManager<'a> {
    pub(crate) fn new(world: &World<'_>, launch_by: LaunchBy, trial: Trial<'a>) -> Self {
        Self {
            deployment: Deployment::new(world, launch_by, trial),
            trial,
            running: Vec::new(),
            ended: Vec::new(),
            begun: 0,
        }
    }

    /// With LaunchInstances instead of DesiredCapacity.
    pub(crate) fn launching(mut self) -> Self {
        self.deployment.launches = true;
        self
    }

    /// How many executions have begun.
    pub(crate) const fn executions(&self) -> u64 {
        self.begun
    }

    /// Begins the execution that an event starts.
    pub(crate) fn on(&mut self, event: Event, world: &mut World<'_>) {
        match event {
            Event::JobsToDo if self.trial.alarm_by_queue && !world.backlog_is_above_target() => {}
            Event::JobsToDo => self.begin(input(Purpose::ScaleUp, None), world),
            Event::InterruptionWarning(instance_id) => {
                let loss = self.loss(LossKind::InterruptionWarning, Some(instance_id), world);
                self.begin(input(Purpose::ScaleUp, Some(loss)), world);
            }
            Event::LaunchUnsuccessful => {
                let loss = self.loss(LossKind::LaunchUnsuccessful, None, world);
                self.begin(input(Purpose::ScaleUp, Some(loss)), world);
            }
        }
    }

    /// Begins the execution that the schedule starts, and goes on with those that have waited.
    pub(crate) fn step(&mut self, world: &mut World<'_>) {
        let schedule = u64::from(world.timings.return_to_spot);
        let on_demand = world.on_demand.capacity(world.now);
        if schedule > 0 && world.now.is_multiple_of(schedule) && on_demand.can_give() {
            self.begin(input(Purpose::ReturnToSpot, None), world);
        }
        let size_again = u64::from(self.trial.size_again);
        let is_due = size_again > 0 && world.now.is_multiple_of(size_again);
        if is_due && world.backlog_is_above_target() {
            self.begin(input(Purpose::ScaleUp, None), world);
        }
        let mut waiting: VecDeque<_> = std::mem::take(&mut self.running).into();
        let mut continued = Vec::new();
        while let Some(running) = waiting.pop_front() {
            continued.extend(self.go_on(running, &waiting, world));
        }
        for (name, input) in continued {
            self.begin_as(name, input, world);
        }
        self.forget();
    }

    fn begin(&mut self, input: ExecutionInput, world: &mut World<'_>) {
        let name = format!("{STACK_NAME}-{}", self.begun + 1);
        self.begin_as(name, input, world);
    }

    fn begin_as(&mut self, name: String, input: ExecutionInput, world: &mut World<'_>) {
        let mut next = Some((name, input));
        while let Some((name, input)) = next.take() {
            self.begun += 1;
            let none = VecDeque::new();
            let neighbours = Neighbours {
                before: &self.running,
                after: &none,
                ended: &self.ended,
            };
            let running = Running::begin(name, input, neighbours, &self.deployment, world);
            next = self.go_on(running, &none, world);
        }
    }

    /// Goes on with an execution until it waits or ends, next to younger ones. Returns the name and
    /// input of the one that takes over from it.
    fn go_on(
        &mut self,
        running: Running,
        after: &VecDeque<Running>,
        world: &mut World<'_>,
    ) -> Option<(String, ExecutionInput)> {
        let returns = running.returns();
        let neighbours = Neighbours {
            before: &self.running,
            after,
            ended: &self.ended,
        };
        let next = match running.go_on(&self.deployment, neighbours, world) {
            Progressed::Waits(running) => {
                self.running.push(*running);
                return None;
            }
            Progressed::Ended => None,
            Progressed::ContinuesAsNew { name, input } => Some((name, *input)),
        };
        self.ended.push(Ended {
            at: timestamp(world.now),
            returns,
        });
        next
    }

    /// Forgets those that ended before any that runs began.
    fn forget(&mut self) {
        let oldest = self.running.iter().map(Running::round_began_at).min();
        match oldest {
            Some(oldest) => self.ended.retain(|ended| ended.at >= oldest),
            None => self.ended.clear(),
        }
    }

    /// The event as *start* passes it on, with the pool of the instance.
    fn loss(&self, kind: LossKind, instance_id: Option<String>, world: &World<'_>) -> CapacityLoss {
        let instance = instance_id.as_ref().and_then(|id| world.spot.instance(id));
        let trace = instance.and_then(|instance| world.traces.get(instance.zone?));
        CapacityLoss {
            event_id: self.begun.to_string(),
            pool: trace.map(|trace| Pool {
                instance_type: INSTANCE_TYPE.to_owned(),
                availability_zone: trace.zone().to_owned(),
            }),
            instance_id,
            ..lost(kind, timestamp(world.now))
        }
    }
}

/// What EventBridge said of the spot group at that time.
fn lost(kind: LossKind, time: Timestamp) -> CapacityLoss {
    CapacityLoss {
        kind,
        event_id: String::new(),
        time,
        auto_scaling_group_name: Market::Spot.code().to_owned(),
        pool: None,
        instance_id: None,
        recommended: None,
        at_min_size: false,
    }
}

fn input(purpose: Purpose, loss: Option<CapacityLoss>) -> ExecutionInput {
    ExecutionInput {
        stack_name: STACK_NAME.to_owned(),
        settings: SettingsOverride::default(),
        alarm: None,
        purpose,
        loss,
        round: None,
    }
}

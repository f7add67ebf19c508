//! What this project does: the deployed flow, over simulated groups.

mod deployment;
mod execution;
mod scale;

use spotmanager_domain::{
    CapacityLoss, ExecutionInput, LossKind, Market, Purpose, SettingsOverride, price::Pool,
};

use crate::{
    group::timestamp,
    world::{Event, World},
};
use deployment::{Deployment, INSTANCE_TYPE};
use execution::Running;

const STACK_NAME: &str = "workers";

/// The deployment with its executions that run, the oldest first.
#[derive(Debug)]
pub(crate) struct SpotManager {
    deployment: Deployment,
    running: Vec<Running>,
    /// How many executions have begun.
    begun: u64,
}

impl SpotManager {
    pub(crate) fn new(world: &World<'_>) -> Self {
        Self {
            deployment: Deployment::new(world),
            running: Vec::new(),
            begun: 0,
        }
    }

    /// Begins the execution that an event starts.
    pub(crate) fn on(&mut self, event: Event, world: &mut World<'_>) {
        match event {
            Event::JobsToDo => self.begin(input(Purpose::ScaleUp, None), world),
            Event::InterruptionWarning(instance_id) => {
                let loss = self.loss(LossKind::InterruptionWarning, Some(instance_id), world);
                self.begin(input(Purpose::ScaleUp, Some(loss)), world);
            }
            Event::LaunchUnsuccessful => {
                let loss = self.loss(LossKind::LaunchUnsuccessful, None, world);
                self.begin(input(Purpose::ScaleUp, Some(loss)), world);
            }
            Event::NoMoreJobs => {}
        }
    }

    /// Begins the execution that the schedule starts, and goes on with those that have waited.
    pub(crate) fn step(&mut self, world: &mut World<'_>) {
        let schedule = u64::from(world.timings.return_to_spot);
        if schedule > 0 && world.now.is_multiple_of(schedule) {
            self.begin(input(Purpose::ReturnToSpot, None), world);
        }
        let running = std::mem::take(&mut self.running).into_iter();
        let running = running.filter_map(|one| one.go_on(world));
        self.running = running.collect();
    }

    fn begin(&mut self, input: ExecutionInput, world: &mut World<'_>) {
        self.begun += 1;
        let name = format!("{STACK_NAME}-{}", self.begun);
        let oldest = self.running.first();
        let execution = Running::begin(name, input, oldest, &self.deployment, world);
        self.running.extend(execution.go_on(world));
    }

    /// The event as *start* passes it on, with the pool of the instance.
    fn loss(&self, kind: LossKind, instance_id: Option<String>, world: &World<'_>) -> CapacityLoss {
        let instance = instance_id.as_ref().and_then(|id| world.spot.instance(id));
        let trace = instance.and_then(|instance| world.traces.get(instance.zone?));
        CapacityLoss {
            kind,
            event_id: self.begun.to_string(),
            time: timestamp(world.now),
            auto_scaling_group_name: Market::Spot.code().to_owned(),
            pool: trace.map(|trace| Pool {
                instance_type: INSTANCE_TYPE.to_owned(),
                availability_zone: trace.zone().to_owned(),
            }),
            instance_id,
        }
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

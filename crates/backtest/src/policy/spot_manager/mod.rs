//! What this project does: the deployed flow, over simulated groups.

mod deployment;
mod execution;
mod scale;

use std::collections::VecDeque;

use spotmanager_domain::{
    CapacityLoss, ExecutionInput, LossKind, Market, Purpose, SettingsOverride, flow::Others,
    price::Pool, settings::LaunchBy,
};

use crate::{
    group::timestamp,
    world::{Event, World},
};
use deployment::{Deployment, INSTANCE_TYPE};
use execution::{Progressed, Running};

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
    pub(crate) fn new(world: &World<'_>, launch_by: LaunchBy) -> Self {
        Self {
            deployment: Deployment::new(world, launch_by),
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
        }
    }

    /// Begins the execution that the schedule starts, and goes on with those that have waited.
    pub(crate) fn step(&mut self, world: &mut World<'_>) {
        let schedule = u64::from(world.timings.return_to_spot);
        if schedule > 0 && world.now.is_multiple_of(schedule) {
            self.begin(input(Purpose::ReturnToSpot, None), world);
        }
        let mut waiting: VecDeque<_> = std::mem::take(&mut self.running).into();
        while let Some(running) = waiting.pop_front() {
            let others = others(&self.running, &waiting);
            self.go_on(running, others, world);
        }
    }

    fn begin(&mut self, input: ExecutionInput, world: &mut World<'_>) {
        self.begun += 1;
        let name = format!("{STACK_NAME}-{}", self.begun);
        let running = Running::begin(name, input, &self.running, &self.deployment, world);
        let others = others(&self.running, &VecDeque::new());
        self.go_on(running, others, world);
    }

    /// Goes on with an execution until it waits, and with the one that takes over from it.
    fn go_on(&mut self, running: Running, others: Others, world: &mut World<'_>) {
        match running.go_on(&self.deployment, others, world) {
            Progressed::Waits(running) => self.running.push(*running),
            Progressed::Ended => {}
            Progressed::ContinuesAsNew { name, input } => {
                let new = Running::begin(name, *input, &self.running, &self.deployment, world);
                self.go_on(new, others, world);
            }
        }
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
            recommended: None,
            at_min_size: false,
        }
    }
}

/// The executions that run next to one, older and younger.
fn others(before: &[Running], after: &VecDeque<Running>) -> Others {
    let count = |executions: &mut dyn Iterator<Item = &Running>| {
        let (returns, others): (Vec<_>, Vec<_>) = executions.partition(|one| one.returns());
        [returns, others].map(|found| u32::try_from(found.len()).unwrap_or(u32::MAX))
    };
    let [returns_before, before] = count(&mut before.iter());
    let [returns_after, after] = count(&mut after.iter());
    Others {
        before,
        after,
        returns: returns_before.saturating_add(returns_after),
        ended: 0,
        ended_returns: 0,
        on_demand_desired: None,
        lost_has_left: false,
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

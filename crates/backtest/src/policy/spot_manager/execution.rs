//! An execution in simulated time: the steps of the flow, one after the other.

use spotmanager_domain::{
    Caught, Discovery, Execution, ExecutionInput, Leader, Purpose,
    flow::{Flow, Look, Step},
};

use super::{
    deployment::{Deployment, evaluate},
    scale::scale,
};
use crate::{group::timestamp, world::World};

/// An execution that runs.
#[derive(Debug)]
pub(super) struct Running {
    execution: Execution,
    discovery: Discovery,
    /// What comes next.
    step: Step,
    /// What failed last.
    failure: Caught,
    /// Until when it waits.
    waits_until: u64,
}

impl Running {
    /// Begins with *discover*. One for a loss or a return gives way to any that runs.
    pub(super) fn begin(
        name: String,
        input: ExecutionInput,
        oldest: Option<&Self>,
        deployment: &Deployment,
        world: &World<'_>,
    ) -> Self {
        let gives_way = input.purpose == Purpose::ReturnToSpot || input.loss.is_some();
        let leader = oldest.filter(|_| gives_way).map(|oldest| Leader {
            execution_name: oldest.execution.name.clone(),
            started_at: oldest.execution.began_at(),
        });
        let discovery = deployment.discover(input, leader, world);
        let execution = Execution {
            name,
            round_began_at: timestamp(world.now),
            state_machine_arn: None,
            round: 1,
            origin: None,
        };
        let flow = Flow {
            execution: &execution,
            discovery: &discovery,
        };
        Self {
            step: flow.discovered(),
            execution,
            discovery,
            failure: Caught::default(),
            waits_until: world.now,
        }
    }

    /// Goes on until it waits; `None` if it ends.
    pub(super) fn go_on(mut self, world: &mut World<'_>) -> Option<Self> {
        while self.waits_until <= world.now {
            let step = self.next(world)?;
            if let Step::WaitForCapacity { seconds, .. } = &step {
                self.waits_until = world.now + u64::from(*seconds);
            }
            self.step = step;
        }
        Some(self)
    }

    /// Does the step, and gives the one after it; `None` after the last.
    fn next(&mut self, world: &mut World<'_>) -> Option<Step> {
        let flow = Flow {
            execution: &self.execution,
            discovery: &self.discovery,
        };
        let now = timestamp(world.now);
        match &self.step {
            Step::Evaluate { .. } => {
                let evaluation = evaluate(&self.discovery, self.execution.round, world);
                Some(flow.decided(&evaluation))
            }
            Step::Report { then, .. } | Step::Notify { then, .. } => Some((**then).clone()),
            Step::DetachInstance { if_fails, .. }
            | Step::ScaleUp { if_fails, .. }
            | Step::StandDownSpot { if_fails, .. }
            | Step::ScaleDownOnDemand { if_fails, .. } => {
                let scaled = scale(flow, &self.step, &self.failure, world);
                scaled.map_or_else(
                    || Some((**if_fails).clone()),
                    |scaled| flow.scaled(&self.step, &scaled, &self.failure, now),
                )
            }
            Step::WaitForCapacity { progress, .. } => {
                let looks = progress.asked_of().map(|market| {
                    let group = world.group(market);
                    Look {
                        market,
                        capacity: group.capacity(world.now),
                        activities: group.activities_since(self.execution.round_began_at),
                    }
                });
                let looks: Vec<_> = looks.collect();
                let checked = flow.checked(progress.clone(), &looks, now);
                if let Some(failure) = checked.failure {
                    self.failure = failure.into();
                }
                Some(checked.step)
            }
            // Without a queue there is no further round.
            Step::Discover { .. }
            | Step::ContinueAsNew { .. }
            | Step::CapacityArrived
            | Step::RoundsEnded
            | Step::ReturnedToSpot
            | Step::StayedOnDemand
            | Step::DryRunEnded
            | Step::NoLongerNeeded
            | Step::NothingToDo
            | Step::Failed => None,
        }
    }
}

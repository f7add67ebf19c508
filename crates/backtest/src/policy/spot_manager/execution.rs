//! An execution in simulated time: the steps of the flow, one after the other.

use spotmanager_domain::{
    Caught, Context, ContextExecution, ContextState, ContextStateMachine, Discovery, Execution,
    ExecutionInput, Leader, LossKind, Purpose, ScaleAction,
    flow::{Flow, Look, Others, Step},
};

use super::{
    deployment::{Deployment, evaluate},
    scale::scale,
};
use crate::{group::timestamp, world::World};

/// An execution that runs.
#[derive(Debug)]
pub(super) struct Running {
    context: Context,
    execution: Execution,
    discovery: Discovery,
    /// Whether an alarm started it: one of these leads an alarm's.
    is_for_alarm: bool,
    /// What comes next.
    step: Step,
    /// What failed last.
    failure: Caught,
    /// Until when it waits.
    waits_until: u64,
}

/// What became of an execution.
#[derive(Debug)]
pub(super) enum Progressed {
    /// It waits.
    Waits(Box<Running>),
    /// It has ended.
    Ended,
    /// It has ended, and another one takes over.
    ContinuesAsNew {
        /// The new one's name.
        name: String,
        /// The new one's input.
        input: Box<ExecutionInput>,
    },
}

impl Running {
    /// Begins with *discover*, in the first round or a further one. `others` are those that run, the
    /// oldest first.
    pub(super) fn begin(
        name: String,
        input: ExecutionInput,
        others: &[Self],
        deployment: &Deployment,
        world: &World<'_>,
    ) -> Self {
        let now = timestamp(world.now);
        let context = Context {
            execution: ContextExecution {
                id: name.clone(),
                name,
                input: serde_json::to_value(&input).unwrap_or_default(),
                start_time: now,
                redrive_count: 0,
            },
            state: ContextState {
                name: "Discover".to_owned(),
                entered_time: now,
                retry_count: 0,
            },
            state_machine: ContextStateMachine {
                id: "spotmanager".to_owned(),
            },
        };
        let execution = Execution::of(&context, &input);
        let is_for_alarm = input.purpose == Purpose::ScaleUp && input.loss.is_none();
        let mut discovery = deployment.discover(input, world);
        // Who has led before the first round's end leads on.
        if execution.round == 1 {
            find_others(&mut discovery, is_for_alarm, others);
        }
        let flow = Flow {
            execution: &execution,
            discovery: &discovery,
        };
        Self {
            step: flow.discovered(),
            context,
            execution,
            discovery,
            is_for_alarm,
            failure: Caught::default(),
            waits_until: world.now,
        }
    }

    fn as_leader(&self) -> Leader {
        Leader {
            execution_name: self.execution.name.clone(),
            started_at: self.execution.began_at(),
        }
    }

    /// Whether it is a return to spot.
    pub(super) fn returns(&self) -> bool {
        self.discovery.purpose == Purpose::ReturnToSpot
    }

    /// Goes on until it waits, or ends.
    pub(super) fn go_on(
        mut self,
        deployment: &Deployment,
        others: Others,
        world: &mut World<'_>,
    ) -> Progressed {
        while self.waits_until <= world.now {
            let rests_until = self.rests_until(world);
            if rests_until > world.now {
                self.waits_until = rests_until;
                break;
            }
            match self.next(others, world) {
                Some(Step::Discover { input }) => self.next_round(input, deployment, world),
                Some(Step::ContinueAsNew { name, input, .. }) => {
                    return Progressed::ContinuesAsNew {
                        name,
                        input: Box::new(input),
                    };
                }
                Some(step) => {
                    if let Step::WaitForCapacity { seconds, .. } = &step {
                        self.waits_until = world.now + u64::from(*seconds);
                    }
                    self.step = step;
                }
                None => return Progressed::Ended,
            }
        }
        Progressed::Waits(Box::new(self))
    }

    /// Begins a further round.
    fn next_round(&mut self, input: ExecutionInput, deployment: &Deployment, world: &World<'_>) {
        self.context.state.entered_time = timestamp(world.now);
        self.execution = Execution::of(&self.context, &input);
        self.discovery = deployment.discover(input, world);
        let flow = Flow {
            execution: &self.execution,
            discovery: &self.discovery,
        };
        self.step = flow.discovered();
        self.failure = Caught::default();
    }

    /// Until when the next step's policy waits for its group's cooldown, which the state machine's
    /// Retry does.
    fn rests_until(&self, world: &World<'_>) -> u64 {
        match self.step.action() {
            Some(ScaleAction::ScaleUp {
                market,
                honor_cooldown: true,
                ..
            }) => world.rests_until(*market),
            _ => world.now,
        }
    }

    /// Does the step, and gives the one after it; `None` after the last.
    fn next(&mut self, others: Others, world: &mut World<'_>) -> Option<Step> {
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
                let looks = flow.looks_at(progress).map(|market| {
                    let group = world.group(market);
                    Look {
                        market,
                        capacity: group.capacity(world.now),
                        activities: group.activities_since(self.execution.round_began_at),
                    }
                });
                let looks: Vec<_> = looks.collect();
                let checked = flow.checked(progress.clone(), &looks, &others, now);
                if let Some(failure) = checked.failure {
                    self.failure = failure.into();
                }
                Some(checked.step)
            }
            // Begun before as a round or an execution of its own.
            Step::Discover { .. } | Step::ContinueAsNew { .. } => None,
            Step::CapacityArrived
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

/// Which of those that run leads, as *discover* finds it: an alarm's execution gives way to another
/// alarm's if there is a queue, and what EC2 takes back is replaced whatever else runs.
fn find_others(discovery: &mut Discovery, is_for_alarm: bool, others: &[Running]) {
    let kind = discovery.loss.as_ref().map(|loss| loss.kind);
    let asks_nobody = match kind {
        _ if is_for_alarm => discovery.queue.is_none(),
        Some(LossKind::InterruptionWarning | LossKind::RebalanceRecommendation) => true,
        _ => false,
    };
    if asks_nobody {
        return;
    }
    for other in others {
        discovery.return_runs |= other.returns();
        if other.is_for_alarm || !is_for_alarm {
            discovery.leader = Some(other.as_leader());
            return;
        }
    }
}

//! An execution in simulated time: the steps of the flow, one after the other.

use jiff::Timestamp;
use spotmanager_domain::{
    Caught, Context, ContextExecution, ContextState, ContextStateMachine, Discovery, Execution,
    ExecutionInput, Leader, Market, Purpose, ScaleAction,
    flow::{Flow, Look, Others, Progress, Step},
    scaling::ZonePrice,
};

use super::{
    deployment::{Deployment, evaluate, usable_zones},
    neighbours::Neighbours,
    scale::{Launching, scale},
};
use crate::{group::timestamp, world::World};

/// An execution that runs.
#[derive(Debug)]
pub(super) struct Running {
    context: Context,
    execution: Execution,
    discovery: Discovery,
    /// What started it.
    started_by: StartedBy,
    /// The zones that the evaluation found usable, the cheapest first.
    usable: Vec<ZonePrice>,
    /// What comes next.
    step: Step,
    /// What failed last.
    failure: Caught,
    /// Until when it waits.
    waits_until: u64,
}

/// What started an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StartedBy {
    Alarm,
    Loss,
    Schedule,
}

impl StartedBy {
    fn of(input: &ExecutionInput) -> Self {
        match (input.purpose, &input.loss) {
            (Purpose::ReturnToSpot, _) => Self::Schedule,
            (Purpose::ScaleUp, Some(_)) => Self::Loss,
            (Purpose::ScaleUp, None) => Self::Alarm,
        }
    }
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
    /// Begins with *discover*, in the first round or a further one.
    pub(super) fn begin(
        name: String,
        input: ExecutionInput,
        neighbours: Neighbours<'_>,
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
        let started_by = StartedBy::of(&input);
        let discovery = discover(input, &execution, started_by, neighbours, deployment, world);
        let flow = Flow {
            execution: &execution,
            discovery: &discovery,
        };
        Self {
            usable: Vec::new(),
            step: flow.discovered(),
            context,
            execution,
            discovery,
            started_by,
            failure: Caught::default(),
            waits_until: world.now,
        }
    }

    /// When its round began, UTC.
    pub(super) fn round_began_at(&self) -> Timestamp {
        self.execution.round_began_at
    }

    pub(super) fn as_leader(&self) -> Leader {
        Leader {
            execution_name: self.execution.name.clone(),
            started_at: self.execution.began_at(),
        }
    }

    /// Whether an alarm started it.
    pub(super) fn is_for_alarm(&self) -> bool {
        self.started_by == StartedBy::Alarm
    }

    /// Whether it was started to replace what was lost.
    pub(super) fn replaces(&self) -> bool {
        self.started_by == StartedBy::Loss
    }

    /// Whether it is a return to spot.
    pub(super) fn returns(&self) -> bool {
        self.started_by == StartedBy::Schedule
    }

    /// Goes on until it waits, or ends.
    pub(super) fn go_on(
        mut self,
        deployment: &Deployment,
        neighbours: Neighbours<'_>,
        world: &mut World<'_>,
    ) -> Progressed {
        while self.waits_until <= world.now {
            let rests_until = self.rests_until(world);
            if rests_until > world.now {
                self.waits_until = rests_until;
                break;
            }
            match self.next(neighbours, deployment, world) {
                Some(Step::Discover { input }) => {
                    self.next_round(input, neighbours, deployment, world);
                }
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
    fn next_round(
        &mut self,
        input: ExecutionInput,
        neighbours: Neighbours<'_>,
        deployment: &Deployment,
        world: &World<'_>,
    ) {
        self.context.state.entered_time = timestamp(world.now);
        self.execution = Execution::of(&self.context, &input);
        self.discovery = discover(
            input,
            &self.execution,
            self.started_by,
            neighbours,
            deployment,
            world,
        );
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

    /// The executions that run next to it, as *verify* finds them if what comes next depends on them.
    fn others(
        &self,
        flow: Flow<'_>,
        progress: &Progress,
        looks: &[Look<'_>],
        neighbours: Neighbours<'_>,
        world: &World<'_>,
    ) -> Others {
        if !flow.depends_on_others(progress, looks) {
            return Others::default();
        }
        let on_demand = world.group(Market::OnDemand).capacity(world.now);
        Others {
            on_demand_desired: flow.falls_back().then_some(on_demand.desired_capacity),
            ..neighbours.others(self.execution.round_began_at)
        }
    }

    /// Does the step, and gives the one after it; `None` after the last.
    fn next(
        &mut self,
        neighbours: Neighbours<'_>,
        deployment: &Deployment,
        world: &mut World<'_>,
    ) -> Option<Step> {
        let flow = Flow {
            execution: &self.execution,
            discovery: &self.discovery,
        };
        let now = timestamp(world.now);
        match &self.step {
            Step::Evaluate { .. } => {
                let round = self.execution.round;
                let evaluation = evaluate(&self.discovery, round, deployment, world);
                self.usable = usable_zones(&evaluation);
                Some(flow.decided(&evaluation))
            }
            Step::Report { then, .. } | Step::Notify { then, .. } => Some((**then).clone()),
            Step::DetachInstance { if_fails, .. }
            | Step::ScaleUp { if_fails, .. }
            | Step::StandDownSpot { if_fails, .. }
            | Step::ScaleDownOnDemand { if_fails, .. } => {
                let launching = Launching {
                    deployment,
                    usable: &self.usable,
                };
                let scaled = scale(flow, &self.step, &self.failure, launching, world);
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
                let others = self.others(flow, progress, &looks, neighbours, world);
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

/// What *discover* finds in the first round or a further one. An execution that led its first round
/// leads on, unless it replaced what was lost.
fn discover(
    input: ExecutionInput,
    execution: &Execution,
    started_by: StartedBy,
    neighbours: Neighbours<'_>,
    deployment: &Deployment,
    world: &World<'_>,
) -> Discovery {
    let mut discovery = deployment.discover(input, world);
    let follows_a_loss = execution.follows_a_loss();
    if execution.round == 1 || follows_a_loss {
        let is_for_alarm = started_by == StartedBy::Alarm;
        neighbours.lead(&mut discovery, is_for_alarm, follows_a_loss);
    }
    discovery
}

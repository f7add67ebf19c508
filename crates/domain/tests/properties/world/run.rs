//! Plays a scenario: the state machine goes where each step says, until an execution ends.

use jiff::Timestamp;
use serde_json::json;
use spotmanager_domain::{
    Context, ContextExecution, ContextState, ContextStateMachine, Execution, ExecutionInput,
    SettingsOverride,
    flow::{Flow, Others, Replacement, Step},
    testing::machine::Machine,
};

use super::{
    Course, Fault, RoundCourse, Scenario, Visit,
    pair::World,
    visit::{self, Neighbours},
};

/// More visits than any round has: all checks of both groups, and seven scale-ups of each with one
/// check, and of on-demand in addition.
const MOST_VISITS: usize = 80;
/// More rounds than any scenario allows.
const MOST_ROUNDS: usize = 8;

/// Plays a scenario to its end.
pub(crate) fn run(scenario: &Scenario) -> Course {
    let mut play = Play {
        world: World::new(scenario, "2026-01-01T00:00:00Z".parse().unwrap()),
        faults: scenario.faults.iter().copied(),
    };
    let first = ExecutionInput {
        stack_name: "farm".into(),
        settings: SettingsOverride::default(),
        alarm: None,
        purpose: scenario.purpose,
        loss: play.world.loss(),
        round: None,
    };
    let (mut name, mut started_with) = ("farm".to_owned(), first);
    let (mut began_at, mut input) = (play.world.now, started_with.clone());
    let mut rounds = Vec::new();
    loop {
        assert!(rounds.len() < MOST_ROUNDS, "it does not end: {rounds:#?}");
        let context = context(&name, &started_with, began_at, play.world.now);
        let execution = Execution::of(&context, &input);
        let round = play.round(&input, execution);
        let (step, failure) = (round.machine.step.clone(), round.machine.failure.clone());
        rounds.push(round);
        match step {
            Step::Discover { input: next } => input = next,
            // The next round is another execution's first.
            Step::ContinueAsNew {
                name: next_name,
                input: next,
                ..
            } => {
                (name, started_with) = (next_name, next.clone());
                (began_at, input) = (play.world.now, next);
            }
            last => {
                return Course {
                    rounds,
                    end: last.state(),
                    failure,
                };
            }
        }
    }
}

pub(super) fn context(
    name: &str,
    input: &ExecutionInput,
    start_time: Timestamp,
    entered_time: Timestamp,
) -> Context {
    Context {
        execution: ContextExecution {
            id: format!("arn:aws:states:eu-west-1:123456789012:execution:spotmanager:{name}"),
            name: name.to_owned(),
            input: json!(input),
            start_time,
            redrive_count: 0,
        },
        state: ContextState {
            name: "Discover".into(),
            entered_time,
            retry_count: 0,
        },
        state_machine: ContextStateMachine {
            id: "arn:aws:states:eu-west-1:123456789012:stateMachine:spotmanager".into(),
        },
    }
}

struct Play<'a, F> {
    world: World<'a>,
    faults: F,
}

impl<F: Iterator<Item = Fault>> Play<'_, F> {
    fn round(&mut self, input: &ExecutionInput, execution: Execution) -> RoundCourse {
        let number = execution.round;
        let mut discovery = self.world.discover(input, number);
        discovery.execution = Some(execution);
        let flow = Flow::of(&discovery).unwrap();
        let mut machine = Machine::new(flow.discovered());
        let mut visits = Vec::new();
        while is_visited(&machine.step) {
            assert!(visits.len() < MOST_VISITS, "it does not end: {visits:?}");
            let visit = self.visit(flow, &mut machine);
            // A new execution that was started is left to the caller.
            let hands_over = visit.is("ContinueAsNew") && machine.step == visit.step;
            visits.push(visit);
            if hands_over {
                break;
            }
        }
        RoundCourse {
            number,
            discovery,
            machine,
            visits,
        }
    }

    fn visit(&mut self, flow: Flow<'_>, machine: &mut Machine) -> Visit {
        let step = machine.step.clone();
        let fault = self.faults.next().unwrap_or(Fault::None);
        self.world.pass(self.world.scenario.visit_seconds);
        let call = match &step {
            Step::Evaluate { .. } => {
                let is_cheap = self.world.is_cheap(flow.execution.round);
                visit::evaluate(&self.world.groups, is_cheap, flow, machine, fault);
                None
            }
            Step::WaitForCapacity { seconds, .. } => {
                self.world.wait(*seconds);
                let neighbours = Drawn(self.world.scenario, step.progress().unwrap().looks);
                let (groups, now) = (&self.world.groups, self.world.now);
                visit::verify(groups, &neighbours, flow, machine, (fault, now));
                None
            }
            Step::ContinueAsNew { .. } => {
                // If its answer is lost it was started: Step Functions says so the next time.
                if let Fault::Refused(error) = fault {
                    assert!(machine.fails(error, "refused"));
                }
                None
            }
            _ => {
                self.world.may_lose_instance();
                let now = self.world.now;
                visit::scale(&mut self.world.groups, flow, machine, (fault, now))
            }
        };
        Visit {
            looked_at: match fault {
                Fault::None | Fault::Repeated if step.state() == "WaitForCapacity" => {
                    visit::looked_at(flow, step.progress())
                }
                _ => Vec::new(),
            },
            step,
            fault,
            call,
            after: self.world.groups.capacities(),
        }
    }
}

/// What the scenario says of other executions, at the check of this number.
struct Drawn<'a>(&'a Scenario, u32);

impl Neighbours for Drawn<'_> {
    fn others(&self, _: bool) -> Others {
        self.0.next_to
    }

    fn replacement(&self, _: &str) -> Replacement {
        let replacements = &self.0.replacements;
        let check = (self.1 as usize).saturating_sub(1);
        let last = replacements.last().copied();
        let found = replacements.get(check).copied().or(last);
        found.unwrap_or(Replacement::DidNotCome)
    }
}

/// Whether a function runs in the state, or starts an execution.
pub(super) fn is_visited(step: &Step) -> bool {
    matches!(step, Step::Evaluate { .. } | Step::ContinueAsNew { .. }) || step.progress().is_some()
}

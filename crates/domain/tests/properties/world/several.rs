//! Executions of one pair next to each other: each visit of a function is one step, and the steps of
//! all executions are played in the order of time.

mod draw;
mod play;

use spotmanager_domain::{
    Capacity, Discovery, Market,
    flow::{Event, Outcome},
    settings::LaunchBy,
    testing::machine::Machine,
    verdict::{Choice, ReasonCode},
};

use super::{Call, Fault, Groups, SimulatedGroup, Sizes};

pub(crate) use draw::{any_several, at_once, group};
pub(crate) use play::play;

/// A pair, and the executions that run for it.
#[derive(Clone, Debug)]
pub(crate) struct Several {
    pub(crate) spot: SimulatedGroup,
    pub(crate) on_demand: SimulatedGroup,
    /// The queue's visible messages; without a queue there are none.
    pub(crate) messages: Option<u64>,
    pub(crate) launch_by: LaunchBy,
    pub(crate) max_rounds: u32,
    /// How many checks spot and on-demand have time for.
    pub(crate) patience: [u32; 2],
    pub(crate) begins: Vec<Begin>,
    /// What happens to the groups, by milliseconds.
    pub(crate) turns: Vec<(u32, Turn)>,
}

/// An execution.
#[derive(Clone, Debug)]
pub(crate) struct Begin {
    /// When it begins, milliseconds.
    pub(crate) at: u32,
    pub(crate) kind: Kind,
    pub(crate) is_cheap: bool,
    pub(crate) dry_run: bool,
    /// How long each visit takes, milliseconds.
    pub(crate) pace: u32,
    /// How the functions fare, visit by visit; after that well.
    pub(crate) faults: Vec<Fault>,
}

/// What begins an execution. An instance goes by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Alarm,
    Return,
    Warning(usize),
    Recommendation(usize),
    LaunchUnsuccessful,
}

/// What happens to the groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Each zone has so many spot instances left.
    Left(u32),
    /// EC2 takes the instance of this number back.
    Taken(usize),
    /// Another client asks for one less.
    ScaleIn(Market),
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) executions: Vec<Course>,
    /// Both groups at the beginning and, once they have settled, at the end.
    pub(crate) before: [Capacity; 2],
    pub(crate) after: [Capacity; 2],
    /// How much other clients took.
    pub(crate) taken: i32,
    /// What was done, in the order of time.
    pub(crate) log: Vec<Entry>,
}

/// What came of an execution.
#[derive(Debug)]
pub(crate) struct Course {
    pub(crate) kind: Kind,
    pub(crate) dry_run: bool,
    pub(crate) rounds: Vec<(Discovery, Machine)>,
    /// The last state.
    pub(crate) end: &'static str,
}

/// A visit of an execution, or a turn.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) at: u32,
    pub(crate) execution: Option<(usize, Kind)>,
    pub(crate) state: String,
    pub(crate) fault: Fault,
    pub(crate) call: Option<Call>,
    pub(crate) after: [Capacity; 2],
}

impl Course {
    fn events(&self) -> impl Iterator<Item = &Event> {
        self.rounds.iter().flat_map(|(_, machine)| &machine.events)
    }

    /// Whether it decided to change something, in how many rounds, and how much it wanted there.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = i32> {
        self.events().filter_map(|event| match event {
            Event::Decision(decision) if decision.choice != Choice::Nothing && !self.dry_run => {
                Some(decision.wanted.unwrap_or(1))
            }
            _ => None,
        })
    }

    fn reasons(&self) -> impl Iterator<Item = ReasonCode> {
        self.events().filter_map(|event| match event {
            Event::Decision(decision) => Some(decision.reason),
            _ => None,
        })
    }

    pub(crate) fn acts(&self) -> bool {
        self.wanted().next().is_some()
    }

    /// Whether the operations topic was notified.
    pub(crate) fn is_notified(&self) -> bool {
        let mut machines = self.rounds.iter();
        machines.any(|(_, machine)| !machine.messages.is_empty())
    }

    pub(crate) fn outcome(&self) -> &Outcome {
        let mut outcomes = self.events().filter_map(|event| match event {
            Event::Outcome(outcome) => Some(outcome.as_ref()),
            _ => None,
        });
        outcomes.next().unwrap()
    }
}

impl Ended {
    pub(crate) fn is_notified(&self) -> bool {
        self.executions.iter().any(Course::is_notified)
    }

    /// The same but for returns that another execution was faster than.
    pub(crate) fn is_notified_of_faults(&self) -> bool {
        let mut others = self
            .executions
            .iter()
            .filter(|course| course.kind != Kind::Return || course.end != "StayedOnDemand");
        others.any(Course::is_notified)
    }

    /// How much returns raised spot by and did not lower either group by.
    pub(crate) fn kept_by_returns(&self) -> i32 {
        let mut kept = 0;
        for entry in &self.log {
            if let Some((_, Kind::Return)) = entry.execution {
                kept += match entry.call {
                    Some(Call::Raise {
                        before,
                        to,
                        took_effect: true,
                        ..
                    }) => to - before.desired_capacity,
                    Some(Call::Lower { by, .. }) => -by,
                    _ => 0,
                };
            }
        }
        kept
    }

    /// How many executions asked on-demand because another one may have taken what they asked for.
    pub(crate) fn in_doubt(&self) -> i32 {
        count(self.executions.iter().filter(|course| {
            course.events().any(|event| match event {
                Event::Fallback(fallback) => fallback
                    .failure
                    .as_ref()
                    .is_some_and(|failure| failure.cause.contains("Another execution may")),
                _ => false,
            })
        }))
    }

    /// How many stand-downs were killed.
    pub(crate) fn killed_stand_downs(&self) -> i32 {
        count(self.log.iter().filter(|entry| {
            entry.fault == Fault::Repeated && entry.state.starts_with("StandDownSpot")
        }))
    }

    /// By how much an execution lowered a group.
    pub(crate) fn lowered_by(&self, index: usize, of: Market) -> i32 {
        let entries = self.log.iter().filter(|entry| {
            entry
                .execution
                .is_some_and(|(execution, _)| execution == index)
        });
        let lowered = entries.map(|entry| match entry.call {
            Some(Call::Lower { market, by }) if market == of => by,
            _ => 0,
        });
        lowered.sum()
    }

    /// Whether the queue said at last that no more is needed.
    pub(crate) fn is_queue_served(&self) -> bool {
        let mut reasons = self.executions.iter().flat_map(Course::reasons);
        reasons.any(|reason| matches!(reason, ReasonCode::QueueEmpty | ReasonCode::BacklogAtTarget))
    }

    /// How much returns and recommendations asked for.
    pub(crate) fn brought_for_a_time(&self) -> i32 {
        let extra = self
            .executions
            .iter()
            .filter(|course| matches!(course.kind, Kind::Return | Kind::Recommendation(_)));
        extra.flat_map(Course::wanted).sum()
    }

    /// How much less the groups were asked for by others than alarms' executions.
    pub(crate) fn taken_by_others(&self) -> i32 {
        let others = self
            .log
            .iter()
            .filter(|entry| entry.execution.is_none_or(|(_, kind)| kind != Kind::Alarm));
        let taken = others.map(|entry| match entry.call {
            Some(Call::Lower { by, .. }) => by,
            Some(Call::Detach { decrements }) => i32::from(decrements),
            _ => 0,
        });
        taken.sum()
    }

    /// How much the executions of alarms wanted.
    pub(crate) fn alarms(&self) -> i32 {
        let alarms = self
            .executions
            .iter()
            .filter(|course| course.kind == Kind::Alarm);
        alarms.flat_map(Course::wanted).sum()
    }

    /// How many executions of this kind act.
    pub(crate) fn acting(&self, is: impl Fn(Kind) -> bool) -> i32 {
        let acting = self.executions.iter().filter(|course| course.acts());
        count(acting.filter(|course| is(course.kind)))
    }

    /// How many executions something failed for, that act.
    pub(crate) fn struck(&self) -> i32 {
        let courses = self.executions.iter().enumerate();
        count(courses.filter(|(index, course)| {
            let mut entries = self
                .log
                .iter()
                .filter(|entry| entry.execution.is_some_and(|(of, _)| of == *index));
            course.acts() && entries.any(|entry| entry.fault != Fault::None)
        }))
    }

    /// How many instances came for a rebalance recommendation whose instance runs on.
    pub(crate) fn came_for_recommended(&self) -> i32 {
        let replaced = |number| {
            self.executions.iter().any(|course| {
                let loss = course.rounds[0].0.loss.as_ref();
                course.kind == Kind::Warning(number)
                    && course.acts()
                    && loss.is_some_and(|loss| {
                        loss.recommended.is_some()
                            && loss.kind == spotmanager_domain::LossKind::InterruptionWarning
                    })
            })
        };
        count(self.executions.iter().filter(|course| match course.kind {
            Kind::Recommendation(number) => {
                let loss = course.rounds[0].0.loss.as_ref();
                let kind = loss.map(|loss| loss.kind);
                kind == Some(spotmanager_domain::LossKind::RebalanceRecommendation)
                    && course.end == "CapacityArrived"
                    && !replaced(number)
            }
            _ => false,
        }))
    }

    /// What happened, line by line.
    pub(crate) fn story(&self) -> String {
        let lines = self.log.iter().map(|entry| {
            let [spot, on_demand] = entry.after.map(Sizes);
            let who = match entry.execution {
                Some((index, kind)) => format!("#{index} {kind:?}"),
                None => String::new(),
            };
            let call = entry.call.map(|call| format!(" {call}"));
            let fault = (entry.fault != Fault::None).then(|| format!(" {:?}", entry.fault));
            format!(
                "{:>8.1} s spot {spot} on-demand {on_demand} {who} {}{}{}\n",
                f64::from(entry.at) / 1_000.0,
                entry.state,
                call.unwrap_or_default(),
                fault.unwrap_or_default(),
            )
        });
        let ends = self.executions.iter().enumerate();
        let ends = ends.map(|(index, course)| {
            format!(
                "#{index} {:?}: {} {} ({})\n",
                course.kind,
                course.end,
                course.outcome().sentence,
                if course.is_notified() { "notified" } else { "" }
            )
        });
        let [spot, on_demand] = self.after.map(Sizes);
        let (lines, ends) = (lines.collect::<String>(), ends.collect::<String>());
        format!("\n{lines}{ends}spot {spot} on-demand {on_demand}")
    }
}

fn count<T>(items: impl Iterator<Item = T>) -> i32 {
    i32::try_from(items.count()).unwrap()
}

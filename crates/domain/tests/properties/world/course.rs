//! What came of a scenario.

use spotmanager_domain::{
    Capacity, Caught, Discovery, Market, flow::Step, testing::machine::Machine,
};

use super::Fault;

/// The executions of a scenario, round by round.
#[derive(Debug)]
pub(crate) struct Course {
    pub(crate) rounds: Vec<RoundCourse>,
    /// The last state.
    pub(crate) end: &'static str,
    /// What failed last.
    pub(crate) failure: Caught,
}

/// A round, from its discovery on.
#[derive(Debug)]
pub(crate) struct RoundCourse {
    pub(crate) number: u32,
    pub(crate) discovery: Discovery,
    /// What it sent and where it has been.
    pub(crate) machine: Machine,
    /// The functions' visits.
    pub(crate) visits: Vec<Visit>,
}

/// A state that a function runs in, or that waits for one.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) step: Step,
    pub(crate) fault: Fault,
    /// What was changed.
    pub(crate) call: Option<Call>,
    /// Both groups after it, spot first.
    pub(crate) after: [Capacity; 2],
}

/// A change of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// The scale-up policy, executed on a group of this size, perhaps without effect.
    ScaleUp {
        market: Market,
        before: Capacity,
        took_effect: bool,
    },
    /// DesiredCapacity of a group of this size, raised from what was discovered to this.
    Raise {
        market: Market,
        before: Capacity,
        from: i32,
        to: i32,
        took_effect: bool,
    },
    /// The on-demand group's scale-down policy.
    ScaleDown,
    /// Spot's DesiredCapacity is lowered by so many.
    Lower(i32),
    Detach,
}

impl RoundCourse {
    /// The scale-ups of a group that took effect.
    pub(crate) fn scale_ups(&self, of: Market) -> usize {
        let calls = self.visits.iter().filter_map(|visit| visit.call);
        calls
            .filter(|call| {
                matches!(call, Call::ScaleUp { market, took_effect: true, .. } if *market == of)
            })
            .count()
    }

    /// Whether an event of this type was sent, and how often.
    pub(crate) fn sent(&self, detail_type: &str) -> usize {
        let sent = self.machine.sent.iter();
        sent.filter(|event| event["DetailType"] == detail_type)
            .count()
    }
}

impl Visit {
    /// The group that the step scales up, if it does.
    pub(crate) fn scales_up(&self) -> Option<Market> {
        match &self.step {
            Step::ScaleUp { action, .. } => Some(action.market()),
            _ => None,
        }
    }

    /// Whether on-demand is asked in addition to spot.
    pub(crate) fn is_in_addition(&self) -> bool {
        self.scales_up() == Some(Market::OnDemand)
            && self.step.progress().unwrap().attempt.is_some()
    }

    /// Whether the visit looked at this group.
    pub(crate) fn looked_at(&self, of: Market) -> bool {
        self.is("WaitForCapacity")
            && self.fault == Fault::None
            && self
                .step
                .progress()
                .unwrap()
                .asked_of()
                .any(|market| market == of)
    }

    pub(crate) fn is(&self, state: &str) -> bool {
        self.step.state() == state
    }
}

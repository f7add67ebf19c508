//! What came of a scenario.

use std::fmt;

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
pub(crate) struct RoundCourse {
    pub(crate) number: u32,
    pub(crate) discovery: Discovery,
    /// What it sent and where it has been.
    pub(crate) machine: Machine,
    /// The functions' visits.
    pub(crate) visits: Vec<Visit>,
}

/// A state that a function runs in, or that waits for one.
pub(crate) struct Visit {
    pub(crate) step: Step,
    pub(crate) fault: Fault,
    /// The groups that were looked at.
    pub(crate) looked_at: Vec<Market>,
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
    /// A plan was carried out on groups of these sizes, spot first, of which DesiredCapacity rose by
    /// so many.
    Launch {
        before: [Capacity; 2],
        raised: [i32; 2],
    },
    /// DesiredCapacity is lowered by so many.
    Lower {
        market: Market,
        by: i32,
    },
    Detach {
        decrements: bool,
    },
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

impl fmt::Debug for RoundCourse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let discovery = &self.discovery;
        let groups = [&discovery.spot_group, &discovery.on_demand_group];
        let [spot, on_demand] = groups.map(|group| group.capacity);
        writeln!(
            f,
            "round {} {:?} {:?} wants a maximum of {:?}\n{spot:?} {on_demand:?}",
            self.number,
            discovery.purpose,
            discovery.loss.as_ref().map(|loss| loss.kind),
            discovery.settings.maximum_capacity_of_both_groups,
        )?;
        for visit in &self.visits {
            writeln!(f, "{visit:?}")?;
        }
        for message in &self.machine.messages {
            writeln!(f, "{}: {}", message.subject, message.consequence)?;
        }
        for event in &self.machine.sent {
            writeln!(
                f,
                "{}: {}",
                event["DetailType"], event["Detail"]["sentence"]
            )?;
        }
        write!(f, "{}", self.machine.step.state())
    }
}

impl fmt::Debug for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [spot, on_demand] = self.after.map(Sizes);
        let state = self.step.state();
        write!(f, "spot {spot} on-demand {on_demand} {state}")?;
        if let Some(action) = self.step.action() {
            write!(f, " {action:?}")?;
        }
        if self.fault != Fault::None {
            write!(f, " {:?}", self.fault)?;
        }
        self.call.map_or(Ok(()), |call| write!(f, " {call}"))
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let in_vain = |took_effect| if took_effect { "" } else { " in vain" };
        match *self {
            Self::ScaleUp {
                market,
                took_effect,
                ..
            } => write!(f, "{market} scales up{}", in_vain(took_effect)),
            Self::Raise {
                market,
                before,
                to,
                took_effect,
                ..
            } => {
                let from = before.desired_capacity;
                write!(f, "{market} {from} -> {to}{}", in_vain(took_effect))
            }
            Self::Launch {
                raised: [spot, on_demand],
                ..
            } => write!(f, "launched {spot} and {on_demand}"),
            Self::Lower { market, by } => write!(f, "{market} - {by}"),
            Self::Detach { decrements: true } => write!(f, "detached"),
            Self::Detach { decrements: false } => write!(f, "detached and replaced"),
        }
    }
}

/// DesiredCapacity, in service and launching.
pub(crate) struct Sizes(pub(crate) Capacity);

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let capacity = self.0;
        let (in_service, pending) = (capacity.in_service, capacity.pending);
        write!(f, "{}/{in_service}+{pending}", capacity.desired_capacity)
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
        self.looked_at.contains(&of)
    }

    pub(crate) fn is(&self, state: &str) -> bool {
        self.step.state() == state
    }
}

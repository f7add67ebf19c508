//! A step, and what is known when it begins.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use super::Event;
use crate::{
    Capacity, ErrorName, ExecutionInput, Market, RoundDecision, ScaleAction, ScaleOutcome,
    scaling::LaunchPlan, verdict::Choice,
};

/// What comes next. Its name is the state's, and its fields are what the state needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[serde(tag = "next")]
pub enum Step {
    /// Prices against the limit.
    Evaluate {
        /// What comes next if it fails.
        if_fails: Box<Step>,
    },
    /// Events for EventBridge. Nothing waits for them.
    Report {
        /// The events.
        events: Vec<Event>,
        /// The state that failed last, if the state machine adds to each event what failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failed_in: Option<String>,
        /// What comes next, also if they cannot be sent.
        then: Box<Step>,
    },
    /// A message to the operations topic, about what failed last.
    Notify {
        /// The state that failed last.
        failed_in: String,
        /// What its subject begins with.
        subject: String,
        /// What the failure means, in sentences.
        consequence: String,
        /// The line with the execution's page in the console.
        page: String,
        /// What comes next, also if it cannot be sent.
        then: Box<Step>,
    },
    /// An instance that EC2 takes back leaves its group.
    DetachInstance {
        /// What *scale* does.
        action: ScaleAction,
        /// What is known so far.
        progress: Progress,
        /// What comes next if it fails.
        if_fails: Box<Step>,
    },
    /// A group scales up.
    ScaleUp {
        /// What *scale* does.
        action: ScaleAction,
        /// What is known so far.
        progress: Progress,
        /// What comes next if nothing was asked for.
        if_fails: Box<Step>,
        /// What comes next if nobody knows whether anything was asked for.
        if_unclear: Box<Step>,
    },
    /// Time for a group to launch, then a check.
    WaitForCapacity {
        /// How long to wait, seconds.
        seconds: u32,
        /// What is known so far.
        progress: Progress,
        /// What comes next if the check fails.
        if_fails: Box<Step>,
    },
    /// The spot group stops asking for what did not arrive.
    StandDownSpot {
        /// The state in which spot brought nothing.
        failed_in: String,
        /// What *scale* does.
        action: ScaleAction,
        /// What is known so far.
        progress: Progress,
        /// What comes next if it fails.
        if_fails: Box<Step>,
    },
    /// Spot serves, so on-demand asks for less.
    ScaleDownOnDemand {
        /// What *scale* does.
        action: ScaleAction,
        /// What is known so far.
        progress: Progress,
        /// What comes next if nothing was lowered.
        if_fails: Box<Step>,
        /// What comes next if nobody knows whether anything was lowered.
        if_unclear: Box<Step>,
    },
    /// The next round.
    Discover {
        /// Its input.
        input: ExecutionInput,
    },
    /// The next round, in an execution with a history of its own.
    ContinueAsNew {
        /// The execution's name.
        name: String,
        /// Its input.
        input: ExecutionInput,
        /// What comes next if it cannot be started.
        if_fails: Box<Step>,
    },
    /// The end: the capacity is in service.
    CapacityArrived,
    /// The end: as many rounds as the settings allow, or for as long.
    RoundsEnded,
    /// The end: spot serves instead of on-demand.
    ReturnedToSpot,
    /// The end: spot brought nothing, and on-demand goes on serving.
    StayedOnDemand,
    /// The end: nothing was changed.
    DryRunEnded,
    /// The end: the group was scaled in meanwhile.
    NoLongerNeeded,
    /// The end: no group can or need grow.
    NothingToDo,
    /// The end, under the name of what failed last.
    Failed,
}

impl Step {
    /// The state's name, which is the variant's.
    #[must_use]
    pub fn state(&self) -> &'static str {
        self.into()
    }

    /// What is known so far, in a step of *scale* or *verify*.
    #[must_use]
    pub const fn progress(&self) -> Option<&Progress> {
        match self {
            Self::DetachInstance { progress, .. }
            | Self::ScaleUp { progress, .. }
            | Self::WaitForCapacity { progress, .. }
            | Self::StandDownSpot { progress, .. }
            | Self::ScaleDownOnDemand { progress, .. } => Some(progress),
            _ => None,
        }
    }

    /// What comes next if the state fails for good, and it is known what that means; `None` if it
    /// calls nothing that could change the flow.
    #[must_use]
    pub fn if_fails(&self) -> Option<&Self> {
        match self {
            Self::Evaluate { if_fails }
            | Self::DetachInstance { if_fails, .. }
            | Self::ScaleUp { if_fails, .. }
            | Self::WaitForCapacity { if_fails, .. }
            | Self::StandDownSpot { if_fails, .. }
            | Self::ScaleDownOnDemand { if_fails, .. }
            | Self::ContinueAsNew { if_fails, .. } => Some(if_fails),
            _ => None,
        }
    }

    /// The events of a report and what comes after it, if a function can send them: the state machine
    /// adds nothing that only it knows.
    #[must_use]
    pub fn sendable(&self) -> Option<(&[Event], &Self)> {
        match self {
            Self::Report {
                events,
                failed_in: None,
                then,
            } => Some((events, then)),
            _ => None,
        }
    }

    /// What *scale* does, in a step of its.
    #[must_use]
    pub const fn action(&self) -> Option<&ScaleAction> {
        match self {
            Self::DetachInstance { action, .. }
            | Self::ScaleUp { action, .. }
            | Self::StandDownSpot { action, .. }
            | Self::ScaleDownOnDemand { action, .. } => Some(action),
            _ => None,
        }
    }
}

/// What is known of a round since its decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The group that was chosen.
    pub choice: Choice,
    /// The decision.
    pub decision: RoundDecision,
    /// How many instances or units are wanted, and asked for by DesiredCapacity; absent if a group's
    /// scale-up policy says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<i32>,
    /// Whether on-demand is asked next, in addition to spot, which has no room for all.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub on_demand_too: bool,
    /// Whether on-demand is asked next for the rest of what spot does not bring.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub asks_again: bool,
    /// How many of them spot has brought that is given up, or is done before on-demand is.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub arrived: i32,
    /// How often the execution has checked for capacity, in all its rounds.
    pub looks: u32,
    /// The group that scales up, since it was asked to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<Attempt>,
    /// The on-demand group, since it was asked in addition to spot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_addition: Option<Attempt>,
    /// How many scale-ups of the group that is asked have had an unknown outcome.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tries: u32,
    /// How much the spot group lacked that on-demand is asked for instead, in instances or units, if
    /// no queue sizes the round.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub moved: i32,
    /// The on-demand group's DesiredCapacity when it was seen last, in instances or units; absent for
    /// what was discovered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_demand_desired: Option<i32>,
    /// In a return to spot: how the on-demand group is lowered, since it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowering: Option<Lowering>,
    /// Whether the instance that EC2 may take back has left its group, as the last check saw it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lost_has_left: bool,
    /// The execution that a rebalance recommendation for the lost instance started, until it is known
    /// that it replaces nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recommended: Option<String>,
    /// Why spot brought nothing, since it was given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spot_failure: Option<Failure>,
    /// The state in which spot brought nothing, if only the state machine knows why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spot_failed_in: Option<String>,
    /// Whether on-demand took over from spot in the step that asked spot, which the next report says.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub took_over: bool,
}

impl Progress {
    /// The market of the group that was asked for capacity, if there is something to be seen of it.
    pub(super) fn asked_of(&self) -> Option<Market> {
        let attempt = self.attempt.as_ref()?;
        let asks_next = self.on_demand_too || self.asks_again;
        let asks = attempt.asked_nothing.is_none() && !asks_next;
        asks.then_some(attempt.market)
    }
}

/// How a return to spot lowers the on-demand group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lowering {
    /// DesiredCapacity before, in instances or units.
    pub from: i32,
    /// What it is lowered to, in instances or units.
    pub to: i32,
    /// How many times it is not known whether it was lowered, without a check since.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unclear: u32,
}

impl Lowering {
    /// Whether DesiredCapacity has fallen, in a group that is like this now. If others have raised it
    /// since to what it was, then it looks as if it had not.
    pub(super) fn took_effect(&self, now: Capacity) -> bool {
        now.desired_capacity < self.from || now.desired_capacity <= self.to
    }
}

/// A group that was asked to scale up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The group's market.
    pub market: Market,
    /// DesiredCapacity before, in instances or units.
    pub baseline_capacity: i32,
    /// DesiredCapacity after, in instances or units; absent for all that the group asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_capacity: Option<i32>,
    /// How long it had to bring capacity, seconds, counted in intervals.
    pub waited_seconds: u32,
    /// What *scale* did, if it asked for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_nothing: Option<AskedNothing>,
    /// How many scale-ups of it have had an unknown outcome, and no check since.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unclear: u32,
    /// How many checks saw no hope for it, and left it to an execution that began before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_to_others: u32,
    /// The group as the last check saw it, if that gave it up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    /// What it was to launch, if it is not known what came of that: it is asked again by the same plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Box<LaunchPlan>>,
}

/// A group without hope, as a check saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Its DesiredCapacity, in instances or units.
    pub desired_capacity: i32,
    /// How much of that was neither in service nor launching, in instances or units.
    pub lacks: i32,
}

// By reference, as serde calls it.
fn is_zero<N: Default + PartialEq>(number: &N) -> bool {
    *number == N::default()
}

impl Attempt {
    /// A group with this DesiredCapacity before, which was asked for `target_capacity`.
    #[must_use]
    pub fn new(market: Market, baseline_capacity: i32, target_capacity: Option<i32>) -> Self {
        Self {
            market,
            baseline_capacity,
            target_capacity,
            waited_seconds: 0,
            asked_nothing: None,
            unclear: 0,
            left_to_others: 0,
            seen: None,
            plan: None,
        }
    }

    /// How much more was asked for, in instances or units.
    #[must_use]
    pub fn asked(&self) -> i32 {
        let target = self.target_capacity.unwrap_or(self.baseline_capacity);
        target.saturating_sub(self.baseline_capacity).max(0)
    }
}

/// Why nothing was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedNothing {
    /// What *scale* did.
    pub outcome: ScaleOutcome,
    /// The same as a sentence.
    pub sentence: String,
}

/// What failed, and in which state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The error's name, such as `SpotManager.NoCapacity`.
    pub error: String,
    /// Why.
    #[serde(default)]
    pub cause: String,
    /// The state.
    pub state: String,
}

impl Failure {
    /// A group brought nothing.
    pub(super) fn no_capacity(state: &str, cause: &str) -> Self {
        Self {
            error: ErrorName::NoCapacity.as_str().to_owned(),
            cause: cause.trim_end().to_owned(),
            state: state.to_owned(),
        }
    }
}

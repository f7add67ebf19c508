//! What comes next: the one flow of an execution, from the discovery to the last state.
//!
//! Each function returns a [`Step`], and the state machine goes where it says. A step holds what to
//! do if it fails, so that the state machine decides nothing even then. `spotmanager run` and the
//! backtests follow the same steps.
//!
//! * [`Flow::discovered`] after *discover*, [`Flow::decided`] after *evaluate*.
//! * [`Flow::scaled`] after *scale*, [`Flow::checked`] after *verify*.
//!
//! ```text
//! Evaluate ─▶ Report ─▶ DetachInstance ─▶ ScaleUp ─▶ WaitForCapacity ─▶ Report ─▶ a last state
//!                                            ▲           │       │
//!                                            └─ Report ◀─┴ StandDownSpot
//! ```

mod begin;
mod checked;
mod ended;
mod entry;
mod event;
mod failed;
mod in_addition;
mod launches;
mod losses;
mod others;
mod returns;
mod scaled;
mod sizing;
mod step;
#[cfg(test)]
mod tests;

use crate::{Discovery, Execution, Group, Market, Purpose};

pub use checked::{Checked, Look, MOST_UNCLEAR_SECONDS};
pub use ended::MOST_SECONDS;
pub use entry::{Entry, Sender};
pub use event::{CheapestPool, Decision, Event, Fallback, Outcome, RoundResult, ServedBy};
use failed::GaveUp;
pub use launches::{Launched, LaunchedOf};
pub use losses::Replacement;
pub use others::{MOST_CHECKS_LEFT_TO_OTHERS, Others};
pub use scaled::Scaled;
pub use step::{AskedNothing, Attempt, Failure, Lowering, Progress, Seen, Step};

/// The flow of one execution in one round: everything that does not change in it.
#[derive(Clone, Copy, Debug)]
pub struct Flow<'a> {
    /// The execution.
    pub execution: &'a Execution,
    /// What was discovered in this round.
    pub discovery: &'a Discovery,
}

impl<'a> Flow<'a> {
    /// The flow of a discovery that the state machine hands on; `None` if it names no execution.
    #[must_use]
    pub fn of(discovery: &'a Discovery) -> Option<Self> {
        let execution = discovery.execution.as_ref()?;
        Some(Self {
            execution,
            discovery,
        })
    }

    /// The group that buys on this market.
    #[must_use]
    pub fn group(self, market: Market) -> &'a Group {
        match market {
            Market::Spot => &self.discovery.spot_group,
            Market::OnDemand => &self.discovery.on_demand_group,
        }
    }

    /// How long a group may take to bring capacity, seconds.
    #[must_use]
    pub fn timeout_seconds(self, market: Market) -> u32 {
        let settings = &self.discovery.settings;
        match market {
            Market::Spot => settings.spot_capacity_timeout_seconds,
            Market::OnDemand => settings.on_demand_capacity_timeout_seconds,
        }
    }

    /// The markets of the groups that a check looks at, after this progress.
    pub fn looks_at(self, progress: &Progress) -> impl Iterator<Item = Market> {
        if progress.lowering.is_some() {
            return Some(Market::OnDemand).into_iter().chain(None);
        }
        let asked_of = progress.asked_of();
        let is_spot = asked_of == Some(Market::Spot);
        // A return to spot lowers on-demand by what has come.
        let on_demand_too = is_spot && (progress.in_addition.is_some() || self.returns());
        let second = on_demand_too.then_some(Market::OnDemand);
        asked_of.into_iter().chain(second)
    }

    /// Whether on-demand is asked for what spot does not bring: not in a return to spot, and not if EC2
    /// has only recommended to replace an instance.
    #[must_use]
    pub fn falls_back(self) -> bool {
        !self.returns() && !self.is_recommended()
    }

    fn returns(self) -> bool {
        self.discovery.purpose == Purpose::ReturnToSpot
    }
}

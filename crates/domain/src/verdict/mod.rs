//! Which group scales up, and why.

mod decide;
mod demand;
mod excluded;
mod limit;
mod listed;
mod reason;
mod return_to_spot;
mod situation;
#[cfg(test)]
mod tests;
mod without_prices;

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::{backlog::Backlog, price::PoolPrice};

pub use demand::Demand;
pub use limit::{Limit, Terms};
pub use reason::ReasonCode;
pub use situation::{Case, Situation};
pub use without_prices::without_prices;

/// The group that scales up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The spot group.
    Spot,
    /// The on-demand group.
    OnDemand,
    /// Neither.
    Nothing,
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// The choice with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The group that scales up.
    pub choice: Choice,
    /// The reason's stable code.
    pub reason: ReasonCode,
    /// The reason as a sentence, with the figures that decided.
    pub sentence: String,
}

/// The verdict together with the figures that led to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// What to do and why.
    pub verdict: Verdict,
    /// The price that spot must not exceed; absent where the group sets no maximum price.
    pub limit: Option<Limit>,
    /// The pool with the lowest average for a unit of capacity, of those that no rule excludes.
    pub cheapest: Option<PoolPrice>,
    /// Every pool that the group can launch into, or those that [`Self::list_at_most`] left.
    pub pools: Vec<PoolPrice>,
    /// What the cheapest pool costs less than on-demand, USD per instance-hour, where spot is chosen
    /// and the on-demand price is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saving_usd_per_hour: Option<Decimal>,
    /// The jobs that wait, where the queue is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backlog: Option<Backlog>,
}

fn say(choice: Choice, reason: ReasonCode, sentence: String) -> Verdict {
    Verdict {
        choice,
        reason,
        sentence,
    }
}

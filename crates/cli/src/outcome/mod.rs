//! What came of an execution: who serves at its end, why, and what that saves.

mod failed;
mod reported;
mod round;
mod round_outcome;
mod several;
mod text;

use rust_decimal::Decimal;
use serde::Serialize;
use spotmanager_aws::execution_history::ExecutionHistory;
use spotmanager_domain::Market;

pub(crate) use round::rounds;

/// How a round, or an execution, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ending {
    /// What was asked for is in service.
    CapacityArrived,
    /// Spot serves instead of on-demand.
    ReturnedToSpot,
    /// Spot brought nothing, and on-demand goes on serving.
    StayedOnDemand,
    /// The group was scaled in meanwhile.
    NoLongerNeeded,
    /// Nothing was to be done.
    NothingToDo,
    /// Nothing was to be changed.
    DryRun,
    /// The execution failed in this round.
    Failed,
    /// Somebody stopped the execution in this round.
    Aborted,
    /// The execution's time was over in this round.
    TimedOut,
    /// The execution is still at it.
    Running,
}

/// A group with its instances, in instances or, if the group weighs them, in units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Serving {
    /// The logical id.
    pub(crate) group: String,
    pub(crate) in_service: i32,
    pub(crate) desired_capacity: i32,
}

/// Who serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ServedBy {
    /// No capacity was added.
    Nobody,
    /// The execution failed, and could not find out.
    Unknown,
    /// The market whose capacity arrived, or in a return to spot stays.
    #[serde(untagged)]
    Market(Market),
}

impl ServedBy {
    fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }

    /// The market, if there is one.
    pub(crate) fn market(self) -> Option<Market> {
        match self {
            Self::Market(market) => Some(market),
            Self::Nobody | Self::Unknown => None,
        }
    }
}

/// Who serves, as far as the history says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Outcome {
    pub(crate) result: Ending,
    #[serde(skip_serializing_if = "ServedBy::is_unknown")]
    pub(crate) served_by: ServedBy,
    /// Absent if nobody serves, or the group was not looked at.
    #[serde(flatten)]
    pub(crate) serving: Option<Serving>,
    /// The whole of it.
    pub(crate) sentence: String,
    /// USD per instance-hour; only if spot serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) saving_usd_per_hour: Option<Decimal>,
    /// What was not as it should be, and did not end the execution.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) doubts: Vec<String>,
}

impl Outcome {
    /// The outcome of the whole execution.
    pub(crate) fn of(history: &ExecutionHistory) -> Option<Self> {
        several::outcome(&rounds(history))
    }
}

#[cfg(test)]
mod tests;

//! The events that the state machine sends to EventBridge, but for what it adds itself: version,
//! state machine, execution, stack, and what failed last.
//! See <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html>.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use strum::VariantArray;

use super::Failure;
use crate::{
    CapacityLoss, Purpose,
    backlog::Backlog,
    verdict::{Choice, Evaluation, ReasonCode},
};

/// An event, as PutEvents takes it. Its JSON has a schema in `schemas`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "DetailType", content = "Detail")]
pub enum Event {
    /// What was decided, and why.
    #[serde(rename = "SpotManager Decision")]
    Decision(Box<Decision>),
    /// On-demand takes over from spot.
    #[serde(rename = "SpotManager Fallback")]
    Fallback(Fallback),
    /// What came of a round.
    #[serde(rename = "SpotManager Outcome")]
    Outcome(Box<Outcome>),
    /// The execution fails.
    #[serde(rename = "SpotManager Failure")]
    Failure {},
}

/// What was decided, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What the execution is for.
    pub purpose: Purpose,
    /// The round's number, from 1 on.
    pub round: u32,
    /// Whether nothing is changed.
    pub dry_run: bool,
    /// The group that scales up.
    pub choice: Choice,
    /// The reason's stable code.
    pub reason: ReasonCode,
    /// The reason as a sentence.
    pub sentence: String,
    /// The price that spot must not exceed, USD per instance-hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_usd: Option<Decimal>,
    /// The cheapest pool that is a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cheapest: Option<CheapestPool>,
    /// What spot saves if it arrives, USD per instance-hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saving_usd_per_hour: Option<Decimal>,
    /// How many instances are asked for, units if the groups weigh their instance types; absent if a
    /// group's scale-up policy says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<i32>,
    /// The jobs that wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backlog: Option<Backlog>,
    /// What EventBridge reported of the spot group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<CapacityLoss>,
}

/// The cheapest pool that is a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheapestPool {
    /// Such as `g4dn.xlarge`.
    pub instance_type: String,
    /// Such as `us-east-1a`.
    pub availability_zone: String,
    /// The average of the window, USD per instance-hour.
    pub average_usd: Decimal,
    /// The zone's spot placement score, 1 to 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement_score: Option<u8>,
    /// The on-demand price, USD per instance-hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_demand_usd: Option<Decimal>,
}

impl CheapestPool {
    pub(super) fn of(evaluation: &Evaluation) -> Option<Self> {
        let cheapest = evaluation.cheapest.as_ref()?;
        Some(Self {
            instance_type: cheapest.pool.instance_type.clone(),
            availability_zone: cheapest.pool.availability_zone.clone(),
            average_usd: cheapest.average_usd?,
            placement_score: cheapest.placement_score,
            on_demand_usd: cheapest.on_demand.as_ref().map(|price| price.usd),
        })
    }
}

/// On-demand takes over from spot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fallback {
    /// The round's number, from 1 on.
    pub round: u32,
    /// Whether nothing is changed.
    pub dry_run: bool,
    /// The spot group's name.
    pub from_group: String,
    /// The on-demand group's name.
    pub to_group: String,
    /// Whether the spot group was stood down.
    pub stood_down: bool,
    /// Why spot brought nothing, if that was known before the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// How a round ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum RoundResult {
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
    /// The execution failed.
    Failed,
}

/// Who serves by what a round brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum ServedBy {
    /// Spot.
    Spot,
    /// On-demand.
    OnDemand,
    /// No capacity was added.
    Nobody,
}

/// What came of a round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What the execution is for; absent if it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// The round's number, from 1 on; absent if the execution failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<u32>,
    /// Whether nothing was changed; absent if the execution failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
    /// How the round ended.
    pub result: RoundResult,
    /// Who serves; absent if that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub served_by: Option<ServedBy>,
    /// The logical id of the group that serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The decision's reason; absent if the execution failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonCode>,
    /// What happened.
    pub sentence: String,
    /// What an instance that arrived saves, USD per instance-hour, if spot serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saving_usd_per_hour: Option<Decimal>,
    /// Why spot brought nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Why the queue could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_problem: Option<String>,
}

//! Whether spot takes over from on-demand.

use super::{Choice, Demand, Evaluation, ReasonCode, decide, say};
use crate::{Group, left_out::Terms, price::PoolPrice};

/// Decides whether spot takes over from an on-demand instance: only where nothing speaks against
/// spot, for on-demand serves already.
#[must_use]
pub fn decide_return(
    spot: &Group,
    on_demand: &Group,
    terms: &Terms,
    pools: Vec<PoolPrice>,
) -> Evaluation {
    let demand = Demand::Alarm(None);
    let mut evaluation = decide(spot, on_demand, terms, pools, demand);
    let on_demand_capacity = on_demand.capacity;
    if !on_demand_capacity.can_give() {
        evaluation.verdict = say(
            Choice::Nothing,
            ReasonCode::NothingOnDemand,
            format!(
                "{} has {} in service and a MinSize of {}: there is nothing to return from.",
                on_demand.auto_scaling_group_name,
                on_demand_capacity.in_service,
                on_demand_capacity.min_size
            ),
        );
    } else if !matches!(
        evaluation.verdict.reason,
        ReasonCode::SpotWithinLimit | ReasonCode::NoMaximumPrice
    ) {
        // The reasons that speak for on-demand, or for neither, leave it as it is.
        let verdict = &mut evaluation.verdict;
        verdict.choice = Choice::Nothing;
        verdict.sentence = format!(
            "On-demand goes on serving; of a scale-up it would be said: {}",
            verdict.sentence
        );
    }
    if evaluation.verdict.choice == Choice::Nothing {
        evaluation.saving_usd_per_hour = None;
    }
    evaluation
}

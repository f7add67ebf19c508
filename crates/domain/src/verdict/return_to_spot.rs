//! Whether spot takes over from on-demand, or from a spot instance that EC2 may take back.

use super::{Choice, Demand, Evaluation, ReasonCode, Terms, decide::decide, say};
use crate::{Group, price::PoolPrice};

/// Decides whether spot takes over from an on-demand instance: only if nothing speaks against
/// spot, because on-demand serves already.
pub(super) fn decide_return(
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
    } else if !evaluation.verdict.reason.speaks_for_spot() {
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

/// Decides about an instance that EC2 may take back: it still runs, so on-demand is not asked. If EC2
/// does take it back, that is decided anew.
pub(super) fn decide_recommended(mut evaluation: Evaluation) -> Evaluation {
    let verdict = &mut evaluation.verdict;
    if verdict.choice == Choice::OnDemand {
        verdict.choice = Choice::Nothing;
        verdict.sentence = format!(
            "The instance still runs; of a scale-up it would be said: {}",
            verdict.sentence
        );
    }
    evaluation
}

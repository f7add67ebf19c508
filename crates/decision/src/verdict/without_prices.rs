//! Verdicts for which no price is asked.

use super::{Choice, Evaluation, ReasonCode, Verdict, say};
use crate::Group;

/// Decides what becomes of a spot group that could not launch an instance: nothing where it has
/// all that it asks for, else it is waited for as after a scale-up.
#[must_use]
pub fn decide_after_failed_launch(spot: &Group) -> Evaluation {
    let capacity = spot.capacity;
    let name = &spot.auto_scaling_group_name;
    let verdict = if capacity.in_service >= capacity.desired_capacity {
        say(
            Choice::Nothing,
            ReasonCode::SpotGroupServed,
            format!("{name} has all {} in service.", capacity.desired_capacity),
        )
    } else {
        say(
            Choice::Spot,
            ReasonCode::SpotLaunchFailed,
            format!(
                "{name} has {} of {} in service: on-demand scales up unless Auto Scaling launches it.",
                capacity.in_service, capacity.desired_capacity
            ),
        )
    };
    without_prices(verdict)
}

/// An execution that began before and still runs answers for the stack: this one does nothing.
#[must_use]
pub fn another_leads(execution_name: &str) -> Evaluation {
    without_prices(say(
        Choice::Nothing,
        ReasonCode::AnotherExecutionLeads,
        format!("{execution_name} began before and answers for the stack."),
    ))
}

/// Decides where the evaluation failed with `error`, as the state machine itself does: on-demand, for
/// jobs must not wait; where that is full spot, which EC2 keeps below its maximum price.
#[must_use]
pub fn decide_in_doubt(spot: &Group, on_demand: &Group, error: &str) -> Evaluation {
    let choice = if on_demand.capacity.has_room() {
        Choice::OnDemand
    } else if spot.capacity.has_room() {
        Choice::Spot
    } else {
        Choice::Nothing
    };
    without_prices(say(
        choice,
        ReasonCode::EvaluationFailed,
        format!(
            "The evaluation failed with {error}: on-demand scales up, or spot where on-demand is full."
        ),
    ))
}

/// A verdict for which no price was asked.
fn without_prices(verdict: Verdict) -> Evaluation {
    Evaluation {
        verdict,
        limit: None,
        cheapest: None,
        pools: Vec::new(),
        saving_usd_per_hour: None,
        backlog: None,
    }
}

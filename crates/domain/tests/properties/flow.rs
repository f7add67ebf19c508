//! Whole executions, whatever fails and whatever others do: they end, report, and change no more than
//! they should.

mod changes;
mod reach;
mod reports;
mod several;
mod sizing;

use spotmanager_domain::{
    Capacity, Discovery, LossKind, Market, Purpose,
    flow::{Event, Outcome, RoundResult},
    verdict::{ReasonCode, Terms},
};

use crate::world::{Call, RoundCourse, Visit};

/// The last states, and how a round ends that leads there.
const LAST_STATES: &[(&str, &[RoundResult])] = &[
    ("CapacityArrived", &[RoundResult::CapacityArrived]),
    (
        "RoundsEnded",
        &[RoundResult::CapacityArrived, RoundResult::NoLongerNeeded],
    ),
    ("ReturnedToSpot", &[RoundResult::ReturnedToSpot]),
    ("StayedOnDemand", &[RoundResult::StayedOnDemand]),
    ("DryRunEnded", &[RoundResult::DryRun]),
    ("NoLongerNeeded", &[RoundResult::NoLongerNeeded]),
    ("NothingToDo", &[RoundResult::NothingToDo]),
    // The round before a new execution that cannot be started has brought something.
    (
        "Failed",
        &[
            RoundResult::Failed,
            RoundResult::CapacityArrived,
            RoundResult::NoLongerNeeded,
        ],
    ),
];

fn outcomes(round: &RoundCourse) -> Vec<&Outcome> {
    let events = round.machine.events.iter();
    events
        .filter_map(|event| match event {
            Event::Outcome(outcome) => Some(outcome.as_ref()),
            _ => None,
        })
        .collect()
}

/// Whether the verdict was made without an evaluation.
fn is_in_doubt(round: &RoundCourse) -> bool {
    round.machine.events.iter().any(|event| {
        matches!(event, Event::Decision(decision) if decision.reason == ReasonCode::EvaluationFailed)
    })
}

/// Whether jobs wait in doubt, and on-demand is to bring capacity.
fn is_due(round: &RoundCourse) -> bool {
    let discovery = &round.discovery;
    // A loss that is not one yet, or that the group itself makes good.
    let is_excused = discovery
        .loss
        .as_ref()
        .is_some_and(|loss| loss.kind != LossKind::InterruptionWarning);
    let backlog = discovery.decide(round.number, Vec::new()).backlog;
    let jobs_wait = round.number == 1 || backlog.is_none_or(|backlog| backlog.is_above_target());
    is_in_doubt(round)
        && discovery.purpose == Purpose::ScaleUp
        && discovery.leader.is_none()
        && discovery.on_demand_group.capacity.has_room()
        && room_of_both(discovery, discovered(discovery)) > 0
        && !is_excused
        && jobs_wait
}

/// Both groups as discovered, spot first.
fn discovered(discovery: &Discovery) -> [Capacity; 2] {
    [
        discovery.spot_group.capacity,
        discovery.on_demand_group.capacity,
    ]
}

/// How much more groups of these sizes may ask for together.
fn room_of_both(discovery: &Discovery, [spot, on_demand]: [Capacity; 2]) -> i32 {
    let terms = Terms {
        maximum_capacity_of_both_groups: discovery.settings.maximum_capacity_of_both_groups,
        ..Terms::with_margin(0.into())
    };
    terms.room_of_both(spot.desired_capacity + on_demand.desired_capacity)
}

/// What spot had before the scale-up that took effect.
fn asked_of_spot(visits: &[Visit]) -> Option<i32> {
    visits.iter().find_map(|visit| match visit.call {
        Some(Call::ScaleUp {
            market: Market::Spot,
            before,
            took_effect: true,
        }) => Some(before.desired_capacity),
        Some(Call::Raise {
            market: Market::Spot,
            from,
            took_effect: true,
            ..
        }) => Some(from),
        _ => None,
    })
}

/// The visits up to the first scale-up of on-demand on its own; `None` without one.
fn before_on_demand(round: &RoundCourse) -> Option<&[Visit]> {
    let visits = &round.visits;
    let first = visits
        .iter()
        .position(|visit| visit.scales_up() == Some(Market::OnDemand) && !visit.is_in_addition())?;
    Some(&visits[..first])
}

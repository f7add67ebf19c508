//! What the flow itself reported of a round, and what two groups brought that were asked at once.

use serde::Deserialize;
use spotmanager_domain::{Market, ScaleOutput, flow};

use super::{Serving, round::Round};

impl Round<'_> {
    /// The outcome that the last function to answer has reported, or leaves to the state machine.
    pub(super) fn reported(&self) -> Option<flow::Outcome> {
        let mut steps = self.steps.iter().rev();
        steps
            .find_map(|step| Answer::deserialize(&step.output).ok())?
            .outcome()
    }

    /// How much of what was asked for spot brought that was given up, in instances or units.
    pub(super) fn spot_brought(&self) -> i32 {
        let stood_down: Option<ScaleOutput> = self.last(&["StandDownSpot"]);
        let next = stood_down.and_then(|stood_down| stood_down.step);
        let mut next = next.as_ref();
        while let Some(flow::Step::Report { then, .. }) = next {
            next = Some(then);
        }
        let progress = next.and_then(flow::Step::progress);
        progress.map_or(0, |progress| progress.arrived)
    }

    /// The on-demand group that was asked in addition to spot, which serves.
    pub(super) fn in_addition(&self) -> Option<Serving> {
        let (market, _) = self.arrived()?;
        let seen = self.seen()?;
        let is_both = market == Market::Spot && seen.market == Market::OnDemand;
        let capacity = seen.capacity.filter(|_| is_both)?;
        Some(Serving {
            group: self.logical_id(seen.auto_scaling_group_name),
            in_service: capacity.in_service,
            desired_capacity: capacity.desired_capacity,
        })
    }

    /// What spot was asked for and brought, if on-demand was asked in addition.
    pub(super) fn with_on_demand(&self) -> Option<Serving> {
        if self.reported()?.served_by != Some(flow::ServedBy::Spot) {
            return None;
        }
        let visits = self.steps.iter().rev();
        let mut scaled = visits.filter_map(|step| ScaleOutput::deserialize(&step.output).ok());
        let spot = scaled.find(|scaled| scaled.market == Market::Spot)?;
        let stood_down = self.spot_brought();
        let in_service = if stood_down > 0 {
            spot.baseline_capacity.saturating_add(stood_down)
        } else {
            spot.target_capacity?
        };
        Some(Serving {
            group: self.logical_id(spot.auto_scaling_group_name),
            in_service,
            desired_capacity: in_service,
        })
    }
}

/// What a function says of the flow.
#[derive(Debug, Deserialize)]
struct Answer {
    /// The events that it sent itself.
    #[serde(default)]
    reported: Vec<flow::Event>,
    step: flow::Step,
}

impl Answer {
    fn outcome(&self) -> Option<flow::Outcome> {
        outcome_of(&self.reported).or_else(|| reported_in(&self.step))
    }
}

fn outcome_of(events: &[flow::Event]) -> Option<flow::Outcome> {
    events.iter().find_map(|event| match event {
        flow::Event::Outcome(outcome) => Some((**outcome).clone()),
        _ => None,
    })
}

/// The outcome that a step reports, or one that follows it in any case.
pub(super) fn reported_in(step: &flow::Step) -> Option<flow::Outcome> {
    let mut step = step;
    loop {
        step = match step {
            flow::Step::Report { events, then, .. } => {
                let outcome = outcome_of(events);
                if outcome.is_some() {
                    return outcome;
                }
                then
            }
            flow::Step::Notify { then, .. } => then,
            _ => return None,
        };
    }
}

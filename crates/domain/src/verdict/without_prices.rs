//! Verdicts without a price: after a failed launch, if another execution leads, if the evaluation
//! fails.

use super::{Choice, Demand, Evaluation, ReasonCode, Terms, Verdict, decide::full, say};
use crate::Group;

/// Decides what becomes of a spot group that could not launch an instance: nothing if it has
/// all that it asks for, otherwise it is waited for as after a scale-up.
pub(super) fn decide_after_failed_launch(spot: &Group) -> Evaluation {
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

/// An execution that began before and still runs leads the pair of groups: this one does nothing.
pub(super) fn another_leads(execution_name: &str) -> Evaluation {
    without_prices(say(
        Choice::Nothing,
        ReasonCode::AnotherExecutionLeads,
        format!("{execution_name} began before and leads this pair of groups."),
    ))
}

/// The verdict if the groups may have no more together.
pub(super) fn at_maximum(spot: &Group, on_demand: &Group, terms: &Terms) -> Option<Verdict> {
    let capacities = [spot, on_demand].map(|group| group.capacity.desired_capacity);
    let asked = capacities.into_iter().fold(0, i32::saturating_add);
    if terms.room_of_both(asked) > 0 {
        return None;
    }
    Some(say(
        Choice::Nothing,
        ReasonCode::BothGroupsAtMaximum,
        format!(
            "{} and {} ask for {asked} together, and may not have more.",
            spot.auto_scaling_group_name, on_demand.auto_scaling_group_name
        ),
    ))
}

/// Decides without prices, if the evaluation fails: on-demand, because jobs must not wait; if that
/// is full spot, which EC2 keeps below its maximum price.
pub(super) fn decide_in_doubt(
    spot: &Group,
    on_demand: &Group,
    terms: &Terms,
    demand: &Demand,
) -> Verdict {
    let settled = demand.met().or_else(|| at_maximum(spot, on_demand, terms));
    settled.unwrap_or_else(|| {
        let (choice, sentence) = if on_demand.capacity.has_room() {
            let name = &on_demand.auto_scaling_group_name;
            (Choice::OnDemand, format!("In doubt {name} scales up."))
        } else if spot.capacity.has_room() {
            let name = &spot.auto_scaling_group_name;
            let sentence = format!("In doubt {name} scales up, because {}.", full(on_demand));
            (Choice::Spot, sentence)
        } else {
            let (spot, on_demand) = (full(spot), full(on_demand));
            let sentence = format!("{spot} and {on_demand}: neither group can grow.");
            (Choice::Nothing, sentence)
        };
        say(choice, ReasonCode::EvaluationFailed, sentence)
    })
}

/// Decides to change nothing if the evaluation fails, because of `why`, a sentence.
pub(super) fn leave_in_doubt(why: &str) -> Verdict {
    let why = why.to_owned();
    say(Choice::Nothing, ReasonCode::EvaluationFailed, why)
}

/// A verdict for which no price was asked.
#[must_use]
pub fn without_prices(verdict: Verdict) -> Evaluation {
    Evaluation {
        verdict,
        limit: None,
        cheapest: None,
        pools: Vec::new(),
        saving_usd_per_hour: None,
        backlog: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Market,
        backlog::{Backlog, Queue},
        testing,
    };

    /// A group of up to 2 instances, in service and asked for.
    fn group(market: Market, instances: i32) -> Group {
        let group = testing::group(market, testing::capacity([2, instances, instances, 0]));
        Group {
            auto_scaling_group_name: market.to_string(),
            ..group
        }
    }

    fn in_doubt(spot: i32, on_demand: i32, demand: &Demand) -> (Choice, String) {
        let groups = [
            group(Market::Spot, spot),
            group(Market::OnDemand, on_demand),
        ];
        let terms = Terms::with_margin(rust_decimal::Decimal::ZERO);
        let verdict = decide_in_doubt(&groups[0], &groups[1], &terms, demand);
        assert_eq!(
            verdict.reason == ReasonCode::EvaluationFailed,
            demand.met().is_none()
        );
        (verdict.choice, verdict.sentence)
    }

    #[test]
    fn in_doubt_room_decides_and_on_demand_comes_first() {
        let decided = |spot, on_demand| in_doubt(spot, on_demand, &Demand::Alarm(None));
        let says = |choice, sentence: &str| (choice, sentence.to_owned());
        let on_demand = says(Choice::OnDemand, "In doubt on-demand scales up.");
        assert_eq!(decided(0, 1), on_demand);
        assert_eq!(decided(2, 1), on_demand);
        let spot = "In doubt spot scales up, because on-demand is at its MaxSize of 2.";
        assert_eq!(decided(1, 2), says(Choice::Spot, spot));
        let neither = "spot is at its MaxSize of 2 and on-demand is at its MaxSize of 2: \
                       neither group can grow.";
        assert_eq!(decided(2, 2), says(Choice::Nothing, neither));
    }

    #[test]
    fn in_doubt_the_backlog_is_held_against_its_target_as_ever() {
        let backlog = |visible_messages, target: &str| {
            let queue = Queue {
                logical_id: "jobs".into(),
                queue_url: "https://sqs/jobs".into(),
                visible_messages,
            };
            let groups = [
                group(Market::Spot, 2).capacity,
                group(Market::OnDemand, 1).capacity,
            ];
            Backlog::of(&queue, target.parse().unwrap(), groups)
        };
        let choice = |demand| in_doubt(2, 1, &demand).0;
        // Of 3 instances, and rounded as it is shown: 3.33.
        let asks = |jobs, target| choice(Demand::Backlog(backlog(jobs, target)));
        assert_eq!(asks(10, "3.33"), Choice::Nothing);
        assert_eq!(asks(10, "3.32"), Choice::OnDemand);
        assert_eq!(asks(0, "3.33"), Choice::Nothing);
        let alarm = Demand::Alarm(Some(backlog(0, "3.33")));
        assert_eq!(choice(alarm), Choice::OnDemand);
    }
}

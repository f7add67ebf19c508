//! The outcome of an execution of several rounds, of which the last one mostly only finds that no
//! more is needed.

use spotmanager_domain::{Market, verdict::ReasonCode};

use super::{Ending, Outcome, round::Round, text};

/// The outcome of all rounds: who serves, why and what that saves is the last round's that brought
/// capacity; then comes how the rounds ended.
pub(super) fn outcome(rounds: &[Round<'_>]) -> Option<Outcome> {
    let last = rounds.last()?;
    let mut outcomes: Vec<_> = rounds.iter().map(Round::outcome).collect();
    if outcomes.len() == 1 {
        return outcomes.pop();
    }
    let markets: Vec<_> = rounds
        .iter()
        .zip(&outcomes)
        .filter_map(|(round, outcome)| Some((round.number, outcome.served_by.market()?)))
        .collect();
    let brought = outcomes
        .iter()
        .rposition(|outcome| outcome.served_by.market().is_some());
    let end = outcomes.last()?.clone();
    let mut doubts: Vec<_> = rounds.iter().flat_map(Round::doubts).collect();
    doubts.dedup();
    let Some(brought) = brought else {
        let sentence = format!("round {}: {}", last.number, end.sentence);
        return Some(Outcome {
            sentence,
            doubts,
            ..end
        });
    };
    let from = rounds.get(brought)?;
    let mut outcome = outcomes.swap_remove(brought);
    let mut parts = vec![text::of_round_itself(from, &outcome)];
    if markets.len() > 1 {
        parts.push(arrived(&markets));
    }
    if brought + 1 < rounds.len() {
        parts.push(ending(last, &end));
        // Whoever stopped or failed it did so after the capacity had come.
        if !matches!(end.result, Ending::NothingToDo | Ending::NoLongerNeeded) {
            outcome.result = end.result;
        }
    }
    let sentence = format!("{}{}", parts.join("; "), text::next(last));
    Some(Outcome {
        sentence,
        doubts,
        ..outcome
    })
}

/// In which rounds capacity arrived, by market.
fn arrived(markets: &[(u64, Market)]) -> String {
    let parts = [Market::Spot, Market::OnDemand]
        .into_iter()
        .filter_map(|market| {
            let rounds: Vec<_> = markets
                .iter()
                .filter(|(_, of)| *of == market)
                .map(|(number, _)| number.to_string())
                .collect();
            let word = if rounds.len() == 1 { "round" } else { "rounds" };
            (!rounds.is_empty())
                .then(|| format!("{market} arrived in {word} {}", rounds.join(", ")))
        });
    parts.collect::<Vec<_>>().join("; ")
}

/// How the rounds ended if the last one brought nothing.
fn ending(last: &Round<'_>, outcome: &Outcome) -> String {
    let number = last.number;
    match outcome.result {
        Ending::NothingToDo => match last.verdict().map(|verdict| verdict.reason) {
            Some(reason @ (ReasonCode::QueueEmpty | ReasonCode::BacklogAtTarget)) => {
                format!("no more was needed: {reason}")
            }
            Some(reason) => format!("no more was asked for: {reason}"),
            None => "no more was asked for".to_owned(),
        },
        Ending::NoLongerNeeded => {
            format!("in round {number} the group was scaled in, so fewer may serve now")
        }
        _ => format!("round {number}: {}", text::of_round_itself(last, outcome)),
    }
}

//! The outcome as a sentence.

use rust_decimal::Decimal;
use spotmanager_domain::{Market, ScaleOutcome};

use super::{
    Ending, Outcome, Serving,
    failed::{self, Failed},
    round::Round,
};
use crate::{occasion, steps};

/// The sentence of a round's outcome, and of what came after it.
pub(super) fn of_round(round: &Round<'_>, outcome: &Outcome) -> String {
    format!("{}{}", of_round_itself(round, outcome), next(round))
}

/// The sentence of a round's outcome.
pub(super) fn of_round_itself(round: &Round<'_>, outcome: &Outcome) -> String {
    let who = who(outcome);
    let because = because(round);
    match outcome.result {
        Ending::CapacityArrived if outcome.served_by.market() == Some(Market::Spot) => {
            let in_addition = round.in_addition().map(|serving| {
                let on_demand = Market::OnDemand;
                format!(", and {on_demand} in addition, {}", size(&serving))
            });
            let in_addition = in_addition.unwrap_or_default();
            format!(
                "{who}{in_addition}; {}",
                saving(outcome.saving_usd_per_hour)
            )
        }
        Ending::CapacityArrived => format!("{who}{because}; no saving"),
        Ending::ReturnedToSpot => {
            let saving = saving(outcome.saving_usd_per_hour);
            format!("{who}, and on-demand asks for less; {saving}")
        }
        Ending::StayedOnDemand => format!("on-demand goes on serving{because}; no saving"),
        Ending::NothingToDo if outcome.served_by.market().is_some() => {
            format!("on-demand goes on serving{because}; nothing was changed")
        }
        Ending::NothingToDo => format!("nothing was changed{because}"),
        Ending::NoLongerNeeded => {
            format!(
                "nothing is waited for any more: the group was scaled in meanwhile{}; no saving",
                goes_on(outcome)
            )
        }
        Ending::DryRun => format!("{}{}", dry_run(round), goes_on(outcome)),
        Ending::Failed => failed(round, outcome),
        Ending::Aborted => interrupted(round, outcome, "aborted"),
        Ending::TimedOut => interrupted(round, outcome, "timed out"),
        Ending::Running => {
            let since = round.steps.last().map(|step| step.entered_at);
            let since = since.map(|at| format!(" since {}", occasion::time(at)));
            format!(
                "not known yet: the execution is in {}{}",
                round.state(),
                since.unwrap_or_default()
            )
        }
    }
}

/// On-demand, if it served before and still does.
fn goes_on(outcome: &Outcome) -> &'static str {
    match outcome.served_by.market() {
        Some(Market::OnDemand) => "; on-demand goes on serving",
        _ => "",
    }
}

/// What came after the round.
pub(super) fn next(round: &Round<'_>) -> String {
    if round.visited("ContinuedAsNew") {
        let name = round.goes_on_in();
        let name = name.unwrap_or_else(|| "an execution that runs already".to_owned());
        format!("; goes on in {name}")
    } else if round.visited("RoundsEnded") {
        "; more jobs may wait, and the settings allow no further round".to_owned()
    } else if round.history.status == "FAILED"
        && round.failed_state() == Some("ContinueAsNew")
        && round.visited("ContinueAsNew")
    {
        format!("; failed: no further round began, {}", error(round))
    } else {
        String::new()
    }
}

/// Why an execution goes on without its queue.
pub(crate) fn queue_problem(problem: &str) -> String {
    format!("the queue could not be read, so that one instance only was asked for: {problem}")
}

fn who(outcome: &Outcome) -> String {
    let market = outcome.served_by.market();
    let market = market.map(|market| market.to_string());
    let market = market.as_deref().unwrap_or("nobody new");
    match &outcome.serving {
        Some(serving) => format!("{market} serves, {}", size(serving)),
        None => format!("{market} serves"),
    }
}

fn size(serving: &Serving) -> String {
    let Serving {
        group,
        in_service,
        desired_capacity,
    } = serving;
    format!("{group} {in_service} of {desired_capacity}")
}

fn because(round: &Round<'_>) -> String {
    if let Some(why) = round.why_no_spot() {
        let why = why.trim_end().trim_end_matches('.');
        let brought = match round.spot_brought() {
            0 => "no instance".to_owned(),
            some => format!("only {some}"),
        };
        return format!(", because spot brought {brought}: {why}");
    }
    let verdict = round.verdict();
    verdict.map_or_else(String::new, |verdict| {
        format!(", because of {}", verdict.reason)
    })
}

fn saving(usd: Option<Decimal>) -> String {
    let against = "USD per instance-hour";
    match usd {
        Some(usd) if usd.is_sign_negative() && !usd.is_zero() => {
            format!("costs {} {against} more than on-demand", usd.abs())
        }
        Some(usd) => format!("saves {usd} {against} against on-demand"),
        None => "what that saves is not known".to_owned(),
    }
}

fn dry_run(round: &Round<'_>) -> String {
    let scaled = round.scaled();
    let would = scaled.map(|scaled| scaled.sentence);
    let would = would.unwrap_or_else(|| "the group itself would be waited for".to_owned());
    let would = would.trim_start_matches("Dry run: ").trim_end_matches('.');
    let promised = round
        .promised()
        .map(|usd| format!("; {} if spot arrives", saving(Some(usd))));
    format!(
        "dry run, nothing was changed: {would}{}",
        promised.unwrap_or_default()
    )
}

fn failed(round: &Round<'_>, outcome: &Outcome) -> String {
    let error = error(round);
    let what = match Failed::of(round) {
        Failed::BothServe => {
            let who = who(outcome);
            return format!(
                "failed: {who}, and it is not known if on-demand asks for less, so that both may run; no saving; {error}"
            );
        }
        Failed::Undecided if failed::returns(round) => {
            "nothing was decided in this round, and nothing was changed"
        }
        Failed::Undecided => "nothing was decided in this round",
        Failed::Unknown => "it is not known if capacity arrived",
        Failed::Partly => {
            let outcome = failed::failed_outcome(round);
            let sentence = outcome.map(|outcome| outcome.sentence).unwrap_or_default();
            return format!("failed, {}: {error}", sentence.trim_end_matches('.'));
        }
        Failed::NoCapacity if round.number > 1 => "no capacity arrived in this round",
        Failed::NoCapacity => "no capacity arrived",
    };
    format!("failed, {what}: {error}")
}

/// The error with its state, and with its cause unless a step has told that.
fn error(round: &Round<'_>) -> String {
    let history = round.history;
    let name = history.error.as_deref().unwrap_or("an unnamed error");
    let state = round.failed_state();
    let state = state.map(|state| format!(" in {state}"));
    let cause = steps::message(history.cause.as_deref().unwrap_or_default());
    let cause = cause.trim();
    let is_told = round.steps.iter().any(|step| {
        let happened = steps::happened(step);
        let failures = step.failures.iter();
        let failures = failures.map(|failure| steps::message(&failure.cause));
        happened
            .into_iter()
            .chain(failures)
            .any(|told| told.contains(cause))
    });
    let cause = if is_told {
        String::new()
    } else {
        format!(": {cause}")
    };
    format!("{name}{}{cause}", state.unwrap_or_default())
}

/// An execution that ended in the middle of a state.
fn interrupted(round: &Round<'_>, outcome: &Outcome, how: &str) -> String {
    let cause = steps::message(round.history.cause.as_deref().unwrap_or_default());
    let cause = match cause.trim() {
        "" => String::new(),
        cause => format!(" (cause: {cause})"),
    };
    let state = round.state();
    let who = match outcome.served_by.market() {
        Some(_) => format!("; {}", who(outcome)),
        None => String::new(),
    };
    if round.arrived().is_some() {
        return format!("{how} in {state}{cause}{who}");
    }
    let asks = |outcome| matches!(outcome, ScaleOutcome::Scaled | ScaleOutcome::AlreadyScaled);
    let scaled = round.scaled().filter(|scaled| asks(scaled.outcome));
    let asked = scaled.map(|scaled| {
        let capacity = scaled.capacity_before.desired_capacity;
        let asked = scaled.target_capacity.unwrap_or(capacity);
        let group = round.logical_id(scaled.auto_scaling_group_name);
        format!("; {group} was asked for {asked}, and nobody checks if that arrives")
    });
    format!("{how} in {state}{cause}{who}{}", asked.unwrap_or_default())
}

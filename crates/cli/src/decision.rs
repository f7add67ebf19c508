//! An evaluation in words: prices, decision and backlog.

use std::{fmt, num::NonZeroUsize};

use console::style;
use serde::Deserialize;
use serde_json::Value;
use spotmanager_domain::{
    backlog::Backlog,
    verdict::{Choice, Evaluation, Verdict},
};

use crate::{chart, prices};

/// What *evaluate* gave out, or what stands for it where it failed.
#[derive(Deserialize)]
struct Decided {
    verdict: Verdict,
    #[serde(default)]
    backlog: Option<Backlog>,
}

/// The prices of what *evaluate* gave out, of this release or the previous one.
#[derive(Deserialize)]
struct Priced {
    #[serde(flatten)]
    evaluation: Evaluation,
    #[serde(default)]
    pools_left_off: Option<NonZeroUsize>,
}

/// The prices of an evaluation: a row per pool, and a chart if one is wanted. Empty if no price was
/// asked for.
pub(crate) fn prices(output: &Value, has_chart: bool) -> String {
    let Ok(priced) = Priced::deserialize(output) else {
        return String::new();
    };
    let evaluation = &priced.evaluation;
    if !prices::were_asked_for(evaluation) {
        return String::new();
    }
    let mut text = format!("{}\n", prices::table(evaluation).trim_fmt());
    if let Some(count) = priced.pools_left_off {
        text = format!("{text}    and {count} more, none of them a better choice\n");
    }
    if has_chart {
        for line in chart::lines(evaluation) {
            text = format!("{text}{line}\n");
        }
    }
    text
}

/// Writes the decision and its reason, under its round's number if there are several.
pub(crate) fn write(f: &mut fmt::Formatter<'_>, round: Option<u64>, output: &Value) -> fmt::Result {
    let Ok(decided) = Decided::deserialize(output) else {
        return Ok(());
    };
    let verdict = &decided.verdict;
    let choice = match verdict.choice {
        Choice::Spot => "spot",
        Choice::OnDemand => "on-demand",
        Choice::Nothing => "nothing to do",
    };
    let (choice, reason) = (style(choice).bold(), style(verdict.reason).cyan());
    let of_round = round.map(|number| format!(" of round {number}"));
    writeln!(
        f,
        "decision{}: {choice}, {reason}. {}",
        of_round.unwrap_or_default(),
        verdict.sentence
    )?;
    if let Some(backlog) = &decided.backlog {
        writeln!(
            f,
            "backlog: jobs waiting {}, instances {}, target per instance {}",
            backlog.visible_messages, backlog.instances, backlog.target_per_instance
        )?;
    }
    Ok(())
}

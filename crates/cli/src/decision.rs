//! An evaluation, told: prices, decision, saving and backlog.

use std::fmt;

use console::style;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;
use spotmanager_contract::EvaluateOutput;
use spotmanager_decision::{
    backlog::Backlog,
    verdict::{Choice, Verdict},
};

use crate::{chart, prices};

/// What *evaluate* gave out, or what stands for it where it failed.
#[derive(Deserialize)]
struct Decided {
    verdict: Verdict,
    #[serde(default)]
    saving_usd_per_hour: Option<Decimal>,
    #[serde(default)]
    backlog: Option<Backlog>,
}

/// Writes what an evaluation gave out, under its round's number where there is one, and with a
/// chart of the prices where one is wanted.
pub(crate) fn write(
    f: &mut fmt::Formatter<'_>,
    round: Option<u64>,
    output: &Value,
    has_chart: bool,
) -> fmt::Result {
    let evaluated = EvaluateOutput::deserialize(output).ok();
    if let Some(evaluated) = evaluated.filter(prices::were_asked_for) {
        writeln!(f, "{}", prices::table(&evaluated).trim_fmt())?;
        if let Some(count) = evaluated.pools_left_off {
            writeln!(f, "    and {count} more, none of them a better choice")?;
        }
        if has_chart {
            for line in chart::lines(&evaluated.evaluation) {
                writeln!(f, "{line}")?;
            }
        }
    }
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
    if let Some(usd) = decided.saving_usd_per_hour {
        writeln!(f, "saving: {usd} USD per instance-hour against on-demand")?;
    }
    if let Some(backlog) = &decided.backlog {
        writeln!(
            f,
            "backlog: jobs waiting {}, instances {}, target per instance {}",
            backlog.visible_messages, backlog.instances, backlog.target_per_instance
        )?;
    }
    Ok(())
}

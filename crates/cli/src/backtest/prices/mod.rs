//! `spotmanager backtest prices`: what it would have cost.

mod cells;
mod compared;
mod document;
mod on_demand;
mod page;
mod period;
mod region;
mod report;
mod rows;
mod source;
#[cfg(test)]
mod tests;

use std::{fs, mem, path::Path};

use anyhow::{Context, Result, bail};
use spotmanager_backtest::{
    cost::{Answer, Cadence, Question, Replay},
    history::{History, Seen},
};

use crate::{
    arguments::{Global, Mistaken, Output, Prices},
    print::{print, print_json},
};
use compared::Compared;
use document::Document;
use on_demand::OnDemand;
use report::Report;
use source::Source;

/// Into how many columns a picture divides the period: about as many as a phone has pixels.
const COLUMNS: usize = 360;

/// What was asked, and what came of it.
#[derive(Debug)]
struct Backtested {
    source: Source,
    product_description: String,
    records: u64,
    rejected: u64,
    on_demand: OnDemand,
    /// What is to be said of the prices and the time.
    notes: Vec<String>,
    compared: Vec<Compared>,
    question: Question,
    answer: Answer,
}

/// Replays every setting, and reports what each came to.
pub(super) async fn run(wanted: &Prices, global: &Global) -> Result<()> {
    period::ensure_in_order(wanted)?;
    if wanted.html.as_deref() == Some(Path::new("-")) {
        let expected =
            "a file: the table, or with --output json the document, goes to standard output";
        return Err(Mistaken::new("--html", "-", expected).into());
    }
    let source = Source::of(wanted, global).await?;
    let history = Box::pin(source.gather(wanted)).await?.finish()?;
    ensure_some(&source, &history, wanted)?;
    let on_demand = Box::pin(on_demand::find(&source, wanted, &history.pools)).await?;
    let backtested = backtest(source, wanted, on_demand, history)?;
    if let Some(path) = &wanted.html {
        fs::write(path, page::page(&backtested).into_string())
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    match global.output {
        Output::Json => print_json(&Document::of(&backtested))?,
        Output::Table => print(Report(&backtested))?,
    }
    Ok(())
}

fn ensure_some(source: &Source, history: &History, wanted: &Prices) -> Result<()> {
    if history.records > 0 {
        return Ok(());
    }
    let of = |names: &[String]| match names {
        [] => String::new(),
        names => format!(" of {}", names.join(", ")),
    };
    let in_zones = match wanted.availability_zone.as_slice() {
        [] => String::new(),
        names => format!(" in {}", names.join(", ")),
    };
    let Seen {
        instance_types,
        availability_zones,
        products,
    } = &history.seen;
    let has = [
        ("instance types", instance_types),
        ("Availability Zones", availability_zones),
        ("products", products),
    ];
    let has = has.iter().filter(|(_, names)| !names.is_empty());
    let has = has.map(|(kind, names)| {
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        format!("; it has the {kind} {}", names.join(", "))
    });
    bail!(
        "{} has no spot price of {}{}{in_zones}{}{}",
        source.name(),
        wanted.product_description,
        of(&wanted.instance_type),
        has.collect::<String>(),
        unusable(history)
    )
}

/// The records that cannot be used and why, if there are some, to end a sentence with: they may be
/// what is missing.
fn unusable(history: &History) -> String {
    let lines = unusable_lines(history).into_iter();
    lines.map(|line| format!("; {line}")).collect()
}

/// How many records cannot be used, and why the first of them cannot.
fn unusable_lines(history: &History) -> Vec<String> {
    if history.rejected == 0 {
        return Vec::new();
    }
    let count = format!("unusable records: {}", history.rejected);
    [count]
        .into_iter()
        .chain(history.problems.iter().cloned())
        .collect()
}

/// Replays the history under every setting that is compared.
fn backtest(
    source: Source,
    wanted: &Prices,
    on_demand: OnDemand,
    mut history: History,
) -> Result<Backtested> {
    let compared = compared::all(wanted, &on_demand, &history.pools)?;
    let (period, of_period) = period::of(&source, wanted, &history)?;
    let notes = notes(&history, &on_demand, of_period);
    let pools = mem::take(&mut history.pools);
    let question = Question {
        period,
        on_demand: pools
            .iter()
            .map(|pool| on_demand.usd(&pool.instance_type))
            .collect(),
        pools,
        cadence: Cadence {
            run_seconds: wanted.run_seconds,
            return_to_spot_seconds: wanted.return_to_spot_seconds,
            launch_failure_window_seconds: wanted.launch_failure_window_seconds,
        },
        settings: compared
            .iter()
            .map(|compared| compared.setting.clone())
            .collect(),
        columns: COLUMNS,
    };
    let (records, rejected) = (history.records, history.rejected);
    let mut replay = Replay::new(&question);
    for change in history.changes() {
        replay.take(change?);
    }
    let answer = replay.finish();
    Ok(Backtested {
        source,
        product_description: wanted.product_description.clone(),
        records,
        rejected,
        on_demand,
        notes,
        compared,
        question,
        answer,
    })
}

fn notes(history: &History, on_demand: &OnDemand, of_period: Vec<String>) -> Vec<String> {
    let mut notes = of_period;
    notes.extend(unusable_lines(history));
    let products: Vec<_> = history.seen.products.iter().map(String::as_str).collect();
    if !products.is_empty() {
        notes.push(format!("not replayed: prices of {}", products.join(", ")));
    }
    if let Some(problem) = &on_demand.problem {
        notes.push(format!("the price list could not be read: {problem}"));
    }
    notes.extend(region::note(&history.pools));
    notes
}

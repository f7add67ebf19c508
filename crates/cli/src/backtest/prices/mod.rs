//! `spotmanager backtest prices`: what it would have cost.

mod compared;
mod document;
mod figures;
mod on_demand;
mod page;
mod period;
mod report;
mod source;

use std::{fs, mem};

use anyhow::{Context, Result, ensure};
use spotmanager_backtest::cost::{Answer, Cadence, OnDemand, Question, Replay};
use spotmanager_price_history::History;

use crate::{
    arguments::{Global, Output, Prices},
    print::{print, print_json},
};
use compared::Compared;
use document::Document;
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
    other_products: Vec<String>,
    compared: Vec<Compared>,
    question: Question,
    answer: Answer,
}

/// Replays every setting, and tells what each came to.
pub(super) async fn run(wanted: &Prices, global: &Global) -> Result<()> {
    let source = Source::of(wanted, global).await?;
    let history = Box::pin(source.gather(wanted)).await?.finish()?;
    ensure_some(&history, wanted)?;
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

fn ensure_some(history: &History, wanted: &Prices) -> Result<()> {
    let products = match history.other_products.as_slice() {
        [] => String::new(),
        others => format!("; there are some of {}", others.join(", ")),
    };
    ensure!(
        history.records > 0,
        "no price of the product {} and the types and zones that are asked for is found, and {} records are none{products}",
        wanted.product_description,
        history.rejected
    );
    Ok(())
}

/// Replays the history under every setting that is compared.
fn backtest(
    source: Source,
    wanted: &Prices,
    on_demand: OnDemand,
    mut history: History,
) -> Result<Backtested> {
    let compared = compared::all(wanted, on_demand.usd, &history.pools)?;
    let question = Question {
        period: period::of(&source, wanted, &history)?,
        pools: mem::take(&mut history.pools),
        on_demand,
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
    let other_products = mem::take(&mut history.other_products);
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
        other_products,
        compared,
        question,
        answer,
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::{
        Arguments,
        arguments::{Backtest, Command},
    };

    /// Two days in two zones, in one of which spot is dear on the second day.
    const HISTORY: &str = "\
Timestamp,InstanceType,AvailabilityZone,SpotPrice
2026-01-01T00:00:00Z,g4dn.xlarge,eu-west-1a,0.2
2026-01-01T00:00:00Z,g4dn.xlarge,eu-west-1b,0.5
2026-01-02T00:00:00Z,g4dn.xlarge,eu-west-1a,0.45
2026-01-02T06:00:00Z,g4dn.xlarge,eu-west-1a,cheap
2026-01-03T00:00:00Z,g4dn.xlarge,eu-west-1a,0.2
";

    pub(super) fn wanted(more: &[&str]) -> Prices {
        let arguments = ["spotmanager", "backtest", "prices", "-"];
        let parsed = Arguments::try_parse_from(arguments.iter().chain(more));
        match parsed.unwrap().command {
            Command::Backtest(Backtest::Prices(wanted)) => wanted,
            other => panic!("{other:?}"),
        }
    }

    /// The history replayed at a maximum price of 0.4 and of on-demand, with each pool alone.
    pub(super) fn backtested() -> Backtested {
        let wanted = wanted(&[
            "--maximum-spot-price",
            "0.4,0.579",
            "--on-demand-price",
            "0.579",
            "--each-pool",
        ]);
        let source = Source::Files(wanted.files.clone());
        let mut gatherer = source::gatherer(&wanted);
        gatherer.read(HISTORY.as_bytes()).unwrap();
        let history = gatherer.finish().unwrap();
        let usd = wanted.on_demand_price.unwrap();
        let on_demand = OnDemand {
            usd,
            of_pools: vec![Some(usd); history.pools.len()],
        };
        backtest(source, &wanted, on_demand, history).unwrap()
    }

    #[test]
    fn a_history_without_what_is_asked_for_is_refused_with_what_it_has() {
        let mut gatherer = source::gatherer(&wanted(&[]));
        let other = "\
Timestamp,InstanceType,AvailabilityZone,SpotPrice,ProductDescription
2026-01-01T00:00:00Z,g4dn.xlarge,eu-west-1a,0.2,Windows
";
        gatherer.read(other.as_bytes()).unwrap();
        let history = gatherer.finish().unwrap();
        let error = ensure_some(&history, &wanted(&[])).unwrap_err().to_string();
        for part in ["Linux/UNIX", "Windows"] {
            assert!(error.contains(part), "{part} in {error}");
        }
    }
}

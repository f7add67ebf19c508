//! Writes `docs/backtest.md`: every policy over the traces of a folder.
//!
//! `cargo run --release --package spotmanager-backtest --example study FOLDER > docs/backtest.md`

mod fleets;
mod one;
mod setting;
mod spread;
mod table;
mod targets;
mod text;
mod trials;

use std::{env, error::Error, fs, fs::File};

use rust_decimal::{Decimal, prelude::ToPrimitive};
use spotmanager_backtest::{Outcome, Prices, Trace, TraceKind};

/// How long a job takes, seconds.
const JOB_SECONDS: u32 = 240;

/// A trace with the campaign that it belongs to, which follows the zone in its file's name.
#[derive(Debug)]
struct Read {
    trace: Trace,
    campaign: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().nth(1).ok_or("which folder holds the traces?")?;
    let read = read(&folder)?;
    let prices = Prices {
        spot: "0.918".parse()?,
        on_demand: "3.06".parse()?,
    };
    let of = |kind, is_fleet| -> Vec<_> {
        let traces = read.iter().map(|read| &read.trace);
        let is_one = |trace: &&Trace| trace.kind() == kind && (trace.nodes() > 1) == is_fleet;
        traces.filter(is_one).collect()
    };
    let availability = of(TraceKind::Availability, false);
    let fleets = of(TraceKind::Availability, true);
    let one_interrupted = of(TraceKind::Preemption, false);
    let fleets_interrupted = of(TraceKind::Preemption, true);

    let (one, one_figures) = one::tables(&availability, prices);
    let trials = trials::all(&fleets, &fleets_interrupted, prices);

    println!("{}", text::INTRODUCTION);
    println!("{}", text::TARGETS);
    println!("{}", targets::table(&trials, &one_figures));
    println!("{}", text::ONE);
    print!("{one}");
    println!("{}", text::FLEETS);
    print!("{}", fleets::tables(&fleets, prices));
    println!("{}", text::TRIALS);
    println!("{}", trials::table(&trials));
    println!("{}", text::SPREAD);
    print!("{}", spread::tables(&read, prices));
    println!("{}", text::INTERRUPTIONS);
    print!("{}", one::tables(&one_interrupted, prices).0);
    let last = fleets::tables(&fleets_interrupted, prices);
    println!("{}", last.trim_end());
    Ok(())
}

/// The traces of a folder, in the order of their names.
fn read(folder: &str) -> Result<Vec<Read>, Box<dyn Error>> {
    let mut files: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    files.retain(|file| file.path().extension().is_some_and(|is| is == "json"));
    files.sort_by_key(fs::DirEntry::file_name);
    let mut traces = Vec::new();
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        let (zone, campaign) = name.split_once('.').unwrap_or((&name, ""));
        let kind = TraceKind::of_file(&name);
        traces.push(Read {
            trace: Trace::read(zone, kind, File::open(file.path())?)?,
            campaign: campaign.to_owned(),
        });
    }
    Ok(traces)
}

/// What an outcome costs, percent of what the clairvoyant's does.
fn percent_of(bound: Outcome, outcome: Outcome, prices: Prices) -> f64 {
    percent(outcome.usd(prices), bound.usd(prices))
}

/// A part of a whole, percent.
fn percent(part: Decimal, whole: Decimal) -> f64 {
    let share = part.checked_div(whole);
    let percent = share.and_then(|share| (share * Decimal::ONE_HUNDRED).to_f64());
    percent.unwrap_or(f64::NAN)
}

/// How much longer jobs waited than the clairvoyant's, seconds of each job.
fn beyond(bound: Outcome, outcome: Outcome) -> i64 {
    let seconds = |outcome: Outcome| i64::try_from(outcome.jobs_waited_seconds);
    match (seconds(outcome), seconds(bound)) {
        (Ok(outcome), Ok(bound)) => outcome - bound,
        _ => i64::MAX,
    }
}

fn average(values: impl IntoIterator<Item = f64>) -> f64 {
    let values: Vec<_> = values.into_iter().collect();
    let count = f64::from(u32::try_from(values.len()).unwrap_or(u32::MAX));
    values.iter().sum::<f64>() / count
}

/// What can be had, in words: a share of the time, or always.
fn available(trace: &Trace) -> String {
    match trace.kind() {
        TraceKind::Availability => format!("{:.0} %", trace.share_available() * 100.0),
        TraceKind::Preemption => "always".to_owned(),
    }
}

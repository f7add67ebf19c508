//! Writes `docs/backtest.md`: every policy over the traces of a folder.
//!
//! `cargo run --release --package spotmanager-backtest --example study FOLDER > docs/backtest.md`

mod fleets;
mod one;
mod text;

use std::{env, error::Error, fs, fs::File};

use rust_decimal::{Decimal, prelude::ToPrimitive};
use spotmanager_backtest::{Outcome, Prices, Timings, Trace, TraceKind};

/// How long a job takes, seconds.
const JOB_SECONDS: u32 = 240;

struct Setting {
    title: &'static str,
    timings: Timings,
}

fn settings() -> [Setting; 2] {
    [
        Setting {
            title: "as deployed",
            timings: Timings::default(),
        },
        Setting {
            title: "`ReturnToSpotRate` `rate(5 minutes)`, `LaunchFailureWindowSeconds` 240",
            timings: Timings {
                return_to_spot: 300,
                launch_failure_window: 240,
                ..Timings::default()
            },
        },
    ]
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().nth(1).ok_or("which folder holds the traces?")?;
    let traces = read(&folder)?;
    let prices = Prices {
        spot: "0.918".parse()?,
        on_demand: "3.06".parse()?,
    };
    let of = |kind, is_fleet| -> Vec<_> {
        let is_one = |trace: &&Trace| trace.kind() == kind && (trace.nodes() > 1) == is_fleet;
        traces.iter().filter(is_one).collect()
    };
    let availability = of(TraceKind::Availability, false);
    let fleets = of(TraceKind::Availability, true);
    let preemptions = [
        of(TraceKind::Preemption, false),
        of(TraceKind::Preemption, true),
    ];

    println!("{}", text::INTRODUCTION);
    println!("{}", text::ONE);
    one::tables(&availability, prices);
    println!("{}", text::FLEETS);
    fleets::tables(&fleets, prices);
    println!("{}", text::PREEMPTIONS);
    let [one, several] = preemptions;
    one::tables(&one, prices);
    fleets::tables(&several, prices);
    Ok(())
}

/// The traces of a folder, in the order of their names.
fn read(folder: &str) -> Result<Vec<Trace>, Box<dyn Error>> {
    let mut files: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    files.retain(|file| file.path().extension().is_some_and(|is| is == "json"));
    files.sort_by_key(fs::DirEntry::file_name);
    let mut traces = Vec::new();
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        let zone = name.split('.').next().unwrap_or(&name);
        let kind = TraceKind::of_file(&name);
        traces.push(Trace::read(zone, kind, File::open(file.path())?)?);
    }
    Ok(traces)
}

/// What an outcome costs, percent of what the clairvoyant's does.
fn percent_of(bound: Outcome, outcome: Outcome, prices: Prices) -> f64 {
    let share = outcome.usd(prices).checked_div(bound.usd(prices));
    let percent = share.and_then(|share| (share * Decimal::ONE_HUNDRED).to_f64());
    percent.unwrap_or(f64::NAN)
}

/// What can be had, in words: a share of the time, or always.
fn available(trace: &Trace) -> String {
    match trace.kind() {
        TraceKind::Availability => format!("{:.0} %", trace.share_available() * 100.0),
        TraceKind::Preemption => "always".to_owned(),
    }
}

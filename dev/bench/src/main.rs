//! The bench: SpotManager and the 2016 original side by side, on one machine, in one run.
//!
//! `cargo xtask bench` builds what it measures and runs it.

mod builds;
mod chart;
mod critical_path;
mod decisions;
mod deployed;
mod farm;
mod fleet;
mod hot_path;
mod instructions;
mod latency;
mod machine;
mod package;
mod pages;
mod report;
mod resources;
mod results;
mod sample;
mod sections;
mod side;
mod start;
mod step;
mod subject;
mod tables;
mod targets;
mod transitions;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use spotmanager_testbed::Checkout;

use crate::{
    farm::Farm,
    results::Results,
    sections::{section, with_section},
    subject::Subjects,
};

/// The page, in `docs/`.
const PAGE: &str = "benchmarks.md";

/// Measures SpotManager beside the 2016 original.
#[derive(Parser)]
#[command(bin_name = "cargo xtask bench")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures everything, and writes `docs/benchmarks.md` and its chart.
    Measure(Measure),
    /// Measures how fast many instances come, and writes that section of `docs/benchmarks.md`.
    Fleet,
    /// Counts the instructions of the decision's hot path and of each function's start, and fails
    /// above a bound.
    Instructions {
        /// `spotmanager-hot-path`, built for release.
        hot_path: PathBuf,
        /// The folder with the functions' binaries, built for tests.
        binaries: PathBuf,
    },
}

#[derive(Args)]
struct Measure {
    /// How often each is measured.
    #[arg(long, default_value_t = 20)]
    runs: usize,
    /// The folder with the functions' binaries, built for release.
    #[arg(long)]
    binaries: PathBuf,
    /// A Python that has the original's requirements.
    #[arg(long)]
    python: PathBuf,
    /// The folder into which criterion wrote.
    #[arg(long)]
    criterion: PathBuf,
    /// The file into which the builds' figures were written, if they were.
    #[arg(long)]
    builds: PathBuf,
}

#[tokio::main]
async fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Measure(arguments) => run(arguments).await,
        Command::Fleet => measure_fleet().await,
        Command::Instructions { hot_path, binaries } => {
            instructions::guard(&hot_path, &binaries).await
        }
    }
}

async fn run(arguments: Measure) -> Result<()> {
    let checkout = Checkout::of_this_program()?;
    let original = checkout.root().join("bench/original");
    let subjects = Subjects::find(&arguments.binaries, &arguments.python, &original);
    let names: Vec<_> = subjects.all().iter().map(|subject| subject.name).collect();
    let results = measure(&arguments, &subjects, &original).await?;

    let folder = checkout.root().join("docs");
    fs::create_dir_all(&folder)?;
    let (functions, others) = names.split_at(spotmanager_artifacts::FUNCTIONS.len());
    let chart = "benchmarks.svg";
    chart::draw(&results, functions, others, &folder.join(chart))?;
    let mut markdown = report::report(&results, &names, chart)?;
    let page = folder.join(PAGE);
    let old = fs::read_to_string(&page).unwrap_or_default();
    if let Some(body) = section(&old, fleet::TITLE) {
        markdown = with_section(&markdown, fleet::TITLE, body);
    }
    fs::write(page, markdown)?;
    println!("\n── docs/benchmarks.md and its chart are written");
    Ok(())
}

async fn measure_fleet() -> Result<()> {
    let page = Checkout::of_this_program()?.root().join("docs").join(PAGE);
    let body = fleet::body(Box::pin(fleet::measure()).await?);
    println!("\n{body}");
    let old = fs::read_to_string(&page)?;
    fs::write(page, with_section(&old, fleet::TITLE, &body))?;
    println!("\n── docs/{PAGE}: {} is written", fleet::TITLE);
    Ok(())
}

async fn measure(arguments: &Measure, subjects: &Subjects, original: &Path) -> Result<Results> {
    let runs = arguments.runs;
    // A history of many pages takes long, and varies little.
    let runs_of_pages = runs.div_ceil(4);
    println!("── {runs} starts of each program");
    let starts = start::measure(subjects, runs).await?;
    let instructions = instructions::starts(subjects).await?;
    println!("── {runs} times three decisions of each side");
    let decisions = decisions::measure(subjects, runs).await?;
    println!("── {runs_of_pages} histories of many pages");
    let farm = Box::pin(Farm::deploy()).await?;
    let pages = pages::measure(subjects, &farm, runs_of_pages).await?;
    farm.local.stop().await;
    println!("── two decisions through the templates");
    Ok(Results {
        runs,
        runs_of_pages,
        starts,
        decisions,
        packages: package::measure(subjects, original)?,
        pages,
        transitions: Box::pin(transitions::measure()).await?,
        hot_path: hot_path::read(&arguments.criterion)?,
        instructions,
        builds: builds::read(&arguments.builds)?,
    })
}

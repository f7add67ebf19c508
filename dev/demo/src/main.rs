//! The demo: SpotManager as it is deployed, on a local AWS, in scenes.
//!
//! `cargo xtask demo` installs what it needs, builds the functions and runs it.

mod cloud;
mod groups;
mod needs;
mod progress;
mod scene;
mod stage;

use std::{
    collections::btree_map::{BTreeMap, Entry},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Result, anyhow};
use clap::Parser;
use console::style;
use tokio::{
    select,
    signal::{
        ctrl_c,
        unix::{SignalKind, signal},
    },
    time::Instant,
};

use crate::{cloud::Cloud, scene::Scene, stage::Stage};

/// Plays SpotManager's scenes on a local AWS.
#[derive(Parser)]
#[command(bin_name = "cargo xtask demo")]
struct Arguments {
    /// Leaves the local AWS running afterwards, until Ctrl-C.
    #[arg(long)]
    keep: bool,
    /// Plays no scene: leaves an empty local AWS running, until Ctrl-C, in which g4dn.xlarge is
    /// cheap as spot.
    #[arg(long, conflicts_with_all = ["keep", "scenes"])]
    empty: bool,
    /// Plays only this scene; may be given several times.
    #[arg(long = "scene", value_name = "NAME")]
    scenes: Vec<Scene>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = select! {
        outcome = run(arguments) => outcome,
        // The local AWS ends with `run`.
        error = interrupted() => Err(error),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{} {error:#}", style("error:").for_stderr().red().bold());
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<()> {
    let cloud = Cloud::start().await?;
    if arguments.empty {
        scene::make_spot_cheap(&cloud);
        println!("The local AWS runs until Ctrl-C. In another terminal:\n");
        print_exports(&cloud);
        return Err(interrupted().await);
    }
    let scenes = if arguments.scenes.is_empty() {
        Scene::USUAL.to_vec()
    } else {
        arguments.scenes
    };
    let mut stages = BTreeMap::new();
    let mut played = Duration::ZERO;
    let mut last_execution = None;
    let mut failed = Vec::new();
    for scene in scenes {
        let needs = scene.needs();
        let stage = match stages.entry(needs.workers) {
            Entry::Occupied(stage) => stage.into_mut(),
            Entry::Vacant(empty) => empty.insert(Stage::set(&cloud, needs).await?),
        };
        let begin = Instant::now();
        println!("\n{}", style(format!("── {}", scene.title())).bold());
        match scene.play(stage).await {
            Ok(arn) => {
                println!("{} as expected", style("✓").green().bold());
                last_execution = arn.or(last_execution);
            }
            Err(error) => {
                println!("{} {error:#}", style("✗").red().bold());
                failed.push(scene.name());
            }
        }
        played += begin.elapsed();
    }
    println!("\nThe scenes took {:.1} s.", played.as_secs_f64());
    further(&cloud, last_execution.as_deref(), arguments.keep).await?;
    if failed.is_empty() {
        Ok(())
    } else {
        Err(anyhow!("not as expected: {}", failed.join(", ")))
    }
}

/// How to look further, and the time for it.
async fn further(cloud: &Cloud, execution_arn: Option<&str>, keep: bool) -> Result<()> {
    let arn = execution_arn.unwrap_or("EXECUTION_ARN");
    if !keep {
        println!(
            "The last execution was {arn}.\n\
             To look further: `cargo xtask demo --keep` leaves the local AWS running, and tells how to explain an execution."
        );
        return Ok(());
    }
    println!("The local AWS runs until Ctrl-C. In another terminal:\n");
    print_exports(cloud);
    println!(
        "  {} explain {arn}\n  aws stepfunctions get-execution-history --execution-arn {arn}\n  aws autoscaling describe-scaling-activities",
        cloud.command().display()
    );
    Err(interrupted().await)
}

/// The lines with which a shell finds the local AWS.
fn print_exports(cloud: &Cloud) {
    for (name, value) in cloud.environment() {
        println!("  export {name}={value}");
    }
}

/// Waits for Ctrl-C or a request to end.
async fn interrupted() -> anyhow::Error {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return anyhow!("signals cannot be waited for");
    };
    select! {
        _ = ctrl_c() => anyhow!("interrupted"),
        _ = terminate.recv() => anyhow!("terminated"),
    }
}

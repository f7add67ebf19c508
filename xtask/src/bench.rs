//! From nothing to the benchmarks.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use clap::Args;
use spotmanager_artifacts::FUNCTIONS;

use crate::{
    build,
    run::{captured, cargo, run},
    tools,
};

/// Where the floors and the hot path are, each with dependencies of its own behind a feature.
const BENCH: &str = "spotmanager-bench";
/// What a decision spends its time on.
const HOT_PATH: &str = "spotmanager-hot-path";

/// How the bench is run.
#[derive(Args)]
pub(crate) struct Arguments {
    /// How often each is measured.
    #[arg(long, default_value_t = 20)]
    runs: usize,
    /// Also measures what building the functions takes: they are built from nothing.
    #[arg(long)]
    builds: bool,
    /// Measures only how fast many instances come, by each way to scale up.
    #[arg(long, conflicts_with_all = ["runs", "builds"])]
    fleet: bool,
}

/// Installs and builds what is measured, and measures it.
pub(crate) fn run_bench(arguments: &Arguments) -> Result<()> {
    tools::install()?;
    if arguments.fleet {
        build::run_build()?;
        return run(
            "bench: many instances",
            Command::new(program()?).arg("fleet"),
        );
    }
    let python = tools::original()?;
    build::run_build()?;
    let target = target()?;
    let builds = target.join("builds.json");
    let mut folder = target.clone();
    if arguments.builds {
        folder = target.join("builds");
        measure_builds(&folder, &builds)?;
    }
    // One by one, as packages are: built together, what they share would have the features of all.
    for package in FUNCTIONS.map(package) {
        build_for_release(&package, None, Some(&folder))?;
    }
    build_for_release(BENCH, Some("floor"), Some(&folder))?;
    run(
        "decision: cargo bench",
        cargo().args(["bench", "--locked", "--package", "spotmanager-domain"]),
    )?;
    run(
        "bench: SpotManager and the original",
        Command::new(program()?)
            .args(["measure", "--runs", &arguments.runs.to_string()])
            .arg("--binaries")
            .arg(folder.join("release"))
            .arg("--python")
            .arg(python)
            .arg("--criterion")
            .arg(target.join("criterion"))
            .arg("--builds")
            .arg(builds),
    )
}

/// Why no instructions are counted, if so.
pub(crate) fn instructions_left_out() -> Option<String> {
    let valgrind = captured(Command::new("valgrind").arg("--version"));
    valgrind
        .err()
        .map(|_| "the count of instructions (no valgrind)".to_owned())
}

/// Counts the instructions of the decision's hot path and of each function's start, and holds them
/// against their bounds.
pub(crate) fn check_instructions() -> Result<()> {
    build_for_release(BENCH, Some("hot-path"), None)?;
    let target = target()?;
    run(
        "instructions: valgrind",
        Command::new(program()?)
            .arg("instructions")
            .arg(target.join("release").join(HOT_PATH))
            .arg(target.join("debug")),
    )
}

/// Builds a package for release: with its default features, or with one alone.
fn build_for_release(package: &str, feature: Option<&str>, folder: Option<&Path>) -> Result<()> {
    let mut command = cargo();
    command.args(["build", "--locked", "--release", "--package", package]);
    if let Some(feature) = feature {
        command.args(["--no-default-features", "--features", feature]);
    }
    if let Some(folder) = folder {
        command.arg("--target-dir").arg(folder);
    }
    let what = feature.map_or_else(
        || package.to_owned(),
        |feature| format!("{package}, {feature}"),
    );
    run(
        &format!("build: cargo build --release --package {what}"),
        &mut command,
    )
}

fn package(function: &str) -> String {
    format!("spotmanager-{function}")
}

fn measure_builds(folder: &Path, into: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).context("cannot remove the last build")?;
    }
    run(
        "builds: the five functions for release, from nothing",
        Command::new("python3")
            .arg("bench/measure_build.py")
            .arg(into)
            .arg(env!("CARGO"))
            .arg(folder)
            .args(FUNCTIONS.map(package)),
    )
}

/// Cargo puts all binaries of the workspace beside each other.
fn program() -> Result<PathBuf> {
    Ok(env::current_exe()?.with_file_name("spotmanager-bench"))
}

/// The folder into which cargo builds.
fn target() -> Result<PathBuf> {
    let program = env::current_exe()?;
    let target = program.ancestors().nth(2);
    Ok(target
        .context("this program lies in no folder of builds")?
        .to_owned())
}

//! Instructions, which are the same however busy the machine is: a steadier guard than times.
//! See <https://valgrind.org/docs/manual/cl-manual.html>.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, Result, bail, ensure};
use spotmanager_artifacts::FUNCTIONS;
use spotmanager_fake_aws::runtime_api::FunctionProcess;
use tempfile::NamedTempFile;
use tokio::process::Command;

use crate::{
    start::PATIENCE,
    subject::{EMPTY, Subject, Subjects, environment_without_calls},
};

/// The most instructions of `spotmanager-hot-path`, built for release.
const HOT_PATH_BOUND: u64 = 42_000_000;
/// The most instructions of any function up to its first poll, for each that the empty runtime
/// takes, both built for release.
pub(crate) const START_BOUND: f64 = 14.0;
/// The same where both are built for tests.
const START_BOUND_OF_TESTS: f64 = 17.0;

/// Counts the instructions of the decision's hot path and of each function's start, and fails
/// above a bound. `binaries` are built for tests: for release they take too long before every
/// change.
pub(crate) async fn guard(hot_path: &Path, binaries: &Path) -> Result<()> {
    let Some(valgrind) = valgrind() else {
        println!(
            "LEFT OUT: instructions are not counted, for valgrind is not installed \
             (apt-get install valgrind)"
        );
        return Ok(());
    };
    guard_hot_path(&valgrind, hot_path).await?;
    guard_starts(&valgrind, &Subjects::built(binaries)).await
}

async fn guard_hot_path(valgrind: &Path, program: &Path) -> Result<()> {
    let log = NamedTempFile::new()?;
    let mut command = callgrind(valgrind, &log, program);
    command.stdout(Stdio::null());
    let status = command.status().await?;
    ensure!(
        status.success(),
        "{} ended with {status}",
        program.display()
    );
    let count = collected(&log)?;
    println!("{count} instructions, of {HOT_PATH_BOUND} that the decision's hot path may take");
    ensure!(
        count <= HOT_PATH_BOUND,
        "the decision's hot path takes {count} instructions; it should take at most {HOT_PATH_BOUND}"
    );
    Ok(())
}

async fn guard_starts(valgrind: &Path, subjects: &Subjects) -> Result<()> {
    let empty = start(valgrind, subjects.get(EMPTY)?).await?;
    let mut slow = Vec::new();
    for name in FUNCTIONS {
        let count = start(valgrind, subjects.get(name)?).await?;
        let times = ratio(count, empty);
        println!(
            "{name}: {count} instructions to the first poll, {times:.2} times the empty runtime's, \
             of {START_BOUND_OF_TESTS} that it may take"
        );
        if times > START_BOUND_OF_TESTS {
            slow.push(format!("{name} {times:.2}"));
        }
    }
    ensure!(
        slow.is_empty(),
        "times the instructions of the empty runtime to the first poll, of {START_BOUND_OF_TESTS} \
         that it may take: {}",
        slow.join(", ")
    );
    Ok(())
}

/// How often the second goes into the first; the counts are far below what a float can tell apart.
fn ratio(count: u64, of: u64) -> f64 {
    let float = |count| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    float(count) / float(of)
}

/// The instructions of the empty runtime and of each function up to the first poll; nothing where
/// valgrind is not installed.
pub(crate) async fn starts(subjects: &Subjects) -> Result<Vec<(&'static str, u64)>> {
    let Some(valgrind) = valgrind() else {
        return Ok(Vec::new());
    };
    let mut counts = Vec::new();
    for name in std::iter::once(EMPTY).chain(FUNCTIONS) {
        counts.push((name, start(&valgrind, subjects.get(name)?).await?));
    }
    Ok(counts)
}

async fn start(valgrind: &Path, subject: &Subject) -> Result<u64> {
    let log = NamedTempFile::new()?;
    let command = callgrind(valgrind, &log, &subject.program);
    let mut process = FunctionProcess::spawn(command, &environment_without_calls()).await?;
    process.asks(PATIENCE).await?;
    // Callgrind writes what it counted as the process ends.
    process.terminate().await?;
    collected(&log)
}

fn callgrind(valgrind: &Path, log: &NamedTempFile, program: &Path) -> Command {
    let mut command = Command::new(valgrind);
    command
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(format!("--log-file={}", log.path().display()))
        .arg(program);
    command
}

fn collected(log: &NamedTempFile) -> Result<u64> {
    read(&fs::read_to_string(log.path())?)
}

/// Reads a line such as `==6843== Collected : 124634`.
fn read(log: &str) -> Result<u64> {
    let Some(count) = log.lines().find_map(|line| line.split_once("Collected :")) else {
        bail!("callgrind counted nothing: {log}");
    };
    let count = count.1.trim();
    count
        .parse()
        .with_context(|| format!("callgrind counted {count:?}"))
}

fn valgrind() -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join("valgrind"))
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read_from_callgrind_s_log() {
        let log = "==6843== Events    : Ir\n==6843== Collected : 124634\n==6843== \n";
        assert_eq!(read(log).unwrap(), 124_634);
        assert!(read("==6843== Events    : Ir\n").is_err());
    }
}

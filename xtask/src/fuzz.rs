//! Fuzzing: bad input that nobody thought of, and what of it the tests keep.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use spotmanager_artifacts::{FUNCTIONS, events::Events};

use crate::{checkout, run::run};

/// What can be fuzzed: the files in `fuzz/fuzz_targets/`.
pub(crate) const TARGETS: [&str; 7] = [
    "start",
    "discover",
    "evaluate",
    "scale",
    "verify",
    "settings",
    "spot_price",
];
/// Found and built here, which `cargo clean` takes away.
const FOLDER: &str = "target/fuzz";
/// The longest input, bytes.
const LONGEST: usize = 4096;
/// How many files of a target the tests keep.
const MOST_KEPT: usize = 64;

/// Fuzzes one target or each for so many seconds, and keeps what reaches code that no file of the
/// corpus or event of the tests reaches.
pub(crate) fn run_fuzz(target: Option<&str>, seconds: u32) -> Result<()> {
    ensure_installed()?;
    for of in TARGETS {
        if target.is_none_or(|target| target == of) {
            if FUNCTIONS.contains(&of) {
                lay_out_events(of, &checkout::path(&events(of)))?;
            }
            fuzz(of, seconds)?;
            keep(of)?;
        }
    }
    Ok(())
}

fn ensure_installed() -> Result<()> {
    let status = Command::new("rustup")
        .args(["run", "nightly", "cargo", "fuzz", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    ensure!(
        status.is_ok_and(|status| status.success()),
        "fuzzing needs a nightly toolchain and cargo-fuzz; these install them:\n  \
         rustup toolchain install nightly\n  \
         cargo install --locked cargo-fuzz"
    );
    Ok(())
}

/// A run of the target. Nothing of it is unsafe, so no sanitizer has anything to watch.
fn cargo_fuzz(target: &str, corpora: &[PathBuf], options: &[String]) -> Command {
    let mut command = Command::new("rustup");
    command
        .args(["run", "nightly", "cargo", "fuzz", "run"])
        .args(["--fuzz-dir", "fuzz", "--target-dir", FOLDER])
        .args(["--sanitizer", "none", "--codegen-units", "16"])
        .arg(target)
        .args(corpora)
        .arg("--")
        .arg(format!("-max_len={LONGEST}"))
        .args(options);
    command
}

fn fuzz(target: &str, seconds: u32) -> Result<()> {
    let found = found(target);
    fs::create_dir_all(checkout::path(&found))?;
    let corpora: Vec<_> = [found]
        .into_iter()
        .chain(seeds(target))
        .map(PathBuf::from)
        .collect();
    let options = [
        "-dict=fuzz/json.dict".to_owned(),
        "-timeout=10".to_owned(),
        format!("-max_total_time={seconds}"),
    ];
    run(
        &format!("fuzz: {target}, for {seconds} seconds"),
        &mut cargo_fuzz(target, &corpora, &options),
    )
    .with_context(|| format!("what {target} fails on lies in fuzz/artifacts/{target}"))
}

/// Copies what is new into the corpus. What the tests have already is merged first, so that of
/// the rest only as much is taken as reaches further.
fn keep(target: &str) -> Result<()> {
    let merged = PathBuf::from(format!("{FOLDER}/merged/{target}"));
    let folder = checkout::path(".").join(&merged);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut known = BTreeSet::new();
    for seed in seeds(target) {
        for file in files(&checkout::path(&seed))? {
            let name = file.file_name().context("a file without a name")?;
            fs::copy(&file, folder.join(name))?;
            known.insert(name.to_owned());
        }
    }
    run(
        &format!("fuzz: {target}, what is new"),
        &mut cargo_fuzz(
            target,
            &[merged, found(target).into()],
            &["-merge=1".to_owned()],
        ),
    )?;

    let corpus = checkout::path(&corpus(target));
    let room = MOST_KEPT.saturating_sub(files(&corpus)?.len());
    let mut new: Vec<_> = files(&folder)?
        .iter()
        .filter(|file| file.file_name().is_some_and(|name| !known.contains(name)))
        .filter_map(|file| Some((fs::read_to_string(file).ok()?, file.clone())))
        // Whatever else cannot come to a function.
        .filter(|(text, _)| serde_json::from_str::<Value>(text).is_ok())
        .collect();
    // The shortest tell most.
    new.sort_by_key(|(text, _)| text.len());
    new.truncate(room);
    for (text, file) in &new {
        let name = file.file_name().context("a file without a name")?;
        fs::write(corpus.join(name).with_extension("json"), text)?;
    }
    println!(
        "── {target}: {} new files in {}",
        new.len(),
        corpus.display()
    );
    Ok(())
}

fn found(target: &str) -> String {
    format!("{FOLDER}/found/{target}")
}

fn corpus(target: &str) -> String {
    format!("tests/corpus/{target}")
}

fn events(target: &str) -> String {
    format!("{FOLDER}/events/{target}")
}

/// Writes the function's test events, each as a file.
fn lay_out_events(function: &str, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let events = Events::of(function)?;
    for (case, _) in events.list() {
        let event = events.event(case)?.into_value();
        fs::write(folder.join(format!("{case}.json")), event.to_string())?;
    }
    Ok(())
}

/// What fuzzing begins with: the corpus, and the function's events.
fn seeds(target: &str) -> Vec<String> {
    let events = Some(events(target)).filter(|_| FUNCTIONS.contains(&target));
    [corpus(target)].into_iter().chain(events).collect()
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    entries.map(|entry| Ok(entry?.path())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_test_event_is_a_seed_in_place_of_those_of_before() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("gone.json"), "{}").unwrap();
        lay_out_events("verify", folder.path()).unwrap();
        let files = files(folder.path()).unwrap();
        let events = Events::of("verify").unwrap();
        assert_eq!(files.len(), events.list().count());
        for file in files {
            let text = fs::read_to_string(file).unwrap();
            assert!(text.len() <= LONGEST, "{} bytes", text.len());
            serde_json::from_str::<Value>(&text).unwrap();
        }
    }
}

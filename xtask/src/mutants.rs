//! Mutation tests: how much of the domain may change without a test of its own that notices.

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::Value;

use crate::{
    checkout,
    run::{captured, cargo},
    tools,
};

/// Where cargo-mutants writes what it found.
const FOLDER: &str = "target/mutants";
/// The page that says of each mutant that may be missed why it may.
const ARGUED: &str = "CONTRIBUTING.md";
/// The least version of cargo-mutants: major and minor.
const LEAST_VERSION: (u32, u32) = (27, 1);
/// The most mutants that may be missed, percent of those that compile.
const MOST_MISSED_PERCENT: u64 = 2;
/// How many inputs a property is tried with: what only a rare one notices is missed at times.
const CASES: &str = "32";
/// cargo-mutants' exit codes: all caught, some missed, some run into a timeout.
/// See <https://mutants.rs/exit-codes.html>.
const DONE: [i32; 3] = [0, 2, 3];

/// All mutants of the files that `.cargo/mutants.toml` names, or some of them.
#[derive(Args)]
pub(crate) struct Mutants {
    /// Only those that match, such as `verdict/decide.rs`; the list has `FILE:LINE:COLUMN: CHANGE`
    #[arg(long, value_name = "REGEX")]
    only: Option<String>,
}

/// Runs the mutants, and fails if one is missed without an argument, or too many are.
pub(crate) fn run_mutants(mutants: &Mutants) -> Result<()> {
    let path = tools::with_path()?;
    let version = captured(cargo().args(["mutants", "--version"]).env("PATH", &path));
    check_version(version.ok().as_deref())?;
    println!("── mutants: cargo mutants");
    let only = mutants.only.iter().flat_map(|regex| ["--re", regex]);
    let status = cargo()
        .args(["mutants", "--workspace", "--output", FOLDER])
        .args(only)
        .env("PATH", &path)
        .env("PROPTEST_CASES", CASES)
        .current_dir(checkout::path("."))
        .status()?;
    ensure!(
        status.code().is_some_and(|code| DONE.contains(&code)),
        "cargo mutants ended with {status}"
    );
    let found = Found::read()?;
    let page = fs::read_to_string(checkout::path(ARGUED))?;
    found.check(&argued(&page)?, mutants.only.is_none())?;
    println!(
        "── mutants: {} of {} missed, each argued in {ARGUED}",
        found.missed.len(),
        found.viable
    );
    Ok(())
}

/// Whether cargo-mutants, which says its `version` if it is installed, is new enough.
fn check_version(version: Option<&str>) -> Result<()> {
    let (major, minor) = LEAST_VERSION;
    let found = version.map_or("missing", str::trim);
    ensure!(
        version_of(found).is_some_and(|version| version >= LEAST_VERSION),
        "cargo-mutants is {found}; it should be {major}.{minor} or newer, which this installs:\n  \
         cargo install --locked cargo-mutants"
    );
    Ok(())
}

/// Major and minor of a text such as `cargo-mutants 27.1.0`.
fn version_of(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.rsplit_once(' ')?.1.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// What came of the mutants.
#[derive(Debug)]
struct Found {
    /// Those that no test noticed, without their places.
    missed: Vec<String>,
    /// How many compiled.
    viable: u64,
}

impl Found {
    fn read() -> Result<Self> {
        let folder = checkout::path(FOLDER).join("mutants.out");
        let outcomes: Value = serde_json::from_slice(&fs::read(folder.join("outcomes.json"))?)?;
        let count = |kind: &str| {
            outcomes[kind]
                .as_u64()
                .with_context(|| format!("no {kind}"))
        };
        Ok(Self {
            missed: fs::read_to_string(folder.join("missed.txt"))?
                .lines()
                .map(without_place)
                .collect(),
            viable: count("total_mutants")? - count("unviable")?,
        })
    }

    /// Whether each is argued and they are few enough; of `all`, too, whether each argued one is
    /// still missed.
    fn check(&self, argued: &BTreeSet<String>, all: bool) -> Result<()> {
        let missed: BTreeSet<String> = self.missed.iter().cloned().collect();
        let list = |names: Vec<&String>| {
            let lines = names.iter().map(|name| format!("\n  {name}"));
            lines.collect::<String>()
        };
        let unargued: Vec<_> = missed.difference(argued).collect();
        ensure!(
            unargued.is_empty(),
            "no test notices these; write one, or argue it in {ARGUED}:{}",
            list(unargued)
        );
        if !all {
            return Ok(());
        }
        let caught: Vec<_> = argued.difference(&missed).collect();
        ensure!(
            caught.is_empty(),
            "these are argued in {ARGUED}, but caught or gone:{}",
            list(caught)
        );
        let percent = self.missed.len() as u64 * 100;
        ensure!(
            percent <= self.viable * MOST_MISSED_PERCENT,
            "{} of {} mutants are missed; it should be at most {MOST_MISSED_PERCENT} %",
            self.missed.len(),
            self.viable
        );
        Ok(())
    }
}

/// `FILE:LINE:COLUMN: CHANGE` as `FILE: CHANGE`, which stays as lines move.
fn without_place(mutant: &str) -> String {
    match mutant.splitn(4, ':').collect::<Vec<_>>()[..] {
        [file, _, _, change] => format!("{file}:{change}"),
        _ => mutant.to_owned(),
    }
}

/// The mutants that a page argues, each in a line of its own: - `FILE: CHANGE`: why.
fn argued(page: &str) -> Result<BTreeSet<String>> {
    let lines = page
        .lines()
        .filter_map(|line| line.strip_prefix("- `crates/"));
    lines
        .filter(|line| line.contains(".rs: "))
        .map(|line| match line.split_once("`: ") {
            Some((mutant, why)) if !why.is_empty() => Ok(format!("crates/{mutant}")),
            _ => bail!("{ARGUED} argues a mutant as {line:?}; it should be `FILE: CHANGE`: why"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MUTANT: &str = "crates/a/src/b.rs:14:32: replace + with * in c::<impl D for E>::f";

    fn check(missed: &[&str], viable: u64, page: &str, all: bool) -> String {
        let missed = missed.iter().map(|mutant| without_place(mutant)).collect();
        let found = Found { missed, viable };
        let checked = argued(page).and_then(|argued| found.check(&argued, all));
        checked.map_or_else(|error| error.to_string(), |()| "passes".to_owned())
    }

    #[test]
    fn a_missed_mutant_is_argued_and_an_argued_one_missed() {
        let page = "## Mutation tests\n\n- `crates/a/src/b.rs: replace + with * in c::<impl D for E>::f`: why.\n";
        let no_reason = page.replace("why.", "");
        for (missed, viable, page, all, expected) in [
            (&[][..], 100, "", true, "passes"),
            (&[MUTANT], 50, page, true, "passes"),
            (&[MUTANT], 49, page, true, "1 of 49 mutants are missed"),
            (&[MUTANT], 1, page, false, "passes"),
            (&[MUTANT], 100, "", true, "no test notices"),
            (&[MUTANT], 100, "", false, "no test notices"),
            (&[], 100, page, true, "caught or gone"),
            (&[], 100, page, false, "passes"),
            (&[MUTANT], 100, &no_reason, true, "it should be"),
        ] {
            let found = check(missed, viable, page, all);
            assert!(found.contains(expected), "{expected} in {found}");
        }
    }

    #[test]
    fn an_older_program_is_refused() {
        for (version, fits) in [
            (Some("cargo-mutants 27.1.0\n"), true),
            (Some("cargo-mutants 27.10.2"), true),
            (Some("cargo-mutants 28.0.0-pre"), true),
            (Some("cargo-mutants 27.0.9"), false),
            (Some("cargo-mutants 26.2.0"), false),
            (Some("cargo-mutants"), false),
            (None, false),
        ] {
            assert_eq!(check_version(version).is_ok(), fits, "{version:?}");
        }
        let missing = check_version(None).unwrap_err().to_string();
        assert!(missing.starts_with("cargo-mutants is missing; it should be 27.1 or newer"));
    }

    #[test]
    fn the_page_s_mutants_can_be_read() {
        argued(include_str!("../../CONTRIBUTING.md")).unwrap();
    }
}

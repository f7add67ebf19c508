//! The page `docs/faults.md`, made from what was seen.

use std::{
    collections::BTreeMap,
    env, fs,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use anyhow::{Context, Result, ensure};

use crate::{combination::Combination, outcome::Outcome};

/// Set, every combination is run, and the page written instead of compared.
const WRITE: &str = "SPOTMANAGER_WRITE_FAULTS";

pub(crate) fn is_to_be_written() -> bool {
    env::var_os(WRITE).is_some()
}

const HEAD: &str = "\
# What happens when something goes wrong

Each row is a run of the whole machine on the local AWS, with the real functions, in which one
function's call went wrong in one way, or the function was killed. `cargo xtask faults` runs all of
them and writes this page; `cargo xtask test` runs a fifth of them again and fails where a row ends
otherwise.

\"3 times\" is as often as the SDK itself tries, so that the state machine must try again; what is
\"always\" so ends in a state that says so. *Spot* and *on-demand* are the instances in service at
the end: one in all, and two if another execution runs next to it, however often something was
tried again. In doubt there is one on-demand more.

";

/// The rows so far, by their place.
#[derive(Debug, Default)]
pub(crate) struct Page(Mutex<BTreeMap<usize, String>>);

impl Page {
    pub(crate) fn add(&self, place: usize, combination: &Combination, outcome: &Outcome) {
        let (trouble, often) = combination.words();
        let row = format!(
            "| {} | {} | {} | {trouble} | {often} | {} | {} | {} |",
            combination.scenario,
            combination.function,
            combination.action,
            outcome.ended,
            outcome.spot,
            outcome.on_demand,
        );
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rows.insert(place, row);
    }

    /// Holds the rows against the kept page, or writes them where that is asked for.
    pub(crate) fn compare_or_write(&self) -> Result<()> {
        let rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/faults.md");
        if !is_to_be_written() {
            let kept = fs::read_to_string(&path).context("docs/faults.md cannot be read")?;
            let kept: Vec<_> = kept.lines().collect();
            let other: Vec<_> = rows
                .values()
                .filter(|row| !kept.contains(&row.as_str()))
                .map(String::as_str)
                .collect();
            ensure!(
                other.is_empty(),
                "docs/faults.md does not have these rows (`cargo xtask faults` writes it):\n{}",
                other.join("\n")
            );
            return Ok(());
        }
        let mut page = HEAD.to_owned();
        page.push_str("| scenario | function | call | what goes wrong | how often | ends in | spot | on-demand |\n");
        page.push_str("|---|---|---|---|---|---|---|---|\n");
        for row in rows.values() {
            page.push_str(row);
            page.push('\n');
        }
        fs::write(&path, page).context("docs/faults.md cannot be written")
    }
}

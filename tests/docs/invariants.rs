//! The tests that `docs/architecture.md` names for what always holds.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};

use crate::{checkout, read};

/// The folders that have tests.
const FOLDERS: [&str; 4] = ["crates", "dev", "tests", "xtask"];

/// The tests that the table of invariants names and nobody has written.
pub(crate) fn missing() -> Result<Vec<String>> {
    let page = read("docs/architecture.md")?;
    let mut sections = page.split("\n## ");
    let section = sections.find(|section| section.starts_with("Invariants\n"));
    let rows = section.context("no invariants")?.lines();
    let spans = rows
        .filter(|line| line.starts_with("| "))
        .flat_map(|line| line.split('`').skip(1).step_by(2));
    let mut names: Vec<_> = spans
        .filter(|span| is_test(span))
        .map(|name| format!("fn {name}("))
        .collect();
    ensure!(names.len() > 10, "the table names only {names:?}");
    for folder in FOLDERS {
        strike(&checkout().join(folder), &mut names)?;
    }
    Ok(names)
}

/// Whether a span is a test's name, and not a suite's.
fn is_test(span: &str) -> bool {
    let is_name = span.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    is_name && span.matches('_').count() > 1 && span != "end_to_end"
}

/// Takes away what a source in the folder, or below it, has.
fn strike(folder: &Path, names: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            strike(&path, names)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path)?;
            names.retain(|name| !source.contains(name.as_str()));
        }
    }
    Ok(())
}

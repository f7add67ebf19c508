//! Texts that `cargo xtask reference` writes between two marks of a file that people edit.

use std::{
    fs,
    sync::{Mutex, PoisonError},
};

use anyhow::{Context, Result, ensure};

use crate::{checkout, is_writing, read};

/// Several texts may stand in one file, and tests run side by side.
static FILES: Mutex<()> = Mutex::new(());

/// Holds the lines between `generated:NAME` and `generated:end` of a file against `expected`, or
/// writes them. Each mark stands in a line of its own, in a comment of the file's language.
pub(crate) fn hold_between(path: &str, name: &str, expected: &str) -> Result<()> {
    let _one_at_a_time = FILES.lock().unwrap_or_else(PoisonError::into_inner);
    let file = read(path)?;
    let written = with_text(&file, name, expected).with_context(|| path.to_owned())?;
    if is_writing() {
        return Ok(fs::write(checkout().join(path), written)?);
    }
    ensure!(
        file == written,
        "{path} is old at `generated:{name}`: `cargo xtask reference`"
    );
    Ok(())
}

/// The file with `expected` between the marks of `name`.
fn with_text(file: &str, name: &str, expected: &str) -> Result<String> {
    let begin = format!("generated:{name}");
    let is_begin = |line: &str| line.split_whitespace().any(|word| word == begin);
    let is_end = |line: &str| line.split_whitespace().any(|word| word == "generated:end");
    let lines: Vec<_> = file.split_inclusive('\n').collect();
    let first = lines
        .iter()
        .position(|line| is_begin(line))
        .with_context(|| format!("a line with {begin} is missing"))?
        + 1;
    let length = lines[first..]
        .iter()
        .position(|line| is_end(line))
        .with_context(|| format!("{begin} has no line with generated:end after it"))?;
    let mut text = expected.to_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(lines[..first].concat() + &text + &lines[first + length..].concat())
}

#[test]
fn only_what_is_between_the_marks_of_the_name_changes() {
    let file =
        "a\n# generated:one\nold\n# generated:end\nb\n  # generated:two\n  # generated:end\n";
    let one = with_text(file, "one", "new").unwrap();
    assert_eq!(
        one,
        "a\n# generated:one\nnew\n# generated:end\nb\n  # generated:two\n  # generated:end\n"
    );
    assert_eq!(with_text(&one, "one", "new\n").unwrap(), one);
    assert!(
        with_text(file, "two", "  x")
            .unwrap()
            .ends_with("two\n  x\n  # generated:end\n")
    );
    assert!(with_text(file, "three", "").is_err());
    assert!(with_text("# generated:one\n", "one", "").is_err());
}

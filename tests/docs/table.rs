//! Tables in Markdown.

use std::fmt;

use anyhow::{Context, Result};
use strum::EnumMessage;

/// A table; a cell's own bars and line breaks are kept from it.
pub(crate) fn table<const N: usize>(
    headers: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = line(headers.map(str::to_owned));
    table.push_str(&line([(); N].map(|()| "---".to_owned())));
    for row in rows {
        table.push_str(&line(row));
    }
    table
}

fn line<const N: usize>(cells: [String; N]) -> String {
    let cells = cells.map(|cell| cell.replace('|', r"\|").replace('\n', " "));
    format!("| {} |\n", cells.join(" | "))
}

/// A text as code; nothing where it is empty.
pub(crate) fn code(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("`{text}`")
    }
}

/// What the variant of a catalogue means: its doc comment, in one line.
pub(crate) fn meaning<T: EnumMessage + fmt::Debug>(variant: &T) -> Result<String> {
    let meaning = variant.get_documentation();
    let meaning = meaning.with_context(|| format!("{variant:?} has no doc comment"))?;
    Ok(meaning.trim().replace('\n', " "))
}

//! Writing to standard output.

use std::{
    fmt,
    io::{self, Write},
};

use serde::Serialize;

/// Writes a text as it is. A reader that has gone is an error here, and no panic.
pub(crate) fn print(text: impl fmt::Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    write!(out, "{text}")?;
    out.flush()
}

/// Writes a document as JSON.
pub(crate) fn print_json(document: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string_pretty(document)?;
    print(format_args!("{text}\n"))
}

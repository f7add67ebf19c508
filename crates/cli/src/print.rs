//! Writing to standard output and standard error.

use std::{
    fmt,
    io::{self, Write},
};

use serde::Serialize;

/// Writes a text as it is.
///
/// A reader that has gone, as `head` does, is no error: what is to be done is done all the same, and
/// the exit code is the one that it would be with a reader.
///
/// # Errors
/// Any other failure to write, such as a full disk.
pub(crate) fn print(text: impl fmt::Display) -> io::Result<()> {
    match print_to_reader(text) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// The same for what is only done to be read: without a reader it is an error.
pub(crate) fn print_to_reader(text: impl fmt::Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    write!(out, "{text}")?;
    out.flush()
}

/// Writes a document as JSON.
pub(crate) fn print_json(document: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string_pretty(document)?;
    print(format_args!("{text}\n"))
}

/// Writes a text to standard error, as far as somebody reads it: nothing else could be told of it.
pub(crate) fn print_error(text: impl fmt::Display) {
    let mut out = io::stderr().lock();
    let written = write!(out, "{text}").and_then(|()| out.flush());
    drop(written);
}

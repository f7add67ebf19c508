//! The command line, from clap's own definition.

use anyhow::{Context, Result};
use clap_markdown::{MarkdownOptions, help_markdown_custom};
use spotmanager_cli::Arguments;

pub(crate) fn page() -> Result<String> {
    let options = MarkdownOptions::new()
        .title("The command's options".to_owned())
        .show_footer(false);
    let help = help_markdown_custom::<Arguments>(&options);
    // Title, and a sentence that says what it is.
    let (title, rest) = help.split_once("\n\n").context("no title")?;
    let (_, rest) = rest.split_once("\n\n").context("no options")?;
    // Lines end with spaces where a description is empty.
    let rest: Vec<_> = rest.lines().map(str::trim_end).collect();
    Ok(format!(
        "{title}\n\nWritten by `cargo xtask reference` from the command's own definition. \
         How it is used: [the command](../how-to/command.md).\n\n{}",
        rest.join("\n")
    ))
}

//! What helps at the prompt: completions and manual pages, made from the command line's definition.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use clap::CommandFactory;
use clap_complete::{Shell, generate};
use clap_mangen::{Man, generate_to};

use crate::arguments::Arguments;

/// The completions of a shell.
pub(crate) fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    generate(shell, &mut Arguments::command(), "spotmanager", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// The manual page of the command as a whole.
pub(crate) fn page() -> Result<String> {
    let mut page = Vec::new();
    Man::new(Arguments::command()).render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// Writes a manual page for each command into a folder, and says so.
pub(crate) fn write_pages(folder: &Path) -> Result<String> {
    let cannot_write = || format!("cannot write manual pages into {}", folder.display());
    fs::create_dir_all(folder).with_context(cannot_write)?;
    generate_to(Arguments::command(), folder).with_context(cannot_write)?;
    Ok(format!(
        "wrote a manual page for each command into {}\n",
        folder.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;

    #[test]
    fn every_shell_completes_the_commands() {
        for shell in Shell::value_variants() {
            let script = completions(*shell);
            for part in ["spotmanager", "doctor", "spotmanager-stack"] {
                assert!(script.contains(part), "{part} for {shell}");
            }
        }
    }

    #[test]
    fn the_page_names_the_commands() {
        let page = page().unwrap();
        for part in [".TH spotmanager 1", "doctor", "explain", "profile"] {
            assert!(page.contains(part), "{part} in {page}");
        }
    }
}

//! A question at the terminal, which is answered with yes or no.

use std::io::{ErrorKind, IsTerminal, stdin};

use anyhow::Result;
use console::Term;
use dialoguer::{Confirm, Error};
use spotmanager_domain::SettingError;

/// Whether somebody sits at standard input.
pub(crate) fn can_ask() -> bool {
    stdin().is_terminal()
}

/// The refusal of a command that has nobody to ask; `instead` says what else may be given.
pub(crate) fn nobody_to_ask(instead: &str) -> SettingError {
    let expected = format!("given if there is no terminal to ask at{instead}");
    SettingError::new("--yes", "missing", expected)
}

/// Asks; `None` where Ctrl-C is pressed in place of an answer. The caller has to listen to Ctrl-C
/// already: the terminal turns it into a signal, which ends the program otherwise.
///
/// # Errors
/// When the terminal is gone.
pub(crate) fn ask(prompt: &str) -> Result<Option<bool>> {
    let confirm = Confirm::new().with_prompt(prompt).default(false);
    match confirm.interact() {
        Ok(answer) => Ok(Some(answer)),
        Err(Error::IO(error)) => {
            // The question hides the cursor, and shows it only when it is answered.
            let terminal = Term::stderr();
            let _ = terminal.show_cursor();
            let _ = terminal.write_line("");
            match error.kind() {
                ErrorKind::Interrupted => Ok(None),
                _ => Err(error.into()),
            }
        }
    }
}

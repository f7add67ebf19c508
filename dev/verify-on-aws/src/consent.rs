//! Whether the person at the terminal wants it.

use std::io::{self, IsTerminal, stdin};

use dialoguer::Confirm;
use spotmanager_domain::SettingError;

use crate::error::VerifyError;

/// Asks, unless `--yes` was given.
///
/// # Errors
/// [`VerifyError::Setting`] if there is no terminal to ask at, [`VerifyError::Interrupted`] if the
/// terminal goes.
pub(crate) fn ask(yes: bool, prompt: &str) -> Result<bool, VerifyError> {
    if yes {
        return Ok(true);
    }
    if !stdin().is_terminal() {
        let expected = "given if there is no terminal to ask at";
        return Err(SettingError::new("--yes", "missing", expected).into());
    }
    let confirm = Confirm::new().with_prompt(prompt).default(false);
    confirm.interact().map_err(|error| {
        let dialoguer::Error::IO(error) = error;
        match error.kind() {
            io::ErrorKind::Interrupted => VerifyError::Interrupted,
            _ => VerifyError::Terminal(error),
        }
    })
}

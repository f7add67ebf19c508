//! The exit code.

use std::process::ExitCode;

use crate::{error::VerifyError, print};

/// As clap ends for its own refusals.
const USAGE: u8 = 2;
/// As a shell reports Ctrl-C.
const INTERRUPTED: u8 = 130;

/// Shows what ended the command early, in one line, and gives the exit code.
pub(crate) fn failed(error: &VerifyError) -> ExitCode {
    print::progress(format_args!("error: {error}"));
    ExitCode::from(match error {
        VerifyError::Setting(_) => USAGE,
        VerifyError::Interrupted => INTERRUPTED,
        _ => 1,
    })
}

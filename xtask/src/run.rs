//! Running other programs.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::checkout;

/// Runs a program at the checkout's root; what it prints is seen.
pub(crate) fn run(headline: &str, command: &mut Command) -> Result<()> {
    println!("── {headline}");
    let status = command
        .current_dir(checkout::path("."))
        .status()
        .with_context(|| format!("could not run {}", command.get_program().display()))?;
    ensure!(status.success(), "{headline} failed: {command:?}");
    Ok(())
}

/// The cargo that runs this.
pub(crate) fn cargo() -> Command {
    Command::new(env!("CARGO"))
}

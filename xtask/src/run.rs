//! Running other programs.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::checkout;

/// Runs a program at the checkout's root; what it prints is seen.
pub(crate) fn run(headline: &str, command: &mut Command) -> Result<()> {
    run_in(&checkout::path("."), headline, command)
}

/// Runs a program in a folder; what it prints is seen.
pub(crate) fn run_in(folder: &Path, headline: &str, command: &mut Command) -> Result<()> {
    println!("── {headline}");
    let status = command
        .current_dir(folder)
        .status()
        .with_context(|| format!("could not run {}", command.get_program().display()))?;
    ensure!(status.success(), "{headline} failed: {command:?}");
    Ok(())
}

/// Runs a program for its output, which is seen only when it fails.
pub(crate) fn captured(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("could not run {}", command.get_program().display()))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "{command:?} failed: {printed}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(printed)
}

/// The cargo that runs this.
pub(crate) fn cargo() -> Command {
    Command::new(env!("CARGO"))
}

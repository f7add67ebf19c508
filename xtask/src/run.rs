//! Running other programs.

use std::{
    env,
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

/// The cargo that runs this, without what it told this program of itself: a build script that looks
/// there would run anew, and all that rests on it, whenever cargo is called in another way.
pub(crate) fn cargo() -> Command {
    const OF_THIS_PROGRAM: [&str; 4] = [
        "CARGO_BIN_NAME",
        "CARGO_CRATE_NAME",
        "CARGO_MANIFEST_",
        "CARGO_PKG_",
    ];
    let mut cargo = Command::new(env!("CARGO"));
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if OF_THIS_PROGRAM.iter().any(|known| text.starts_with(known)) {
            cargo.env_remove(&name);
        }
    }
    cargo
}

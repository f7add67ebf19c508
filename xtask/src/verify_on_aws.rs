//! From a checkout to the checks on a real account.

use std::{env, os::unix::process::CommandExt, process::Command};

use anyhow::{Context, Result};

use crate::{build, checkout};

/// Builds, and becomes the checks: Ctrl-C then reaches the one process that cleans up.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    build::run_build()?;
    // Cargo puts all binaries of the workspace next to each other.
    let program = env::current_exe()?.with_file_name("spotmanager-verify-on-aws");
    let error = Command::new(&program)
        .args(arguments)
        .current_dir(checkout::path("."))
        .exec();
    Err(error).with_context(|| format!("could not run {}", program.display()))
}

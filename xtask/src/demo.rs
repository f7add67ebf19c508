//! From nothing to the demo.

use std::{env, os::unix::process::CommandExt, process::Command};

use anyhow::{Context, Result};

use crate::{build, checkout, tools};

/// Installs, builds, and becomes the demo: Ctrl-C then reaches the one process that cleans up.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    tools::install()?;
    build::run_build()?;
    // Cargo puts all binaries of the workspace beside each other.
    let demo = env::current_exe()?.with_file_name("spotmanager-demo");
    let error = Command::new(&demo)
        .args(arguments)
        .current_dir(checkout::path("."))
        .exec();
    Err(error).with_context(|| format!("could not run {}", demo.display()))
}

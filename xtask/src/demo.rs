//! From nothing to the demo.

use std::os::unix::process::CommandExt;

use anyhow::{Context, Result};

use crate::{build, checkout, run::cargo, tools};

/// Installs, builds, and becomes the demo: Ctrl-C then reaches the one process that cleans up.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    tools::install()?;
    build::run_build()?;
    let error = cargo()
        .arg("run")
        .arg("--quiet")
        .args(build::ALL)
        .args(["--bin", "spotmanager-demo", "--"])
        .args(arguments)
        .current_dir(checkout::path("."))
        .exec();
    Err(error).context("could not run the demo")
}

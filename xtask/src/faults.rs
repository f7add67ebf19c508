//! Every call of every function going wrong in every way, on the local AWS.

use anyhow::Result;

use crate::{
    build,
    run::{cargo, run},
    tools,
};

/// Runs every combination, and writes what came of each into `docs/faults.md`.
pub(crate) fn run_faults() -> Result<()> {
    tools::install()?;
    build::run_build()?;
    let mut command = cargo();
    command
        .arg("test")
        .args(build::ALL)
        .args(["--test", "faults"])
        .env("SPOTMANAGER_WRITE_FAULTS", "true");
    run("faults: cargo test --test faults", &mut command)
}

//! What is generated from the settings, the catalogues and clap, written anew.

use anyhow::Result;

use crate::{
    build,
    run::{cargo, run},
};

/// Runs the test that otherwise compares them.
pub(crate) fn write() -> Result<()> {
    run(
        "reference: cargo test --test docs",
        cargo()
            .arg("test")
            .args(build::ALL)
            .args(["--test", "docs"])
            .env("SPOTMANAGER_REFERENCE_WRITE", "true"),
    )
}

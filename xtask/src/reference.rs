//! The reference, written anew from clap, the templates and the schemas.

use anyhow::Result;

use crate::{
    build,
    run::{cargo, run},
};

/// Runs the test that else holds the pages against them.
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

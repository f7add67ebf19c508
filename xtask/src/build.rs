//! Building the functions and the demo.

use anyhow::Result;

use crate::run::{cargo, run};

/// What demo and tests share: with one choice of packages and features cargo builds the SDK
/// crates once.
pub(crate) const ALL: [&str; 3] = ["--locked", "--workspace", "--all-features"];

/// Builds every binary; cargo shows its own progress.
///
/// With examples, of which there are none, cargo chooses the features of dependencies as it does
/// for tests: without them it would build the SDK a second time for these.
pub(crate) fn run_build() -> Result<()> {
    run(
        "build: cargo build (minutes the first time, for the AWS SDK)",
        cargo()
            .arg("build")
            .args(ALL)
            .args(["--bins", "--examples"]),
    )
}

//! Running one suite of the tests whole, for the page that it writes.

use anyhow::Result;

use crate::{
    build,
    run::{cargo, run},
    tools,
};

/// Runs a suite with variables of its own.
pub(crate) fn run_suite(
    suite: &str,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<()> {
    tools::install()?;
    build::run_build()?;
    let mut command = cargo();
    command
        .arg("test")
        .args(build::ALL)
        .args(["--test", suite])
        .envs(variables);
    run(&format!("{suite}: cargo test --test {suite}"), &mut command)
}

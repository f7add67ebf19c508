//! Running one suite of the tests.

use anyhow::Result;

use crate::{
    build,
    run::{cargo, run},
    tools,
};

/// Runs a suite whole with variables of its own, for the page that it writes.
pub(crate) fn run_suite(
    suite: &str,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<()> {
    tools::install()?;
    build::run_build()?;
    run_tests(suite, None, variables)
}

/// Runs the tests of a suite whose names hold a text, or all, with variables of their own.
pub(crate) fn run_tests(
    suite: &str,
    names: Option<&str>,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<()> {
    let mut command = cargo();
    command
        .arg("test")
        .args(build::ALL)
        .args(["--test", suite])
        .envs(variables);
    if let Some(names) = names {
        command.args(["--", names]);
    }
    run(&format!("{suite}: cargo test --test {suite}"), &mut command)
}

//! Lines as a person pastes them into a shell that has `spotmanager` and the AWS CLI.

use std::{env, process::Command};

use anyhow::{Context, Result};
use spotmanager_testbed::Stage;

use crate::command::{Ran, finish};

/// Runs a line, which has what it needs to find the local AWS in its environment.
pub(crate) fn paste(stage: &Stage, line: &str) -> Result<Ran> {
    let folder = stage.checkout.command();
    let folder = folder.parent().context("no folder of the command")?;
    let path = env::var("PATH").context("no PATH")?;
    let mut shell = Command::new("bash");
    shell
        // Version 1 of the CLI does not heed AWS_ENDPOINT_URL for every service.
        .args(["-euo", "pipefail", "-c"])
        .arg(format!(
            "aws() {{ \"$AWS_PROGRAM\" --endpoint-url \"$AWS_ENDPOINT_URL\" \"$@\"; }}\n{line}"
        ))
        .envs(stage.local.environment())
        .env("PATH", format!("{}:{path}", folder.display()))
        .env("AWS_PROGRAM", stage.checkout.tool("aws")?)
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_PAGER", "");
    finish(shell)
}

/// The lines of an output that begin so, without that.
pub(crate) fn lines_after<'a>(text: &'a str, start: &str) -> Vec<&'a str> {
    text.lines()
        .filter_map(|line| line.strip_prefix(start))
        .collect()
}

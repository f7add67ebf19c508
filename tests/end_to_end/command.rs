//! Running the `spotmanager` command.

use std::process::Command;

use anyhow::{Result, ensure};
use serde_json::Value;
use spotmanager_testbed::{Stage, as_json};

/// What the command did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) error: String,
}

impl Ran {
    pub(crate) fn expect_code(self, code: i32) -> Result<Self> {
        ensure!(self.code == Some(code), "not {code}: {self:#?}");
        Ok(self)
    }

    pub(crate) fn expect_out(&self, parts: &[&str]) -> Result<()> {
        for part in parts {
            ensure!(self.out.contains(part), "no {part:?} in {self:#?}");
        }
        Ok(())
    }

    pub(crate) fn expect_error(&self, parts: &[&str]) -> Result<()> {
        for part in parts {
            ensure!(self.error.contains(part), "no {part:?} in {self:#?}");
        }
        Ok(())
    }
}

/// The command, which finds the local AWS in its environment.
pub(crate) fn command(stage: &Stage) -> Command {
    let mut command = Command::new(stage.checkout.command());
    command.envs(stage.local.environment());
    command
}

/// The command with credentials, and nothing that says where AWS is.
pub(crate) fn bare(stage: &Stage) -> Command {
    let mut command = command(stage);
    for name in [
        "AWS_ENDPOINT_URL",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_PROFILE",
    ] {
        command.env_remove(name);
    }
    command
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", "/dev/null");
    command
}

pub(crate) fn run(stage: &Stage, arguments: &[&str]) -> Result<Ran> {
    let mut command = command(stage);
    command.args(arguments);
    finish(command)
}

pub(crate) fn finish(mut command: Command) -> Result<Ran> {
    let output = command.output()?;
    Ok(Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout)?,
        error: String::from_utf8(output.stderr)?,
    })
}

/// The schema of a command's JSON.
pub(crate) fn schema(stage: &Stage, name: &str) -> Result<Value> {
    as_json(&stage.checkout.read(&format!("schemas/{name}.json"))?)
}

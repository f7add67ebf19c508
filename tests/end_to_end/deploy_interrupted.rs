//! What Ctrl-C leaves of `spotmanager deploy`.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use spotmanager_aws::stacks::{Client, describe_stack};
use spotmanager_testbed::{BUCKET, Stage, Suite};

use crate::{
    answered::at_terminal,
    command::{Ran, command, finish},
    deploy_checks::{expect_no_stack, package},
    own_pair::own_pair,
};

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "deploy: Ctrl-C at the question leaves the cursor and no stack",
        async |stage| {
            own_pair(stage, "ctrl-c", &[]).await?;
            stage.upload().await?;
            let folder = tempfile::tempdir()?;
            let package = package(stage, folder.path())?;
            let ran = asked(stage, "ctrl-c", &package, "\u{3}")?.expect_code(130)?;
            ran.expect_out(&[
                "Create stack ctrl-c-sm in account 000000000000, region us-east-1?",
                "no stack is changed",
            ])?;
            let (_, after) = ran.out.rsplit_once("\u{1b}[?25l").context("never hidden")?;
            ensure!(after.contains("\u{1b}[?25h"), "{ran:#?}");
            expect_no_stack(stage, "ctrl-c-sm").await?;

            let declined = asked(stage, "ctrl-c", &package, "n")?.expect_code(0)?;
            declined.expect_out(&["not changed"])?;
            expect_no_stack(stage, "ctrl-c-sm").await
        },
    );
    suite.test(
        "deploy: a change set that waits to be executed outlives a no to another",
        async |stage| {
            own_pair(stage, "waits", &[]).await?;
            stage.upload().await?;
            let folder = tempfile::tempdir()?;
            let package = package(stage, folder.path())?;
            let mut first = deploy(stage, "waits", &package);
            first.arg("--no-execute-changeset");
            finish(first)?.expect_code(0)?;
            let declined = asked(stage, "waits", &package, "n")?.expect_code(0)?;
            declined.expect_out(&["not changed"])?;
            let stack = describe_stack(&Client::new(&stage.config), "waits-sm").await?;
            let status = stack.context("the stack is gone")?.status;
            ensure!(status == "REVIEW_IN_PROGRESS", "{status}");
            Ok(())
        },
    );
    suite.test(
        "deploy: Ctrl-C while it checks leaves no stack",
        async |stage| {
            let ran = interrupted(stage, "ctrl-c-checks", "deploying to account").await?;
            ran.expect_error(&["no stack is changed"])?;
            expect_no_stack(stage, "ctrl-c-checks-sm").await
        },
    );
    suite.test(
        "deploy: Ctrl-C after the changes are shown says what is so",
        async |stage| {
            // The last row of the changes.
            let ran = interrupted(stage, "ctrl-c-waits", "verifyRole").await?;
            if ran.error.contains("no stack is changed") {
                return expect_no_stack(stage, "ctrl-c-waits-sm").await;
            }
            ran.expect_error(&[
                "CloudFormation goes on with the stack ctrl-c-waits-sm",
                "describe-stacks --stack-name ctrl-c-waits-sm",
            ])?;
            let stack = describe_stack(&Client::new(&stage.config), "ctrl-c-waits-sm").await?;
            let status = stack.context("no stack")?.status;
            ensure!(status.starts_with("CREATE_"), "{status}");
            Ok(())
        },
    );
}

/// Deploys for a stack of this name at a terminal, where this is typed at the question.
fn asked(stage: &Stage, workers: &str, package: &str, typed: &str) -> Result<Ran> {
    at_terminal(stage, deploy(stage, workers, package), "[y/N]", typed)
}

fn deploy(stage: &Stage, workers: &str, package: &str) -> Command {
    let mut deploy = command(stage);
    deploy
        .args(["deploy", "--package", package, "--s3-bucket", BUCKET])
        .args(["--spotmanager-stack", &format!("{workers}-sm")])
        .arg("--parameter-overrides")
        .arg(format!("WorkersStackName={workers}"));
    deploy
}

/// Deploys for a stack of this name, and presses Ctrl-C when standard error has this line.
async fn interrupted(stage: &Stage, workers: &str, line: &str) -> Result<Ran> {
    own_pair(stage, workers, &[]).await?;
    stage.upload().await?;
    let folder = tempfile::tempdir()?;
    let package = package(stage, folder.path())?;
    let overrides = format!("WorkersStackName={workers}");
    let mut child = command(stage)
        .args([
            "deploy",
            "--yes",
            "--spotmanager-stack",
            &format!("{workers}-sm"),
        ])
        .args(["--package", &package, "--s3-bucket", BUCKET])
        .args(["--parameter-overrides", &overrides, "ReturnToSpot=off"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut told = BufReader::new(child.stderr.take().context("no standard error")?);
    let mut error = String::new();
    while !error.contains(line) {
        ensure!(told.read_line(&mut error)? > 0, "no {line:?} in {error}");
    }
    let pid = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &pid]).status()?;
    ensure!(sent.success(), "kill: {sent}");
    told.read_to_string(&mut error)?;
    let ran = Ran {
        code: child.wait()?.code(),
        out: String::new(),
        error,
    };
    ran.expect_code(130)
}

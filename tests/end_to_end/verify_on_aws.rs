//! The checks on a real account, here on the local AWS: what they find, and that nothing is left.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use spotmanager_artifacts::write_as_built;
use spotmanager_testbed::{Stage, Suite, write_package};
use tempfile::TempDir;

use crate::command::{Ran, finish};

const SECOND_REGION: &str = "us-west-2";
/// What it says when the stack begins that takes longest.
const IN_THE_MIDDLE: &str = "creating SpotManager's stack";

/// With a key and a second region.
const CHECKS: [&str; 18] = [
    "deploys",
    "alarm-starts-execution",
    "functions-run",
    "schedule-ticks",
    "notifications",
    "scale-executes-policy",
    "launch-instances",
    "launch-token",
    "launch-above-maximum",
    "launch-failure",
    "scale-launches",
    "idempotent-start",
    "no-jobs-alarm",
    "second-region",
    "key-dead-letter",
    "key-alarm-starts-execution",
    "key-notifications",
    "key-taken-away",
];

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "verify on AWS: every check holds, and everything is deleted",
        async |stage| {
            let package = package(stage)?;
            let mut command = command(stage, &package)?;
            command.args(["--yes", "--with-key", "--second-region", SECOND_REGION]);
            let ran = finish(command)?.expect_code(0)?;
            let held: Vec<_> = CHECKS.map(|check| format!("{check}: held")).into();
            ran.expect_out(&held.iter().map(String::as_str).collect::<Vec<_>>())?;
            ran.expect_out(&[
                "account: 000000000000",
                "region: us-east-1, us-west-2",
                "below 1 USD",
                "pending deletion: arn:aws:kms:us-east-1:",
                "18 held, 0 did not hold, 0 not run",
            ])?;
            expect_nothing_left(stage, &suffix(&ran.out)?).await
        },
    );
    suite.test(
        "verify on AWS: a permission with a SourceAccount does not hold, and everything is deleted",
        async |stage| {
            let package = package(stage)?;
            let template = stage.checkout.read("infra/spotmanager.yaml")?;
            let whole = "      Principal: sns.amazonaws.com\n      SourceArn: !Ref jobsTopic\n";
            ensure!(template.contains(whole), "no such permission");
            let account = format!("{whole}      SourceAccount: !Ref AWS::AccountId\n");
            let broken = package.path().join("broken.yaml");
            fs::write(&broken, template.replacen(whole, &account, 1))?;
            let mut command = command(stage, &package)?;
            command.arg("--yes").arg("--template").arg(&broken);
            let ran = finish(command)?.expect_code(1)?;
            ran.expect_out(&[
                "alarm-starts-execution: did not hold (the alarm's message is in the dead-letter queue: SNS could not invoke start)",
                "notifications: not run (an earlier check did not hold",
                "second-region: not run (needs --second-region)",
                "everything else is deleted",
            ])?;
            expect_nothing_left(stage, &suffix(&ran.out)?).await
        },
    );
    suite.test(
        "verify on AWS: Ctrl-C while a stack is created deletes everything",
        async |stage| {
            let package = small_package(stage)?;
            let mut running = Running::start(stage, &package)?;
            running.signal("INT")?;
            let ran = running.finish()?.expect_code(130)?;
            ran.expect_out(&[
                "deploys: not run (interrupted)",
                "everything else is deleted",
            ])?;
            expect_nothing_left(stage, &running.suffix).await
        },
    );
    suite.test(
        "verify on AWS: what a killed run leaves is deleted by its suffix",
        async |stage| {
            let package = small_package(stage)?;
            let mut running = Running::start(stage, &package)?;
            running.signal("KILL")?;
            running.finish()?;
            ensure!(!left(stage, "us-east-1", &running.suffix).await?.is_empty());
            let clean_up = |suffix: &str| -> Result<Ran> {
                let mut command = command(stage, &package)?;
                command.args(["--yes", "--clean-up", suffix]);
                finish(command)
            };
            clean_up("other")?
                .expect_code(2)?
                .expect_error(&["--clean-up"])?;
            clean_up(&running.suffix)?.expect_code(0)?;
            expect_nothing_left(stage, &running.suffix).await
        },
    );
    suite.test(
        "verify on AWS: without a terminal nothing is created unless --yes is given",
        async |stage| {
            let package = small_package(stage)?;
            let mut command = command(stage, &package)?;
            command.stdin(Stdio::null());
            let ran = finish(command)?.expect_code(2)?;
            ran.expect_error(&["--yes"])?;
            ran.expect_out(&["account: 000000000000", "cost: "])?;
            ensure!(!ran.out.contains("everything is called"), "{ran:#?}");
            Ok(())
        },
    );
}

fn package(stage: &Stage) -> Result<TempDir> {
    // Within the limit of the workers' spot group.
    stage.price("t3.nano", "0.002")?;
    let folder = tempfile::tempdir()?;
    write_package(&stage.checkout, folder.path())?;
    Ok(folder)
}

/// One of functions that do nothing, which is uploaded sooner.
fn small_package(stage: &Stage) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    let nothing = |_: &str| "/bin/true".into();
    write_as_built(stage.checkout.root(), nothing, folder.path())?;
    Ok(folder)
}

fn command(stage: &Stage, package: &TempDir) -> Result<Command> {
    let program = stage.checkout.command();
    let mut command = Command::new(program.with_file_name("spotmanager-verify-on-aws"));
    command
        .envs(stage.local.environment())
        .args(["--endpoint-url", stage.local.endpoint_url()])
        .args(["--region", "us-east-1", "--instance-type", "t3.nano"])
        .arg("--package")
        .arg(package.path());
    Ok(command)
}

/// A run that creates a stack.
struct Running {
    process: Child,
    suffix: String,
    out: BufReader<std::process::ChildStdout>,
    printed: String,
}

impl Running {
    fn start(stage: &Stage, package: &TempDir) -> Result<Self> {
        let mut process = command(stage, package)?
            .arg("--yes")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let progress = process.stderr.take().context("no standard error")?;
        let mut progress = BufReader::new(progress).lines();
        if !progress.any(|line| line.is_ok_and(|line| line.contains(IN_THE_MIDDLE))) {
            bail!("it ended before {IN_THE_MIDDLE:?}");
        }
        // Whoever writes into a closed pipe fails.
        std::thread::spawn(move || progress.for_each(drop));
        let mut out = BufReader::new(process.stdout.take().context("no standard output")?);
        let mut printed = String::new();
        while !printed.contains("--clean-up") {
            ensure!(out.read_line(&mut printed)? > 0, "no suffix in {printed}");
        }
        let suffix = suffix(&printed)?;
        Ok(Self {
            process,
            suffix,
            out,
            printed,
        })
    }

    fn signal(&self, signal: &str) -> Result<()> {
        let pid = self.process.id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{signal}"), &pid])
            .status()?;
        ensure!(sent.success(), "kill -{signal} {pid}: {sent}");
        Ok(())
    }

    fn finish(&mut self) -> Result<Ran> {
        self.out.read_to_string(&mut self.printed)?;
        let status = self.process.wait()?;
        Ok(Ran {
            code: status.code(),
            out: self.printed.clone(),
            error: String::new(),
        })
    }
}

/// The suffix that a run printed.
fn suffix(out: &str) -> Result<String> {
    let (_, rest) = out.split_once("--clean-up ").context("no suffix")?;
    Ok(rest
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect())
}

async fn expect_nothing_left(stage: &Stage, suffix: &str) -> Result<()> {
    for region in ["us-east-1", SECOND_REGION] {
        let left = left(stage, region, suffix).await?;
        ensure!(left.is_empty(), "left in {region}: {left:?}");
    }
    Ok(())
}

/// Stacks and buckets of a run that are there.
async fn left(stage: &Stage, region: &str, suffix: &str) -> Result<Vec<String>> {
    let config = stage
        .config
        .to_builder()
        .region(aws_config::Region::new(region.to_owned()))
        .build();
    let client = spotmanager_aws::stacks::Client::new(&config);
    let stacks = client.describe_stacks().into_paginator().items().send();
    let stacks = stacks.try_collect().await?;
    let stacks = stacks.iter().filter_map(|stack| stack.stack_name());
    let buckets = spotmanager_aws::objects::client(&config)
        .list_buckets()
        .send()
        .await?;
    let buckets = buckets.buckets().iter().filter_map(|bucket| bucket.name());
    let names = stacks.chain(buckets).map(str::to_owned);
    Ok(names.filter(|name| name.contains(suffix)).collect())
}

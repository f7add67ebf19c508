//! What `spotmanager deploy` refuses before it changes anything.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use spotmanager_aws::stacks::{Client, describe_stack};
use spotmanager_testbed::{BUCKET, Stage, Suite, write_package};

use crate::{
    command::{Ran, command, run},
    own_pair::own_pair,
};

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "deploy: what can never work is refused, and no stack is there afterwards",
        async |stage| {
            own_pair(stage, "checked", &[]).await?;
            let folder = tempfile::tempdir()?;
            let package = package(stage, folder.path())?;
            let unknown_setting = r#"WorkerPairs=[{"stack_name":"checked","settings":{"max_round":3}}]"#;
            let other_pair = r#"WorkerPairs=[{"stack_name":"checked","alarm_name":"big","settings":{"spot_group_logical_id":"bigSpot"}}]"#;
            let gone_pair = r#"WorkerPairs=[{"stack_name":"checked-nowhere"}]"#;
            for (overrides, code, parts) in [
                (&[unknown_setting][..], 2, &["WorkerPairs", "max_round"][..]),
                (&["OperationsEmail=nonsense"], 2, &["OperationsEmail", "nonsense"]),
                (&["ReturnToSpotRate=often"], 2, &["ReturnToSpotRate", "often", "rate(15 minutes)"]),
                (&["MaintenanceWindow=at night"], 2, &["MaintenanceWindow", "at night"]),
                (&["SafetyMarginPercent=100"], 2, &["SafetyMarginPercent", "100"]),
                (&["VerifyIntervalSeconds=0"], 2, &["VerifyIntervalSeconds", "from 1 to 600"]),
                (&["MaxRounds=3", "MaxRounds=4"], 2, &["--parameter-overrides", "MaxRounds, twice"]),
                (&["TopicSuffix=bad suffix"], 2, &["TopicSuffix", "bad suffix"]),
                (
                    &["WorkersStackName=checked-nowhere"],
                    1,
                    &[
                        "WorkersStackName is \"checked-nowhere\"",
                        "CloudFormation stack of account 000000000000, region us-east-1",
                    ],
                ),
                (
                    &["OnDemandGroupLogicalId=asgGPUSpot"],
                    2,
                    &["OnDemandGroupLogicalId is", "another group than SpotGroupLogicalId"],
                ),
                (
                    &["SpotGroupLogicalId=gone"],
                    1,
                    &["stack checked", "SpotGroupLogicalId is \"gone\"", "asgGPUSpot"],
                ),
                (
                    &["ScaleUpPolicyNameContains=Nothing"],
                    1,
                    &["ScaleUpPolicyNameContains is \"Nothing\""],
                ),
                (
                    &[other_pair],
                    1,
                    &["stack checked", "WorkerPairs: spot_group_logical_id of checked is \"bigSpot\""],
                ),
                (
                    &[gone_pair],
                    1,
                    &["WorkerPairs: stack_name is", "CloudFormation stack of account 000000000000"],
                ),
            ] {
                let deploy = [
                    &["--yes", "--parameter-overrides"][..],
                    // One that a case gives itself may come only once.
                    if overrides[0].starts_with("WorkersStackName") {
                        &[]
                    } else {
                        &["WorkersStackName=checked"]
                    },
                    overrides,
                ];
                let refused = deploy_of(stage, "checked-sm", &package, &deploy.concat())?;
                refused.expect_code(code)?.expect_error(parts)?;
            }

            let twice = folder.path().join("twice.json");
            let parameter = |value| {
                format!(r#"{{"ParameterKey": "WorkersStackName", "ParameterValue": "{value}"}}"#)
            };
            let text = format!("[{}, {}]", parameter("checked"), parameter("nowhere"));
            fs::write(&twice, text)?;
            let file = ["--yes", "--parameters", twice.to_str().context("no path")?];
            let refused = deploy_of(stage, "checked-sm", &package, &file)?.expect_code(2)?;
            refused.expect_error(&["--parameters", "WorkersStackName twice"])?;

            let wrong = format!("{}  start.zip\n", "0".repeat(64));
            fs::write(Path::new(&package).join("SHA256SUMS"), wrong)?;
            let deploy = ["--yes", "--parameter-overrides", "WorkersStackName=checked"];
            let refused = deploy_of(stage, "checked-sm", &package, &deploy)?.expect_code(2)?;
            refused.expect_error(&["--package", "start.zip", "SHA256SUMS"])?;
            fs::remove_file(Path::new(&package).join("SHA256SUMS"))?;

            let mut bucket = command(stage);
            bucket
                .args(["deploy", "--spotmanager-stack", "checked-sm", "--package", &package])
                .args(["--s3-bucket", "checked-no-bucket"])
                .args(deploy);
            let refused = crate::command::finish(bucket)?.expect_code(254)?;
            refused.expect_error(&["s3://checked-no-bucket/", "account 000000000000"])?;

            let other = deploy_of(stage, "checked", &package, &deploy)?.expect_code(2)?;
            other.expect_error(&["--spotmanager-stack", "checked, which has no output"])?;
            expect_no_stack(stage, "checked-sm").await
        },
    );
    suite.test(
        "deploy: a new stack says what is left to do, and one line for each resource",
        async |stage| {
            own_pair(stage, "next-steps", &[]).await?;
            stage.upload().await?;
            let folder = tempfile::tempdir()?;
            let package = package(stage, folder.path())?;
            let email = "OperationsEmail=operations@example.com";
            let parameters = ["WorkersStackName=next-steps", email, "ReturnToSpot=off"];
            let deploy = |more: &[&str]| {
                let deploy = [more, &["--parameter-overrides"], &parameters].concat();
                deploy_of(stage, "next-steps-sm", &package, &deploy)
            };
            let left = deploy(&["--no-execute-changeset"])?.expect_code(0)?;
            left.expect_out(&[
                "stack next-steps-sm in account 000000000000, region us-east-1",
                "REVIEW_IN_PROGRESS",
                "aws cloudformation delete-stack --stack-name next-steps-sm",
            ])?;
            let created = deploy(&["--yes"])?.expect_code(0)?;
            created.expect_out(&[
                "created",
                "AlarmActions:\n      - arn:aws:sns:us-east-1:000000000000:next-steps-jobs-to-do",
                "operations@example.com",
                "spotmanager doctor --stack next-steps --spotmanager-stack next-steps-sm",
            ])?;
            let events = |ran: &Ran, status: &str, id: &str| {
                let lines = ran.error.lines();
                lines
                    .filter(|line| line.trim_start().starts_with(status) && line.contains(id))
                    .count()
            };
            ensure!(
                events(&created, "CREATE_COMPLETE", "startFunction") == 1,
                "{created:#?}"
            );
            ensure!(
                events(&created, "CREATE_IN_PROGRESS", "") == 0,
                "{created:#?}"
            );

            let margin = ["--yes", "--parameter-overrides", "SafetyMarginPercent=20"];
            let updated = deploy_of(stage, "next-steps-sm", &package, &margin)?.expect_code(0)?;
            updated.expect_out(&["updated"])?;
            ensure!(!updated.out.contains("AlarmActions"), "{updated:#?}");
            ensure!(
                events(&updated, "UPDATE_COMPLETE", "discoverFunction") == 1,
                "{updated:#?}"
            );
            ensure!(
                events(&updated, "UPDATE_COMPLETE", "deadLetterQueue") == 0,
                "{updated:#?}"
            );
            Ok(())
        },
    );
}

/// Packs the functions into a folder of this one.
pub(crate) fn package(stage: &Stage, folder: &Path) -> Result<String> {
    let package = folder.join("package");
    fs::create_dir(&package)?;
    write_package(&stage.checkout, &package)?;
    Ok(package.to_str().context("no path")?.to_owned())
}

fn deploy_of(stage: &Stage, name: &str, package: &str, more: &[&str]) -> Result<Ran> {
    let deploy = ["deploy", "--spotmanager-stack", name, "--package", package];
    run(
        stage,
        &[&deploy[..], &["--s3-bucket", BUCKET], more].concat(),
    )
}

/// Checks that no stack is there, also none that waits for its change set.
pub(crate) async fn expect_no_stack(stage: &Stage, name: &str) -> Result<()> {
    let left = describe_stack(&Client::new(&stage.config), name).await?;
    let is_gone = left
        .as_ref()
        .is_none_or(|stack| stack.status == "DELETE_COMPLETE");
    ensure!(is_gone, "{left:?}");
    Ok(())
}

//! What the command refuses before it decides, scales or uploads anything, in the words of whoever
//! runs it.

use std::{fs, net::TcpListener};

use anyhow::{Context, Result, ensure};
use spotmanager_testbed::{Suite, Workers, as_json, group_size, write_package};

use crate::{
    command::{Ran, bare, command, finish, run},
    own_pair::own_pair,
    shell::paste,
};

const SWAPPED: [&str; 4] = [
    "--spot-group-logical-id",
    "asgGPU",
    "--on-demand-group-logical-id",
    "asgGPUSpot",
];
const BOTH: [&str; 4] = [
    "--spot-group-logical-id",
    "asgGPUSpot",
    "--on-demand-group-logical-id",
    "asgGPU",
];

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "run: groups that buy in the other market are refused, and nothing is scaled",
        async |stage| {
            own_pair(stage, "early-swap", &[]).await?;
            for more in [&[][..], &["--apply", "--yes"]] {
                let swapped = [&["run", "--stack", "early-swap"][..], &SWAPPED, more].concat();
                let refused = run(stage, &swapped)?.expect_code(1)?;
                refused.expect_error(&["the spot group asgGPU cannot be used", "on-demand"])?;
                expect_no_decision(&refused)?;
            }
            // Also if only the on-demand group is wrong, under a file's parameters.
            let both_spot = [("Id: !Ref template\n", "Id: !Ref templateSpot\n")];
            own_pair(stage, "early-spots", &both_spot).await?;
            let folder = tempfile::tempdir()?;
            let file = folder.path().join("parameters.json");
            fs::write(&file, parameters(&[("WorkersStackName", "early-spots")]))?;
            let file = file.to_str().context("no path")?;
            let spots = ["run", "--stack", "early-spots", "--parameters", file];
            let spots = [&spots[..], &["--apply", "--yes"]].concat();
            let refused = run(stage, &spots)?.expect_code(1)?;
            refused.expect_error(&["the on-demand group asgGPU cannot be used", "is spot"])?;
            expect_no_decision(&refused)?;
            for group in ["early-swap-spot", "early-spots-spot"] {
                let size = group_size(&stage.config, group).await?;
                ensure!(size.desired == 0, "{group}: {size:?}");
            }
            Ok(())
        },
    );
    suite.test(
        "run: a group that cannot be used is refused though the policies may not be read",
        async |stage| {
            own_pair(stage, "early-denied", &[]).await?;
            let actions = r#"["autoscaling:DescribeAutoScalingGroups", "cloudformation:*", "ec2:*"]"#;
            let policy = format!(
                r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": {actions}, "Resource": "*"}}]}}"#
            );
            let user = "aws iam create-user --user-name early-denied >&2 && aws iam put-user-policy --user-name early-denied --policy-name run --policy-document";
            let key = "aws iam create-access-key --user-name early-denied";
            let key = paste(stage, &format!("{user} '{policy}' && {key}"))?.expect_code(0)?;
            let key = as_json(&key.out)?;
            // Without a file the parameters follow from all policies of the stack.
            let folder = tempfile::tempdir()?;
            let file = folder.path().join("parameters.json");
            fs::write(&file, parameters(&[("WorkersStackName", "early-denied")]))?;
            let run = |pair: &[&str]| -> Result<Ran> {
                let mut denied = command(stage);
                denied.args(["run", "--stack", "early-denied"]).args(pair);
                denied.arg("--parameters").arg(&file);
                for (variable, field) in [
                    ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
                    ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
                ] {
                    denied.env(variable, key["AccessKey"][field].as_str().context("no key")?);
                }
                finish(denied)
            };
            let refused = run(&SWAPPED)?.expect_code(1)?;
            refused.expect_error(&["the spot group asgGPU cannot be used", "on-demand"])?;
            expect_no_decision(&refused)?;
            run(&BOTH)?.expect_code(254)?.expect_error(&["DescribePolicies"])
        },
    );
    suite.test(
        "run: a launch source that cannot be read stays a doubt, answered with on-demand",
        async |stage| {
            own_pair(stage, "early-doubt", &[]).await?;
            let line = "ID=$(aws cloudformation describe-stack-resource --stack-name early-doubt --logical-resource-id templateSpot --query StackResourceDetail.PhysicalResourceId --output text)\naws ec2 delete-launch-template --launch-template-id \"$ID\"";
            paste(stage, line)?.expect_code(0)?;
            let dry = [&["run", "--stack", "early-doubt"][..], &BOTH].concat();
            let ran = run(stage, &dry)?.expect_code(0)?;
            ran.expect_out(&["on-demand", "UNUSABLE_LAUNCH_SOURCE"])
        },
    );
    suite.test(
        "run: with a file of parameters, too, it ends at once if AWS cannot be asked",
        async |stage| {
            let folder = tempfile::tempdir()?;
            let file = folder.path().join("parameters.json");
            fs::write(&file, parameters(&[("WorkersStackName", "early-none")]))?;
            let file = file.to_str().context("no path")?;
            // A port that nobody listens on any more.
            let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
            let url = format!("http://127.0.0.1:{port}");
            let of_stack = ["run", "--stack", "early-none", "--region", "us-east-1"];
            for more in [&[][..], &["--parameters", file]] {
                let mut closed = bare(stage);
                closed
                    .args([&of_stack[..], more].concat())
                    .args(["--endpoint-url", &url]);
                let ran = finish(closed)?.expect_code(254)?;
                ran.expect_error(&["NoConnection", "hint: check the network"])?;
                expect_no_decision(&ran)?;

                let mut without = bare(stage);
                without
                    .env_remove("AWS_ACCESS_KEY_ID")
                    .env_remove("AWS_SECRET_ACCESS_KEY")
                    .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
                    .args([&of_stack[..], more].concat())
                    .args(["--endpoint-url", &url]);
                let ran = finish(without)?.expect_code(253)?;
                ran.expect_error(&["NoCredentials", "hint: `aws sts get-caller-identity`"])?;
                expect_no_decision(&ran)?;
            }
            Ok(())
        },
    );
    suite.test(
        "deploy: a parameter that CloudFormation would refuse is refused before the upload",
        async |stage| {
            own_pair(stage, "early-values", &[]).await?;
            let folder = tempfile::tempdir()?;
            let package = folder.path().join("package");
            fs::create_dir(&package)?;
            write_package(&stage.checkout, &package)?;
            let package = package.to_str().context("no path")?;
            paste(stage, "aws s3 mb s3://early-values")?.expect_code(0)?;
            let deploy = |more: &[&str]| {
                let to = ["--s3-bucket", "early-values", "--package", package];
                let of = ["deploy", "--spotmanager-stack", "early-values-sm"];
                let workers = ["--parameter-overrides", "WorkersStackName=early-values"];
                run(stage, &[&of[..], &to, &workers, more].concat())
            };
            let uploaded = || paste(stage, "aws s3 ls --recursive s3://early-values || true");
            for (value, told) in [
                ("ReturnToSpot=maybe", "one of off, on, maintenance-window"),
                ("SafetyMarginPercent=", "a number from 0 to 99"),
                ("KmsKeyArn=alias/own", "a text that matches ^(arn:"),
                ("LogRetentionDays=31", "one of 1, 3, 5"),
            ] {
                let refused = deploy(&[value, "--yes"])?.expect_code(2)?;
                let key = value.split('=').next().unwrap_or_default();
                refused.expect_error(&[key, told])?;
                let there = uploaded()?.expect_code(0)?;
                ensure!(there.out.is_empty(), "{value}: {there:#?}");
            }
            let unchecked = "has no SHA256SUMS, so its files are taken as they are";
            let left = deploy(&["--no-execute-changeset"])?.expect_code(0)?;
            left.expect_error(&[unchecked])?;
            uploaded()?.expect_out(&["start.zip"])?;
            let sums = format!("cd '{package}' && sha256sum * > SHA256SUMS");
            paste(stage, &sums)?.expect_code(0)?;
            let checked = deploy(&["--no-execute-changeset"])?.expect_code(0)?;
            ensure!(!checked.error.contains(unchecked), "{checked:#?}");
            Ok(())
        },
    );
    suite.test(
        "init, run and explain: a refusal names options, the nested stack and the account",
        async |stage| {
            let shrinks = [("ScalingAdjustment: 1", "ScalingAdjustment: -2")];
            own_pair(stage, "early-shrinks", &shrinks).await?;
            stage.upload().await?;
            let topic = "arn:aws:sns:us-east-1:000000000000:early-names-jobs";
            Workers::deploy(&stage.config, &stage.checkout, "early-names", topic, &[]).await?;
            let init = ["init", "--file", "-", "--stack"];
            let of_shrinks = [&init[..], &["early-shrinks"]].concat();
            let of_names = [&init[..], &["early-names"]].concat();
            let run_names = ["run", "--stack", "early-names"];
            for (command, more, code, told) in [
                (
                    &of_shrinks,
                    &[][..],
                    1,
                    &["which --scale-up-policy-name-contains names, has ScalingAdjustment -2"][..],
                ),
                (
                    &of_names,
                    &["--scale-up-policy-name-contains", "zzz"],
                    1,
                    &["--scale-up-policy-name-contains is \"zzz\""],
                ),
                (
                    &of_names,
                    &["--queue-logical-id", "nope"],
                    1,
                    &[
                        "--queue-logical-id is \"nope\"",
                        "in early-names, which has",
                    ],
                ),
                (
                    &of_names,
                    &["--queue-logical-id", "stackGPU/nope"],
                    1,
                    &[
                        "--queue-logical-id is \"stackGPU/nope\"",
                        "in early-names-stackGPU",
                    ],
                ),
                (
                    &of_names,
                    &[
                        "--spot-group-logical-id",
                        "asgGPU",
                        "--on-demand-group-logical-id",
                        "asgGPU",
                    ],
                    2,
                    &[
                        "--on-demand-group-logical-id is",
                        "another group than --spot-group-logical-id",
                    ],
                ),
                (
                    &run_names.to_vec(),
                    &["--scale-up-policy-name-contains", "zzz"],
                    1,
                    &["SpotManager.PolicyNotFound: --scale-up-policy-name-contains is \"zzz\""],
                ),
                (
                    &vec!["explain", "early-nonexist"],
                    &[],
                    1,
                    &["no execution of account 000000000000, region us-east-1 is named"],
                ),
            ] {
                let refused = run(stage, &[&command[..], more].concat())?.expect_code(code)?;
                refused.expect_error(told)?;
                for private in ["_logical_id", "name_contains", "arn:aws:cloudformation"] {
                    ensure!(!refused.error.contains(private), "{private}: {refused:#?}");
                }
            }
            Ok(())
        },
    );
}

/// A file of template parameters.
fn parameters(all: &[(&str, &str)]) -> String {
    let all = all
        .iter()
        .map(|(key, value)| serde_json::json!({"ParameterKey": key, "ParameterValue": value}));
    serde_json::Value::from_iter(all).to_string()
}

/// Checks that nothing was decided.
fn expect_no_decision(ran: &Ran) -> Result<()> {
    ensure!(ran.out.is_empty(), "{ran:#?}");
    Ok(())
}

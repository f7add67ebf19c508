//! From a stack of workers to a SpotManager that serves it, with the command alone.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use spotmanager_aws::stacks::{Client, describe_stack};
use spotmanager_testbed::{
    BUCKET, Stage, Suite, Workers, as_json, expect, expect_schema, write_package,
};
use tempfile::TempDir;

use crate::{
    command::{run, schema},
    own_pair::own_pair,
};

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "cli: init tells the parameters of a stack, and deploy makes SpotManager of them",
        async |stage| {
            let workers = workers(stage, "init-farm").await?;
            let folder = tempfile::tempdir()?;
            let file = path(&folder, "parameters.json")?;
            let stack = workers.stack.name.as_str();
            let init = ["init", "--stack", stack, "--file", &file];
            let told = run(stage, &[&init[..], &["--output", "json"]].concat())?.expect_code(0)?;
            let document = as_json(&told.out)?;
            expect_schema(&schema(stage, "init")?, &document)?;
            for (parameter, value, basis) in [
                ("WorkersStackName", stack, "given"),
                ("SpotGroupLogicalId", "stackGPU/asgGPUSpot", "found"),
                ("OnDemandGroupLogicalId", "stackGPU/asgGPU", "found"),
                ("ScaleUpPolicyNameContains", "ScaleUp", "found"),
                ("QueueLogicalId", "stackGPU/queueJobs", "found"),
                ("TopicSuffix", "-jobs-to-do", "found"),
                ("ProductDescription", "Linux/UNIX", "default"),
            ] {
                expect_assumption(&document, parameter, value, basis)?;
            }
            let again = run(stage, &init)?.expect_code(2)?;
            again.expect_error(&["--file", "--force"])?;
            let printed = run(stage, &["init", "--stack", stack, "--file", "-"])?;
            let printed = printed.expect_code(0)?;
            ensure!(as_json(&printed.out)? == as_json(&fs::read_to_string(&file)?)?);
            printed.expect_error(&["QueueLogicalId", "because"])?;

            let name = "init-sm";
            let package = path(&folder, "package")?;
            fs::create_dir(&package)?;
            write_package(&stage.checkout, Path::new(&package))?;
            let deploy = [
                "deploy",
                "--spotmanager-stack",
                name,
                "--package",
                &package,
                "--s3-bucket",
                BUCKET,
            ];
            let deploy = |more: &[&str]| run(stage, &[&deploy[..], more].concat());
            deploy(&[])?
                .expect_code(2)?
                .expect_error(&["--yes", "--no-execute-changeset"])?;

            let first = ["--parameters", &file, "--output", "json"];
            let first = |more: &[&str]| deploy(&[&first[..], more].concat());
            let left = first(&["--no-execute-changeset"])?.expect_code(0)?;
            expect(&as_json(&left.out)?, "/outcome", "not_executed")?;
            let overrides = ["--yes", "--parameter-overrides", "ReturnToSpot=off"];
            let made = first(&overrides)?.expect_code(0)?;
            made.expect_error(&["stateMachine", "AWS::Lambda::Function", "CREATE_COMPLETE"])?;
            let made = as_json(&made.out)?;
            expect_schema(&schema(stage, "deploy")?, &made)?;
            expect(&made, "/outcome", "executed")?;
            expect(&made, "/makes_stack", true)?;
            let doctor = ["doctor", "--stack", stack, "--spotmanager-stack", name];
            run(stage, &doctor)?
                .expect_code(0)?
                .expect_out(&["0 errors"])?;

            let same = deploy(&["--yes"])?.expect_code(0)?;
            same.expect_out(&["nothing to change", "JobsTopicArn"])?;
            let margin = ["--yes", "--parameter-overrides", "SafetyMarginPercent=20"];
            let changed = deploy(&margin)?.expect_code(0)?;
            changed.expect_error(&["Modify", "discoverFunction", "UPDATE_COMPLETE"])?;
            let deployed = describe_stack(&Client::new(&stage.config), name).await?;
            let deployed = deployed.context("the stack is gone")?;
            for (parameter, value) in [
                ("SafetyMarginPercent", "20"),
                ("WorkersStackName", stack),
                ("ReturnToSpot", "off"),
            ] {
                let found = deployed.parameters.get(parameter).map(String::as_str);
                ensure!(found == Some(value), "{parameter} is {found:?}");
            }
            let unknown = deploy(&["--yes", "--parameter-overrides", "Margin=20"])?;
            unknown
                .expect_code(2)?
                .expect_error(&["Margin", "SafetyMarginPercent"])
        },
    );
    suite.test(
        "cli: a deployment that CloudFormation gives up tells why and leaves no stack",
        async |stage| {
            stage.upload().await?;
            let folder = tempfile::tempdir()?;
            write_package(&stage.checkout, folder.path())?;
            let template = folder.path().join("spotmanager.yaml");
            let text = fs::read_to_string(&template)?;
            // IAM refuses a role that trusts all but somebody.
            let role = "  verifyRole:\n";
            let (before, after) = text.split_once(role).context("no role")?;
            let after = after.replacen("Principal:", "NotPrincipal:", 1);
            let broken = format!("{before}{role}{after}");
            fs::write(template, broken)?;
            let package = folder.path().to_str().context("the folder's name")?;
            let name = "given-up-sm";
            own_pair(stage, "given-up", &[]).await?;
            let deploy = [
                "deploy",
                "--spotmanager-stack",
                name,
                "--package",
                package,
                "--s3-bucket",
                BUCKET,
                "--parameter-overrides",
                "WorkersStackName=given-up",
                "--yes",
            ];
            let failed = run(stage, &deploy)?.expect_code(1)?;
            failed.expect_error(&["error: the stack given-up-sm", "verifyRole: "])?;
            let left = describe_stack(&Client::new(&stage.config), name).await?;
            ensure!(left.is_none(), "{left:?}");
            Ok(())
        },
    );
}

/// Workers whose alarm tells the topic that their SpotManager will have.
async fn workers(stage: &Stage, name: &str) -> Result<Workers> {
    stage.upload().await?;
    let topic = format!("arn:aws:sns:us-east-1:000000000000:{name}-jobs-to-do");
    let instance_type = format!("t.{name}");
    stage.price(&instance_type, "0.20")?;
    let parameters = [("InstanceType", instance_type.as_str())];
    Workers::deploy(&stage.config, &stage.checkout, name, &topic, &parameters).await
}

fn expect_assumption(document: &Value, parameter: &str, value: &str, basis: &str) -> Result<()> {
    let all = document["assumptions"].as_array().context("no list")?;
    let found = all.iter().find(|one| one["parameter"] == parameter);
    let found = found.with_context(|| format!("no {parameter} in {document:#}"))?;
    expect(found, "/value", value)?;
    expect(found, "/basis", basis)
}

fn path(folder: &TempDir, name: &str) -> Result<String> {
    let path = folder.path().join(name);
    Ok(path.to_str().context("the folder's name")?.to_owned())
}

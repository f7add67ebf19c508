//! The module from `validate` to `destroy`, in two regions, with a key that one has first and the
//! other then.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context, Result, ensure};
use aws_sdk_sfn::types::EncryptionType;
use serde_json::Value;
use spotmanager_testbed::{ARCHITECTURE, BUCKET, Executions, TestAlarm, expect, poll};

use crate::{
    cloud::{BUCKET_ELSEWHERE, Cloud, ELSEWHERE},
    engine::Engine,
    workspace::Workspace,
};

const ROOT: &str = include_str!("root.tf");
/// More than Terraform's own 10, since most of it is waiting.
const AT_ONCE: &str = "-parallelism=30";
/// What the alarm may take to start an execution, and that to end.
const PATIENCE: Duration = Duration::from_secs(360);
const HERE: &str = "module.here.";
const THERE: &str = "module.elsewhere.";
const MACHINE: &str = "aws_sfn_state_machine.state_machine";
const OWNED: &str = "AWS_OWNED_KEY";
const CUSTOMER_MANAGED: &str = "CUSTOMER_MANAGED_KMS_KEY";

pub(crate) async fn test(cloud: &Cloud, engine: &Engine) -> Result<()> {
    let name = format!("terraform-{}", engine.provider.0);
    let mut environment = cloud.applier(&name)?;
    environment.extend(
        [
            ("name", name.as_str()),
            ("architecture", ARCHITECTURE),
            ("bucket", BUCKET),
            ("bucket_elsewhere", BUCKET_ELSEWHERE),
        ]
        .map(|(variable, value)| (format!("TF_VAR_{variable}"), value.to_owned())),
    );
    let workspace = Workspace::new(&cloud.checkout, engine, ROOT, environment).await?;
    let format = ["fmt", "-check", "-diff", "-recursive"];
    workspace.expect(&format).await?;
    let valid = workspace.json(&["validate", "-json"]).await?;
    expect(&valid, "/diagnostics", Value::Array(Vec::new()))?;
    let key = "-var=with_key=elsewhere";
    workspace
        .expect(&["apply", "-auto-approve", AT_ONCE, key])
        .await?;
    ensure!(!cloud.remains(&name)?.is_empty(), "nothing is there");
    expect_no_change(&workspace, key).await?;
    let outputs = workspace.json(&["output", "-json"]).await?;
    expect_encryption(cloud, &outputs, [OWNED, CUSTOMER_MANAGED]).await?;
    expect_execution(cloud, &outputs, &name).await?;

    let key = "-var=with_key=here";
    workspace
        .expect(&["plan", "-out=moved", AT_ONCE, key])
        .await?;
    expect_move_of_the_key(&workspace.json(&["show", "-json", "moved"]).await?)?;
    workspace.expect(&["apply", AT_ONCE, "moved"]).await?;
    expect_no_change(&workspace, key).await?;
    expect_encryption(cloud, &outputs, [CUSTOMER_MANAGED, OWNED]).await?;

    workspace
        .expect(&["destroy", "-auto-approve", AT_ONCE, key])
        .await?;
    let left = cloud.remains(&name)?;
    ensure!(left.is_empty(), "{left:#?} is left");
    Ok(())
}

/// A plan fails with exit code 2 where it would change anything.
async fn expect_no_change(workspace: &Workspace, key: &str) -> Result<()> {
    let plan = ["plan", "-detailed-exitcode", AT_ONCE, key];
    workspace.expect(&plan).await?;
    Ok(())
}

/// The one machine loses the key and the other gets it; apart from that both change alike, and
/// nothing is replaced.
fn expect_move_of_the_key(plan: &Value) -> Result<()> {
    let changes = plan["resource_changes"].as_array().context("no changes")?;
    let mut changed = [BTreeSet::new(), BTreeSet::new()];
    for change in changes {
        let address = change["address"].as_str().context("no address")?;
        let actions = &change["change"]["actions"];
        if *actions == serde_json::json!(["no-op"]) {
            continue;
        }
        ensure!(
            *actions == serde_json::json!(["update"]),
            "{actions} of {address}"
        );
        for (of, changed) in [HERE, THERE].into_iter().zip(&mut changed) {
            if let Some(own) = address.strip_prefix(of) {
                changed.insert(own.to_owned());
            }
        }
    }
    let [here, there] = &changed;
    ensure!(here == there, "{here:?} is not {there:?}");
    for (of, types) in [
        (HERE, [OWNED, CUSTOMER_MANAGED]),
        (THERE, [CUSTOMER_MANAGED, OWNED]),
    ] {
        let address = format!("{of}{MACHINE}");
        let change = changes.iter().find(|change| change["address"] == address);
        let change = change.with_context(|| format!("{address} does not change"))?;
        for (state, kind) in ["before", "after"].into_iter().zip(types) {
            let pointer = format!("/change/{state}/encryption_configuration/0/type");
            expect(change, &pointer, kind)?;
        }
    }
    Ok(())
}

/// What Step Functions encrypts with, in both regions.
async fn expect_encryption(cloud: &Cloud, outputs: &Value, [here, there]: [&str; 2]) -> Result<()> {
    for (config, output, kind) in [
        (cloud.config.clone(), "state_machine_arn", here),
        (
            cloud.config_in(ELSEWHERE),
            "state_machine_arn_elsewhere",
            there,
        ),
    ] {
        let machine = aws_sdk_sfn::Client::new(&config)
            .describe_state_machine()
            .state_machine_arn(text(outputs, output)?)
            .send()
            .await?;
        let found = machine.encryption_configuration().map(|one| one.r#type());
        ensure!(
            found.map(EncryptionType::as_str) == Some(kind),
            "{output}: {found:?} instead of {kind}"
        );
    }
    Ok(())
}

/// An alarm on the topic reaches the state machine.
async fn expect_execution(cloud: &Cloud, outputs: &Value, name: &str) -> Result<()> {
    let executions = Executions::of(&cloud.config, text(outputs, "state_machine_arn")?);
    let topic = text(outputs, "jobs_topic_arn")?;
    let alarm = TestAlarm::create(&cloud.config, name, topic).await?;
    alarm.rise().await?;
    executions.next_after(&[], PATIENCE).await?;
    // Nothing is destroyed under it.
    poll("ending the execution", PATIENCE, async || {
        Ok((!executions.any_runs().await?).then_some(()))
    })
    .await?;
    let client = aws_sdk_cloudwatch::Client::new(&cloud.config);
    client.delete_alarms().alarm_names(name).send().await?;
    Ok(())
}

/// An output that is a text.
fn text<'a>(outputs: &'a Value, name: &str) -> Result<&'a str> {
    let value = outputs[name]["value"].as_str();
    value.with_context(|| format!("no output {name} in {outputs:#}"))
}

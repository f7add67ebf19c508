//! An upgrade while an execution runs: it ends by the definition that it was started with, and by
//! the new functions.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use aws_sdk_sfn::Client;
use spotmanager_fake_aws::Purchase;
use spotmanager_testbed::{
    BUCKET, SpotManager, Stage, Suite, Workers, expect, group_size, put_object, write_package,
};

use crate::{
    command::run,
    workers::{PATIENCE, expect_last, reasons},
};

const NAME: &str = "upgraded-sm";
const WORKERS: &str = "upgraded-workers";
/// Where the template finds the definition, and where the previous release's lies.
const KEY: &str = "Key: !Sub ${ArtifactPrefix}spotmanager.asl.json";
const PREVIOUS: &str = "previous.asl.json";
/// What only the present definition names.
const IS_NEW: &str = "if_evaluation_fails";

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "upgrade: an execution that waits ends by its own definition and the new functions",
        async |stage| {
            let spot_manager = previous_release(stage).await?;
            let instance_type = format!("t.{NAME}");
            stage.price(&instance_type, "0.30")?;
            stage.no_capacity(&instance_type, Purchase::OnDemand);
            let topic = spot_manager.jobs_topic_arn()?;
            let parameters = [("InstanceType", instance_type.as_str()), ("MaxSize", "1")];
            let workers =
                Workers::deploy(&stage.config, &stage.checkout, WORKERS, topic, &parameters)
                    .await?;
            // Before the execution begins, which waits for an hour of AWS's time at most.
            let package = tempfile::tempdir()?;
            write_package(&stage.checkout, package.path())?;
            let executions = &spot_manager.executions;
            for _ in 0..11 {
                workers.queue.send_job().await?;
            }
            let arn = executions.next_after(&[], PATIENCE).await?;
            executions
                .reaches(&arn, "WaitForCapacity", PATIENCE)
                .await?;
            ensure!(!definition(stage, &spot_manager).await?.contains(IS_NEW));

            upgrade(stage, package.path())?;
            ensure!(definition(stage, &spot_manager).await?.contains(IS_NEW));
            stage.local.market().fail_price_history(&instance_type);
            stage.capacity_again(&instance_type, Purchase::OnDemand);

            let history = executions.ended(&arn, PATIENCE).await?;
            // 11 jobs are above the target of one instance, and below that of two.
            let found = reasons(&history);
            let expected = ["SPOT_ABOVE_LIMIT", "EVALUATION_FAILED", "BACKLOG_AT_TARGET"];
            ensure!(found == expected, "{found:?}: {history:#?}");
            expect_last(&history, "NothingToDo")?;
            let mut steps = history.steps.iter();
            let failed = steps.find(|step| step.output.pointer("/cause").is_some());
            let failed = &failed.context("no failed evaluation")?.output;
            expect(failed, "/verdict/choice", "spot")?;
            // As the previous definition has it, which asks discover nothing.
            let sentence = failed["verdict"]["sentence"].as_str().unwrap_or_default();
            ensure!(
                sentence.ends_with("if anything is asked for."),
                "{sentence}"
            );
            let discovered = history.output_of("Discover").context("no Discover")?;
            ensure!(discovered.get(IS_NEW).is_some(), "{discovered:#}");
            // It sends its events itself.
            let senders = ["evaluate", "verify"].map(|function| format!("{NAME}-{function}"));
            let calls = stage.local.calls().into_iter();
            let mut sent = calls.filter(|call| {
                let function = call.function.as_ref();
                call.action == "PutEvents" && function.is_some_and(|name| senders.contains(name))
            });
            ensure!(sent.next().is_none(), "a function sent events too");
            for group in [&workers.spot_group, &workers.on_demand_group] {
                let size = group_size(&stage.config, group).await?;
                ensure!(
                    (size.desired, size.in_service) == (1, 1),
                    "{group} {size:?}"
                );
            }
            run(stage, &["explain", &arn])?
                .expect_code(0)?
                .expect_out(&[
                    "outcome of round 1: on-demand serves",
                    "outcome of round 2: spot serves",
                    "no more was needed: BACKLOG_AT_TARGET",
                ])
        },
    );
}

/// SpotManager with the previous release's definition.
async fn previous_release(stage: &Stage) -> Result<SpotManager> {
    stage.upload().await?;
    let definition = stage.checkout.read("tests/previous/spotmanager.asl.json")?;
    put_object(&stage.config, PREVIOUS, definition.into_bytes()).await?;
    let template = stage.checkout.read("infra/spotmanager.yaml")?;
    ensure!(template.contains(KEY), "no {KEY:?}");
    SpotManager::deploy_template(
        &stage.config,
        &template.replacen(KEY, &format!("Key: {PREVIOUS}"), 1),
        NAME,
        WORKERS,
        &[
            ("QueueLogicalId", "queueJobs"),
            // So that it waits for longer than the upgrade takes.
            ("OnDemandCapacityTimeoutSeconds", "3600"),
            // Between its checks, because the local AWS stops a function that it updates.
            ("VerifyIntervalSeconds", "120"),
            ("ReturnToSpot", "off"),
            ("ReplaceLostCapacity", "false"),
        ],
    )
    .await
}

/// Updates the stack with the command, to the functions and the definition of this package.
fn upgrade(stage: &Stage, package: &Path) -> Result<()> {
    let package = package.to_str().context("the folder's name")?;
    let deploy = ["deploy", "--spotmanager-stack", NAME, "--package", package];
    let deployed = run(
        stage,
        &[&deploy[..], &["--s3-bucket", BUCKET, "--yes"]].concat(),
    )?;
    let deployed = deployed.expect_code(0)?;
    deployed.expect_error(&["stateMachine", "evaluateFunction", "UPDATE_COMPLETE"])
}

/// The definition that executions are started with now.
async fn definition(stage: &Stage, spot_manager: &SpotManager) -> Result<String> {
    let reply = Client::new(&stage.config)
        .describe_state_machine()
        .state_machine_arn(spot_manager.stack.output("StateMachineArn")?)
        .send()
        .await?;
    Ok(reply.definition().to_owned())
}

//! What `spotmanager explain` says of an execution's end: who serves, why, and what that saves.

use anyhow::{Context, Result, ensure};
use aws_sdk_sfn::Client;
use serde_json::{Value, json};
use spotmanager_fake_aws::{Fault, Purchase};
use spotmanager_testbed::{Executions, Stage, Suite, as_json, expect, expect_schema};

use crate::{
    command::{Ran, run, schema},
    workers::{Farm, PATIENCE},
};

const QUEUE: (&str, &str) = ("QueueLogicalId", "queueJobs");

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "outcome: spot that arrived saves, and on-demand that took over does not",
        async |stage| {
            let farm = Farm::deploy_with(stage, "outcome", "1", &[]).await?;
            farm.price("0.20")?;
            let market = stage.local.market();
            market.set_on_demand_price("t.outcome", "0.50".parse()?);
            let arrived = farm.job().await?;
            let told = explain(stage, &arrived.arn)?.expect_code(0)?;
            let started = "by the alarm outcome-workers";
            told.expect_out(&["started 20", started])?;
            ensure!(
                last_line(&told)?.ends_with("; saves 0.3 USD per instance-hour against on-demand"),
                "{told:#?}"
            );
            farm.no_more_jobs().await?;

            farm.no_capacity(Purchase::Spot);
            let took_over = farm.job().await?;
            let told = explain(stage, &took_over.arn)?.expect_code(0)?;
            let line = last_line(&told)?;
            let start = "outcome: on-demand serves, stackGPU/asgGPU 1 of 1, because spot brought no instance: A launch failed in every Availability Zone";
            ensure!(line.starts_with(start), "{told:#?}");
            ensure!(line.ends_with("; no saving"), "{told:#?}");
            ensure!(!told.out.contains("0.3 USD"), "{told:#?}");
            let document = document(stage, &took_over.arn)?;
            expect(&document, "/outcome/result", "capacity_arrived")?;
            expect(&document, "/outcome/served_by", "on_demand")?;
            expect(&document, "/outcome/group", "stackGPU/asgGPU")?;
            expect(&document, "/outcome/in_service", 1)?;
            ensure!(
                document["outcome"]["saving_usd_per_hour"].is_null(),
                "{document:#}"
            );
            Ok(())
        },
    );
    suite.test(
        "outcome: each round has its own, and a queue that cannot be read is a doubt",
        async |stage| {
            // One instance in each round.
            let by_policy = ("LaunchBy", "scaling-policy");
            let farm = Farm::deploy_with(stage, "outcomes", "2", &[QUEUE, by_policy]).await?;
            farm.price("0.20")?;
            let executions = &farm.spot_manager.executions;
            let queue = &farm.workers.queue;
            let history = executions.answer_to_jobs(queue, 15, PATIENCE).await?;
            let told = explain(stage, &history.arn)?.expect_code(0)?;
            told.expect_out(&[
                "outcome of round 1: spot serves",
                "outcome of round 2: spot serves",
            ])?;
            let line = last_line(&told)?;
            let start = "outcome: spot serves, stackGPU/asgGPUSpot 2 of 2; ";
            let end = "; spot arrived in rounds 1, 2; no more was needed: BACKLOG_AT_TARGET";
            ensure!(line.starts_with(start) && line.ends_with(end), "{told:#?}");
            let document = document(stage, &history.arn)?;
            expect(&document, "/outcome/result", "capacity_arrived")?;
            expect(&document, "/outcome/served_by", "spot")?;
            expect(&document, "/outcome/group", "stackGPU/asgGPUSpot")?;
            expect(&document, "/outcome/in_service", 2)?;
            expect(&document, "/decisions/1/outcome/served_by", "spot")?;
            farm.no_more_jobs().await?;

            let function = format!("{}-discover", farm.spot_manager.stack.name);
            let local = &stage.local;
            local.fail_function(
                &function,
                "GetQueueAttributes",
                Fault::AccessDenied,
                usize::MAX,
            );
            let input = json!({"stack_name": farm.workers.stack.name});
            let history = executions.run(&input, PATIENCE).await?;
            ensure!(local.mend_function(&function) > 0, "{history:#?}");
            let told = explain(stage, &history.arn)?.expect_code(0)?;
            told.expect_out(&["in doubt: the queue could not be read", "by hand"])?;
            let document = self::document(stage, &history.arn)?;
            let doubts = document["outcome"]["doubts"].as_array();
            ensure!(
                doubts.is_some_and(|doubts| doubts.len() == 1),
                "{document:#}"
            );
            Ok(())
        },
    );
    suite.test(
        "outcome: on-demand serves after a dry run of a return to spot",
        async |stage| {
            let farm = Farm::deploy(stage, "outcome-back").await?;
            farm.price("0.30")?;
            farm.job().await?;
            farm.price("0.20")?;
            let input = json!({
                "stack_name": farm.workers.stack.name,
                "purpose": "return_to_spot",
                "settings": {"dry_run": true},
            });
            let history = farm.spot_manager.executions.run(&input, PATIENCE).await?;
            let told = explain(stage, &history.arn)?.expect_code(0)?;
            let line = last_line(&told)?;
            let start = "outcome: dry run, nothing was changed: would raise DesiredCapacity of ";
            ensure!(line.starts_with(start), "{told:#?}");
            ensure!(line.ends_with("; on-demand goes on serving"), "{told:#?}");
            let document = document(stage, &history.arn)?;
            expect(&document, "/outcome/result", "dry_run")?;
            expect(&document, "/outcome/served_by", "on_demand")?;
            expect(&document, "/outcome/group", "stackGPU/asgGPU")
        },
    );
    suite.test(
        "outcome: a failure has its cause once, and what to do as a hint",
        async |stage| {
            let executions = &stage.spot_manager().await?.executions;
            let input = json!({"stack_name": "outcome-nowhere"});
            let history = executions.run(&input, PATIENCE).await?;
            let told = explain(stage, &history.arn)?.expect_code(0)?;
            let line =
                "outcome: failed, nothing was decided in this round: SpotManager.StackNotFound in Discover";
            ensure!(last_line(&told)? == line, "{told:#?}");
            let cause = "stack_name is \"outcome-nowhere\"";
            ensure!(told.out.matches(cause).count() == 1, "{told:#?}");
            told.expect_error(&[
                "hint: SpotManager.StackNotFound: There is no",
                "what to do: `aws cloudformation describe-stacks",
            ])?;
            let document = document(stage, &history.arn)?;
            expect(&document, "/outcome/result", "failed")
        },
    );
    suite.test(
        "outcome: an aborted execution says in which state and why, and a redrive when",
        async |stage| {
            let executions = &stage.spot_manager().await?.executions;
            let arn = waiting(stage, executions, "outcome-aborted").await?;
            let running = explain(stage, &arn)?.expect_code(0)?;
            let line = last_line(&running)?;
            let start = "outcome: not known yet: the execution is in WaitForCapacity since 20";
            ensure!(line.starts_with(start), "{running:#?}");

            let client = Client::new(&stage.config);
            client
                .stop_execution()
                .execution_arn(&arn)
                .cause("I stopped it")
                .send()
                .await?;
            executions.ended(&arn, PATIENCE).await?;
            let told = explain(stage, &arn)?.expect_code(0)?;
            let line = last_line(&told)?;
            let start = "outcome: aborted in WaitForCapacity (cause: I stopped it); asgGPUSpot was asked for 1, and nobody checks if that arrives";
            ensure!(line == start, "{told:#?}");
            expect(&document(stage, &arn)?, "/outcome/result", "aborted")?;

            client.redrive_execution().execution_arn(&arn).send().await?;
            executions.ended(&arn, PATIENCE).await?;
            let told = explain(stage, &arn)?.expect_code(0)?;
            told.expect_out(&["; redriven once at 20"])?;
            let document = document(stage, &arn)?;
            expect(&document, "/redriven/count", 1)?;
            expect(&document, "/outcome/served_by", "spot")
        },
    );
}

/// Starts an execution that waits long for its capacity.
async fn waiting(stage: &Stage, executions: &Executions, name: &str) -> Result<String> {
    crate::by_hand::groups(stage, name, "1").await?;
    let settings = json!({"verify_interval_seconds": 250});
    let input = json!({"stack_name": name, "settings": settings});
    let arn = executions.start(&input).await?;
    executions
        .reaches(&arn, "WaitForCapacity", PATIENCE)
        .await?;
    Ok(arn)
}

fn explain(stage: &Stage, arn: &str) -> Result<Ran> {
    run(stage, &["explain", arn])
}

fn last_line(told: &Ran) -> Result<&str> {
    told.out.lines().last().context("no line")
}

/// The JSON of `explain`, as its schema says.
fn document(stage: &Stage, arn: &str) -> Result<Value> {
    let ran = run(stage, &["explain", arn, "--output", "json"])?.expect_code(0)?;
    let document = as_json(&ran.out)?;
    expect_schema(&schema(stage, "explain")?, &document)?;
    Ok(document)
}

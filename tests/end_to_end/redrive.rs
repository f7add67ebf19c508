//! An execution that is redriven goes on where it ended, and scales no group twice.
//! See <https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html>.

use anyhow::{Context, Result, ensure};
use aws_sdk_sfn::Client;
use serde_json::json;
use spotmanager_aws::execution_history::ExecutionHistory;
use spotmanager_fake_aws::{Fault, Purchase};
use spotmanager_testbed::{
    Executions, GroupSize, SpotManager, Stage, Suite, as_json, expect, group_size, poll,
};

use crate::{
    by_hand::groups,
    workers::{PATIENCE, expect_decision, expect_last},
};

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "redrive: an execution that failed fails again, and one started anew scales once",
        async |stage| {
            groups(stage, "redrive-failed", "1").await?;
            let (spot, on_demand) = ("redrive-failed-spot", "redrive-failed-on-demand");
            for group in [spot, on_demand] {
                let local = &stage.local;
                local.fail("ExecutePolicy", group, Fault::AccessDenied, 1);
            }
            let input = json!({"stack_name": "redrive-failed"});
            let executions = &stage.spot_manager().await?.executions;
            let failed = executions.run(&input, PATIENCE).await?;
            ensure!(failed.status == "FAILED", "{failed:#?}");
            expect_scale_ups(stage, &[(spot, 1), (on_demand, 1)])?;

            let again = redrive(stage, executions, &failed.arn).await?;
            ensure!(
                (&again.status, &again.error) == (&failed.status, &failed.error),
                "{again:#?}"
            );
            let mut expected = failed.states();
            expected.push("Failed");
            ensure!(again.states() == expected, "{again:#?}");
            expect_scale_ups(stage, &[(spot, 1), (on_demand, 1)])?;

            let anew = executions.run(&input, PATIENCE).await?;
            expect_capacity(&anew)?;
            expect_scale_ups(stage, &[(spot, 2), (on_demand, 1)])?;
            expect_size(stage, spot, 1).await?;
            expect_size(stage, on_demand, 0).await
        },
    );
    suite.test(
        "redrive: stopped after its scale-up, it goes on and does not scale again",
        async |stage| {
            groups(stage, "redrive-stopped", "2").await?;
            let spot = "redrive-stopped-spot";
            // Long enough to be stopped before it looks.
            let settings = json!({"verify_interval_seconds": 100});
            let input = json!({"stack_name": "redrive-stopped", "settings": settings});
            let executions = &stage.spot_manager().await?.executions;
            let arn = executions.start(&input).await?;
            scaled_up(stage, spot).await?;
            stop(stage, executions, &arn).await?;
            let redriven = redrive(stage, executions, &arn).await?;
            expect_capacity(&redriven)?;
            expect_scale_ups(stage, &[(spot, 1), ("redrive-stopped-on-demand", 0)])?;
            expect_size(stage, spot, 1).await
        },
    );
    suite.test(
        "redrive: stopped in ScaleUp, whose policy took effect, it does not execute it again",
        async |stage| {
            groups(stage, "redrive-grown", "2").await?;
            let spot = "redrive-grown-spot";
            stage.local.fail("ExecutePolicy", spot, Fault::NoReply, 1);
            let executions = &stage.spot_manager().await?.executions;
            let input = json!({"stack_name": "redrive-grown"});
            let arn = executions.start(&input).await?;
            scaled_up(stage, spot).await?;
            stop(stage, executions, &arn).await?;
            let redriven = redrive(stage, executions, &arn).await?;
            let output = redriven.output_of("ScaleUp").context("no ScaleUp")?;
            expect(output, "/outcome", "already_scaled")?;
            expect_capacity(&redriven)?;
            expect_scale_ups(stage, &[(spot, 1)])?;
            expect_size(stage, spot, 1).await
        },
    );
    suite.test(
        "redrive: timed out while it waited for capacity, it goes on until that comes",
        async |stage| {
            groups(stage, "redrive-late", "1").await?;
            for purchase in [Purchase::Spot, Purchase::OnDemand] {
                stage.no_capacity("t.redrive-late", purchase);
            }
            let manager = stage.deploy("redrive-late-sm", "redrive-late", &[]).await?;
            // Sixteen hours are long even here.
            time_out_after(stage, &manager, 750).await?;
            let settings = json!({"on_demand_capacity_timeout_seconds": 3600});
            let input = json!({"stack_name": "redrive-late", "settings": settings});
            let timed_out = manager.executions.run(&input, PATIENCE).await?;
            ensure!(timed_out.status == "TIMED_OUT", "{timed_out:#?}");

            stage.capacity_again("t.redrive-late", Purchase::OnDemand);
            let redriven = redrive(stage, &manager.executions, &timed_out.arn).await?;
            expect_capacity(&redriven)?;
            let (spot, on_demand) = ("redrive-late-spot", "redrive-late-on-demand");
            expect_scale_ups(stage, &[(spot, 1), (on_demand, 1)])?;
            expect_size(stage, spot, 0).await?;
            expect_size(stage, on_demand, 1).await
        },
    );
}

/// Redrives an execution, and waits until it has ended again.
async fn redrive(stage: &Stage, executions: &Executions, arn: &str) -> Result<ExecutionHistory> {
    let client = Client::new(&stage.config);
    client.redrive_execution().execution_arn(arn).send().await?;
    let history = executions.ended(arn, PATIENCE).await?;
    let described = client
        .describe_execution()
        .execution_arn(arn)
        .send()
        .await?;
    ensure!(described.redrive_count() == Some(1), "{described:?}");
    Ok(history)
}

async fn stop(stage: &Stage, executions: &Executions, arn: &str) -> Result<()> {
    let client = Client::new(&stage.config);
    client.stop_execution().execution_arn(arn).send().await?;
    let stopped = executions.ended(arn, PATIENCE).await?;
    ensure!(stopped.status == "ABORTED", "{stopped:#?}");
    Ok(())
}

/// Gives the machine another timeout, seconds of AWS.
async fn time_out_after(stage: &Stage, manager: &SpotManager, seconds: u32) -> Result<()> {
    let client = Client::new(&stage.config);
    let arn = manager.stack.output("StateMachineArn")?;
    let deployed = client.describe_state_machine().state_machine_arn(arn);
    let mut definition = as_json(deployed.send().await?.definition())?;
    definition["TimeoutSeconds"] = json!(seconds);
    client
        .update_state_machine()
        .state_machine_arn(arn)
        .definition(definition.to_string())
        .send()
        .await?;
    Ok(())
}

/// Waits until the group asks for an instance.
async fn scaled_up(stage: &Stage, group: &str) -> Result<()> {
    poll("scaling up", PATIENCE, async || {
        let size = group_size(&stage.config, group).await?;
        Ok((size.desired == 1).then_some(()))
    })
    .await
}

/// How often the group's policy was to be executed, refusals included.
fn scale_ups(stage: &Stage, group: &str) -> usize {
    let group = format!("AutoScalingGroupName={group}&");
    let calls = stage.local.calls();
    calls
        .iter()
        .filter(|call| call.action == "ExecutePolicy" && call.body.contains(&group))
        .count()
}

fn expect_scale_ups(stage: &Stage, expected: &[(&str, usize)]) -> Result<()> {
    for (group, times) in expected {
        let found = scale_ups(stage, group);
        ensure!(
            found == *times,
            "{group} was scaled {found} times, not {times}"
        );
    }
    Ok(())
}

async fn expect_size(stage: &Stage, group: &str, instances: usize) -> Result<()> {
    let size = group_size(&stage.config, group).await?;
    ensure!(size == GroupSize::settled(instances), "{group} is {size:?}");
    Ok(())
}

fn expect_capacity(history: &ExecutionHistory) -> Result<()> {
    expect_decision(history, "SPOT_WITHIN_LIMIT")?;
    expect_last(history, "CapacityArrived")
}

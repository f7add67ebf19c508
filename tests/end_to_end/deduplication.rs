//! SNS delivers at least once.

use anyhow::{Result, ensure};
use serde_json::json;
use spotmanager_testbed::{Executions, GroupSize, Stage, Suite, create_stack, group_size, poll};

use crate::workers::{PATIENCE, expect_decision};

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "deduplication: five deliveries, at once and later, scale once",
        async |stage| {
            let topic = topic(stage).await?;
            let message = json!({
                "AlarmName": "five",
                "AlarmArn": "arn:aws:cloudwatch:us-east-1:000000000000:alarm:five",
                "NewStateValue": "ALARM",
                "NewStateReason": "Threshold Crossed",
                "StateChangeTime": "2026-01-01T00:00:00.123+0000",
            })
            .to_string();
            let publish = async || publish(stage, &topic, &message).await;
            tokio::try_join!(publish(), publish(), publish(), publish())?;
            let executions = &stage.spot_manager().await?.executions;
            let arn = poll("starting an execution", PATIENCE, async || {
                Ok(answers(executions).await?.pop())
            })
            .await?;
            expect_decision(
                &executions.ended(&arn, PATIENCE).await?,
                "SPOT_WITHIN_LIMIT",
            )?;
            publish().await?;
            all_delivered(stage, 5).await?;
            let arns = answers(executions).await?;
            ensure!(arns == [arn], "{arns:?}");
            let size = group_size(&stage.config, "five-spot").await?;
            ensure!(size == GroupSize::settled(1), "{size:?}");
            Ok(())
        },
    );
}

/// A topic that invokes *start* too, and takes messages from others than CloudWatch.
async fn topic(stage: &Stage) -> Result<String> {
    let spot_manager = stage.spot_manager().await?;
    let function = spot_manager.stack.output("StartFunctionName")?;
    let permission = stage.checkout.read("tests/stacks/topics-permission.yaml")?;
    let parameters = [
        ("FunctionName", function),
        ("TopicNames", "five-jobs-to-do"),
    ];
    create_stack(&stage.config, "five-permission", &permission, &parameters).await?;
    stage.price("t.five", "0.20")?;
    let parameters = [("InstanceType", "t.five"), ("JobsFunctionName", function)];
    let stack = stage.groups("five", &parameters).await?;
    Ok(stack.output("JobsTopicArn")?.to_owned())
}

/// The executions that were started for the stack.
async fn answers(executions: &Executions) -> Result<Vec<String>> {
    let mut arns = executions.list().await?;
    arns.retain(|arn| arn.contains(":five-20260101T"));
    Ok(arns)
}

async fn publish(stage: &Stage, topic: &str, message: &str) -> Result<()> {
    aws_sdk_sns::Client::new(&stage.config)
        .publish()
        .topic_arn(topic)
        .message(message)
        .send()
        .await?;
    Ok(())
}

/// Waits until *start* has asked for an execution of this name so many times.
async fn all_delivered(stage: &Stage, times: usize) -> Result<()> {
    poll("every delivery", PATIENCE, async || {
        let calls = stage.local.calls();
        let asked = calls
            .iter()
            .filter(|call| call.action == "StartExecution" && call.body.contains("five-20260101T"))
            .count();
        Ok((asked >= times).then_some(()))
    })
    .await
}

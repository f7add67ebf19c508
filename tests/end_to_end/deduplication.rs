//! SNS delivers at least once.

use anyhow::{Result, ensure};
use serde_json::json;
use spotmanager_deployment::poll;
use spotmanager_tests::{Stage, Suite};

use crate::workers::{Farm, PATIENCE, expect_decision};

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "deduplication: five deliveries, at once and later, scale once",
        async |stage| {
            let farm = Farm::deploy(stage, "five").await?;
            farm.price("0.20")?;
            let topic = farm.spot_manager.jobs_topic_arn()?;
            let message = json!({
                "AlarmName": "five",
                "AlarmArn": "arn:aws:cloudwatch:us-east-1:000000000000:alarm:five",
                "NewStateValue": "ALARM",
                "NewStateReason": "Threshold Crossed",
                "StateChangeTime": "2026-01-01T00:00:00.123+0000",
            })
            .to_string();
            let publish = async || publish(stage, topic, &message).await;
            tokio::try_join!(publish(), publish(), publish(), publish())?;
            let executions = &farm.spot_manager.executions;
            let arn = executions.next_after(&[], PATIENCE).await?;
            expect_decision(
                &executions.ended(&arn, PATIENCE).await?,
                "SPOT_WITHIN_LIMIT",
            )?;
            publish().await?;
            all_delivered(stage, 5).await?;
            let arns = executions.list().await?;
            ensure!(arns == [arn], "{arns:?}");
            farm.expect_sizes(1, 0).await
        },
    );
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
            .filter(|call| {
                call.action == "StartExecution" && call.body.contains("five-workers-20260101T")
            })
            .count();
        Ok((asked >= times).then_some(()))
    })
    .await
}

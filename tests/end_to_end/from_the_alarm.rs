//! What starts it in production: the queue's metric crosses the alarm's threshold.

use anyhow::{Result, ensure};
use aws_sdk_cloudwatch::{
    Client,
    types::{ComparisonOperator, Dimension, StateValue, Statistic},
};
use spotmanager_fake_aws::Purchase;
use spotmanager_testbed::{Suite, poll};

use crate::workers::{Farm, PATIENCE, expect_decision};

pub(crate) fn add(suite: &mut Suite) {
    suite.test("alarm: cheap spot scales the spot group", async |stage| {
        let farm = Farm::deploy(stage, "cheap").await?;
        farm.price("0.20")?;
        expect_decision(&farm.job().await?, "SPOT_WITHIN_LIMIT")?;
        farm.expect_sizes(1, 0).await
    });
    suite.test(
        "alarm: spot above the limit scales on-demand",
        async |stage| {
            let farm = Farm::deploy(stage, "dear").await?;
            farm.price("0.30")?;
            expect_decision(&farm.job().await?, "SPOT_ABOVE_LIMIT")?;
            farm.expect_sizes(0, 1).await
        },
    );
    suite.test(
        "alarm: without spot capacity exactly one on-demand instance runs",
        async |stage| {
            let farm = Farm::deploy(stage, "outage").await?;
            farm.price("0.20")?;
            farm.no_capacity(Purchase::Spot);
            let history = farm.job().await?;
            expect_decision(&history, "SPOT_WITHIN_LIMIT")?;
            let scaling: Vec<_> = history
                .states()
                .into_iter()
                .filter(|state| ["ScaleUp", "StandDownSpot"].contains(state))
                .collect();
            ensure!(
                scaling == ["ScaleUp", "StandDownSpot", "ScaleUp"],
                "{scaling:?}"
            );
            farm.expect_sizes(0, 1).await
        },
    );
    suite.test(
        "alarm: no more jobs scales both down and starts nothing",
        async |stage| {
            let farm = Farm::deploy(stage, "empty").await?;
            farm.price("0.20")?;
            farm.job().await?;
            let before = farm.spot_manager.executions.list().await?;
            farm.no_more_jobs().await?;
            let after = farm.spot_manager.executions.list().await?;
            ensure!(before == after, "{before:?} became {after:?}");
            Ok(())
        },
    );
    suite.test(
        "alarm: a job that a worker holds keeps its instance",
        async |stage| {
            let farm = Farm::deploy(stage, "kept").await?;
            farm.price("0.20")?;
            farm.job().await?;
            farm.workers.queue.take_job().await?;
            nothing_visible_for_long(&farm).await?;
            farm.expect_sizes(1, 0).await?;
            farm.no_more_jobs().await
        },
    );
    suite.test(
        "alarm: each new transition is answered anew",
        async |stage| {
            let farm = Farm::deploy(stage, "again").await?;
            farm.price("0.20")?;
            let first = farm.job().await?;
            farm.no_more_jobs().await?;
            let second = farm.job().await?;
            ensure!(first.arn != second.arn, "both are {}", first.arn);
            farm.expect_sizes(1, 0).await
        },
    );
}

/// Waits until an alarm on visible messages alone, which wants a period more than the stack's,
/// finds the queue empty: the stack's would have scaled down by then if it counted these alone.
async fn nothing_visible_for_long(farm: &Farm<'_>) -> Result<()> {
    let queue = &farm.workers.queue;
    let name = format!("{}-visible", queue.name());
    let dimension = Dimension::builder().name("QueueName").value(queue.name());
    let client = Client::new(&farm.stage.config);
    client
        .put_metric_alarm()
        .alarm_name(&name)
        .namespace("AWS/SQS")
        .metric_name("ApproximateNumberOfMessagesVisible")
        .dimensions(dimension.build())
        .statistic(Statistic::Maximum)
        .period(60)
        .evaluation_periods(6)
        .threshold(0.0)
        .comparison_operator(ComparisonOperator::LessThanOrEqualToThreshold)
        .send()
        .await?;
    poll("the queue's being empty", PATIENCE, async || {
        let described = client.describe_alarms().alarm_names(&name).send().await?;
        let state = described.metric_alarms().first();
        let state = state.and_then(|alarm| alarm.state_value());
        Ok((state == Some(&StateValue::Alarm)).then_some(()))
    })
    .await?;
    client.delete_alarms().alarm_names(&name).send().await?;
    Ok(())
}

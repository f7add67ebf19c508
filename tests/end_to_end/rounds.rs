//! More than one instance for one alarm.

use anyhow::ensure;
use serde_json::json;
use spotmanager_testbed::Suite;

use crate::workers::{Farm, PATIENCE, expect_last, reasons};

const QUEUE: (&str, &str) = ("QueueLogicalId", "queueJobs");
/// One instance in each round.
const BY_POLICY: (&str, &str) = ("LaunchBy", "scaling-policy");

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "rounds: one alarm brings instances until the backlog is at its target",
        async |stage| {
            let farm = Farm::deploy_with(stage, "rounds", "2", &[QUEUE, BY_POLICY]).await?;
            farm.price("0.20")?;
            // 25 jobs, of which 10 may wait for each instance: three instances, two of them spot.
            let executions = &farm.spot_manager.executions;
            let history = executions
                .answer_to_jobs(&farm.workers.queue, 25, PATIENCE)
                .await?;
            let reasons = reasons(&history);
            ensure!(
                reasons
                    == [
                        "SPOT_WITHIN_LIMIT",
                        "SPOT_WITHIN_LIMIT",
                        "BACKLOG_ABOVE_TARGET",
                        "BACKLOG_AT_TARGET"
                    ],
                "{reasons:?}"
            );
            expect_last(&history, "NothingToDo")?;
            farm.expect_sizes(2, 1).await
        },
    );
    suite.test(
        "rounds: of two executions for a stack one leads, and the other ends at once",
        async |stage| {
            let farm = Farm::deploy_with(stage, "lead", "3", &[QUEUE]).await?;
            farm.price("0.20")?;
            let executions = &farm.spot_manager.executions;
            let input = json!({"stack_name": farm.workers.stack.name});
            let first = executions.start(&input).await?;
            let second = executions.run(&input, PATIENCE).await?;
            ensure!(
                reasons(&second) == ["ANOTHER_EXECUTION_LEADS"],
                "{second:#?}"
            );
            expect_last(&second, "NothingToDo")?;
            let first = executions.ended(&first, PATIENCE).await?;
            ensure!(
                reasons(&first) == ["SPOT_WITHIN_LIMIT", "QUEUE_EMPTY"],
                "{first:#?}"
            );
            farm.expect_sizes(1, 0).await
        },
    );
    suite.test(
        "rounds: what a history does not hold goes on in an execution of its own",
        async |stage| {
            let farm = Farm::deploy_with(stage, "continue", "2", &[QUEUE]).await?;
            farm.price("0.20")?;
            // A further round of as many looks as may be does not fit after the first one's.
            let settings = json!({
                "verify_interval_seconds": 1,
                "spot_capacity_timeout_seconds": 1000,
                "on_demand_capacity_timeout_seconds": 1000,
            });
            let input = json!({"stack_name": farm.workers.stack.name, "settings": settings});
            let first = farm.spot_manager.executions.run(&input, PATIENCE).await?;
            expect_last(&first, "ContinuedAsNew")?;
            let second = farm.answer_to("/round/number", &[]).await?;
            ensure!(second.arn == format!("{}-r2", first.arn), "{second:#?}");
            ensure!(reasons(&second) == ["QUEUE_EMPTY"], "{second:#?}");
            farm.expect_sizes(1, 0).await
        },
    );
    suite.test("rounds: they end where the settings say", async |stage| {
        let farm = Farm::deploy_with(stage, "bounded", "2", &[QUEUE]).await?;
        farm.price("0.20")?;
        let settings = json!({"max_rounds": 1});
        let input = json!({"stack_name": farm.workers.stack.name, "settings": settings});
        let history = farm.spot_manager.executions.run(&input, PATIENCE).await?;
        expect_last(&history, "RoundsEnded")?;
        farm.expect_sizes(1, 0).await
    });
}

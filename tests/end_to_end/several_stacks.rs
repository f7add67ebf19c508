//! One deployment serves several stacks, each with limits of its own.

use serde_json::json;
use spotmanager_testbed::{Suite, Workers};

use crate::workers::{Farm, PATIENCE, expect_decision};

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "several stacks: the alarm's own tags tell whose jobs wait, and which limit holds",
        async |stage| {
            let pairs = json!([{
                "stack_name": "several-strict",
                "settings": {"maximum_spot_price_usd": "0.10"},
            }]);
            let parameters = [
                ("StackNameFrom", "alarm-tags"),
                ("FurtherStacks", "several-*"),
                ("WorkerPairs", &pairs.to_string()),
            ];
            let farm = Farm::deploy_with(stage, "several", "1", &parameters).await?;
            farm.price("0.20")?;
            let strict = Workers::deploy(
                &stage.config,
                &stage.checkout,
                "several-strict",
                farm.spot_manager.jobs_topic_arn()?,
                &[("InstanceType", "t.several")],
            )
            .await?;
            expect_decision(&farm.job().await?, "SPOT_WITHIN_LIMIT")?;
            farm.expect_sizes(1, 0).await?;
            let executions = &farm.spot_manager.executions;
            let history = executions.answer_to_job(&strict.queue, PATIENCE).await?;
            expect_decision(&history, "SPOT_ABOVE_LIMIT")?;
            farm.expect_sizes(1, 0).await
        },
    );
}

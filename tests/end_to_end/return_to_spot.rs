//! Spot takes over from on-demand when it is worth it again.

use anyhow::ensure;
use serde_json::json;
use spotmanager_fake_aws::Purchase;
use spotmanager_testbed::Suite;

use crate::workers::{Farm, PATIENCE, expect_decision, expect_last, reasons};

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "return: the schedule brings spot back, and one on-demand instance goes after it",
        async |stage| {
            let schedule = [("ReturnToSpot", "on"), ("LaunchFailureWindowSeconds", "0")];
            let farm = Farm::deploy_with(stage, "return", "1", &schedule).await?;
            farm.price("0.30")?;
            expect_decision(&farm.job().await?, "SPOT_ABOVE_LIMIT")?;
            farm.expect_sizes(0, 1).await?;
            farm.price("0.20")?;
            let mut known = Vec::new();
            // Ticks before the price fell leave all as it is.
            let history = loop {
                let history = farm.answer_to("/purpose", &known).await?;
                if reasons(&history) == ["SPOT_WITHIN_LIMIT"] {
                    break history;
                }
                known.push(history.arn);
            };
            expect_last(&history, "ReturnedToSpot")?;
            let states = history.states();
            let at = |name| states.iter().position(|state| *state == name);
            ensure!(at("VerifyCapacity") < at("ScaleDownOnDemand"), "{states:?}");
            farm.expect_sizes(1, 0).await
        },
    );
    suite.test(
        "return: without spot capacity on-demand goes on serving",
        async |stage| {
            let farm = Farm::deploy(stage, "stay").await?;
            farm.price("0.30")?;
            farm.job().await?;
            farm.price("0.20")?;
            farm.no_capacity(Purchase::Spot);
            let input = json!({
                "stack_name": farm.workers.stack.name,
                "purpose": "return_to_spot",
            });
            let history = farm.spot_manager.executions.run(&input, PATIENCE).await?;
            expect_last(&history, "StayedOnDemand")?;
            farm.expect_sizes(0, 1).await
        },
    );
    suite.test(
        "return: a dry run tells and changes nothing",
        async |stage| {
            let farm = Farm::deploy(stage, "return-dry").await?;
            farm.price("0.30")?;
            farm.job().await?;
            farm.price("0.20")?;
            let input = json!({
                "stack_name": farm.workers.stack.name,
                "purpose": "return_to_spot",
                "settings": {"dry_run": true},
            });
            let history = farm.spot_manager.executions.run(&input, PATIENCE).await?;
            expect_last(&history, "DryRunEnded")?;
            farm.expect_sizes(0, 1).await
        },
    );
}

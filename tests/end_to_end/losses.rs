//! Spot instances that EC2 takes back, or that Auto Scaling cannot launch.

use anyhow::{Context, ensure};
use spotmanager_fake_aws::Purchase;
use spotmanager_testbed::Suite;

use crate::workers::{Farm, REPLACES, expect_decision, expect_last, reasons};

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "losses: an interruption warning brings a replacement from another pool",
        async |stage| {
            let farm = Farm::deploy_with(stage, "interrupted", "1", &[REPLACES]).await?;
            farm.price("0.20")?;
            expect_decision(&farm.job().await?, "SPOT_WITHIN_LIMIT")?;
            let instance = stage.local.interrupt(&farm.workers.spot_group).await?;
            let history = farm.answer_to("/loss", &[]).await?;
            expect_decision(&history, "SPOT_WITHIN_LIMIT")?;
            expect_last(&history, "CapacityArrived")?;
            let detached = history
                .output_of("DetachInstance")
                .context("not detached")?;
            let sentence = detached["sentence"].as_str().unwrap_or_default();
            ensure!(sentence.contains(&instance), "{detached}");
            let evaluated = history.output_of("Evaluate").context("not evaluated")?;
            let pools = evaluated["pools"].as_array().context("no pools")?;
            let left_out = |pool: &&serde_json::Value| pool.get("interrupted_at").is_some();
            ensure!(pools.iter().filter(left_out).count() == 1, "{evaluated:#}");
            farm.expect_sizes(1, 0).await
        },
    );
    suite.test(
        "losses: where no other spot pool is cheap, on-demand replaces the instance",
        async |stage| {
            let farm = Farm::deploy_with(stage, "interrupted-dear", "1", &[REPLACES]).await?;
            farm.price("0.20")?;
            farm.job().await?;
            farm.price("0.30")?;
            stage.local.interrupt(&farm.workers.spot_group).await?;
            let history = farm.answer_to("/loss", &[]).await?;
            expect_decision(&history, "SPOT_ABOVE_LIMIT")?;
            farm.expect_sizes(0, 1).await
        },
    );
    suite.test(
        "losses: a recommendation leaves a full group alone",
        async |stage| {
            let farm = Farm::deploy_with(stage, "recommended", "1", &[REPLACES]).await?;
            farm.price("0.20")?;
            farm.job().await?;
            let spot_group = &farm.workers.spot_group;
            stage.local.recommend_rebalance(spot_group).await?;
            let history = farm.answer_to("/loss", &[]).await?;
            ensure!(reasons(&history) == ["SPOT_GROUP_FULL"], "{history:#?}");
            farm.expect_sizes(1, 0).await
        },
    );
    suite.test(
        "losses: what a recommendation has replaced is not replaced again once EC2 takes it back",
        async |stage| {
            let farm = Farm::deploy_with(stage, "replaced-once", "2", &[REPLACES]).await?;
            farm.price("0.20")?;
            farm.job().await?;
            let spot_group = &farm.workers.spot_group;
            stage.local.recommend_rebalance(spot_group).await?;
            let recommended = farm.answer_to("/loss", &[]).await?;
            expect_last(&recommended, "CapacityArrived")?;
            farm.expect_sizes(2, 0).await?;
            let instance = stage.local.interrupt(spot_group).await?;
            let warned = farm.answer_to("/loss", &[recommended.arn]).await?;
            expect_last(&warned, "CapacityArrived")?;
            let detached = warned.output_of("DetachInstance").context("not detached")?;
            let sentence = detached["sentence"].as_str().unwrap_or_default();
            let is_of_it = sentence.contains(&instance) && sentence.contains("asks for one less");
            ensure!(is_of_it, "{detached}");
            farm.expect_sizes(1, 0).await
        },
    );
    suite.test(
        "losses: on-demand is asked for what a recommendation did not replace once EC2 takes it back",
        async |stage| {
            let farm = Farm::deploy_with(stage, "unreplaced", "2", &[REPLACES]).await?;
            farm.price("0.20")?;
            farm.job().await?;
            farm.no_capacity(Purchase::Spot);
            let spot_group = &farm.workers.spot_group;
            stage.local.recommend_rebalance(spot_group).await?;
            let of_instance = "/loss/instance_id";
            let recommended = farm.answer_to(of_instance, &[]).await?;
            expect_last(&recommended, "NothingToDo")?;
            farm.expect_sizes(1, 0).await?;
            stage.local.interrupt(spot_group).await?;
            let warned = farm.answer_to(of_instance, &[recommended.arn]).await?;
            expect_last(&warned, "CapacityArrived")?;
            farm.expect_sizes(0, 1).await
        },
    );
    suite.test(
        "losses: a group that cannot replace its instance gives way to on-demand",
        async |stage| {
            let farm = Farm::deploy_with(stage, "unlaunched", "1", &[REPLACES]).await?;
            farm.price("0.20")?;
            farm.job().await?;
            farm.no_capacity(Purchase::Spot);
            stage.local.reclaim(&farm.workers.spot_group).await?;
            let history = farm.answer_to("/loss", &[]).await?;
            expect_decision(&history, "SPOT_LAUNCH_FAILED")?;
            let states = history.states();
            ensure!(states.contains(&"StandDownSpot"), "{states:?}");
            farm.expect_sizes(0, 1).await
        },
    );
    suite.test(
        "losses: an unmanaged group's failed launches start nothing",
        async |stage| {
            let farm = Farm::deploy_with(stage, "managed", "1", &[REPLACES]).await?;
            stage.price("t.unmanaged", "0.20")?;
            stage.no_capacity("t.unmanaged", Purchase::Spot);
            let parameters = [("InstanceType", "t.unmanaged")];
            stage.groups("unmanaged", &parameters).await?;
            aws_sdk_autoscaling::Client::new(&stage.config)
                .set_desired_capacity()
                .auto_scaling_group_name("unmanaged-spot")
                .desired_capacity(1)
                .send()
                .await?;
            looked_at(&farm, "unmanaged-spot").await?;
            let arns = farm.spot_manager.executions.list().await?;
            ensure!(arns.is_empty(), "{arns:?}");
            Ok(())
        },
    );
}

/// Waits until *start* has asked whose group it is.
async fn looked_at(farm: &Farm<'_>, group: &str) -> anyhow::Result<()> {
    spotmanager_testbed::poll(
        "a look at the group",
        crate::workers::PATIENCE,
        async || {
            let calls = farm.stage.local.calls();
            let asked = calls.iter().any(|call| {
                call.program.as_deref() == Some("spotmanager-start")
                    && call.action == "DescribeAutoScalingGroups"
                    && call.body.contains(group)
            });
            Ok(asked.then_some(()))
        },
    )
    .await
}

//! Spot takes over from many on-demand instances.

use anyhow::{Result, ensure};
use aws_sdk_autoscaling::Client;
use serde_json::json;
use spotmanager_fake_aws::{Fault, Purchase};
use spotmanager_testbed::{GroupSize, Inbox, Suite};

use crate::{
    mass_reclaim::at_least,
    pair::Pair,
    scale_calls::raised_to,
    workers::{PATIENCE, expect_last},
};

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "return of many: spot takes over from ten on-demand instances in one tick",
        async |stage| {
            let pair = Pair::deploy(stage, "ten", "20", &[]).await?;
            pair.have(0, 10).await?;
            tick(&pair, "ReturnedToSpot").await?;
            pair.expect_sizes(10, 0).await?;
            expect_set(&pair, &[10], &[0])
        },
    );
    suite.test(
        "return of many: on-demand keeps what spot does not bring, and its MinSize",
        async |stage| {
            let pair = Pair::deploy(stage, "ten-part", "20", &[]).await?;
            pair.have(0, 10).await?;
            at_least(stage, &pair.on_demand(), 2).await?;
            stage.instances_left("t.ten-part", Purchase::Spot, 5);
            tick(&pair, "ReturnedToSpot").await?;
            pair.expect_sizes(5, 5).await?;
            // Eight are above MinSize. Five came, and the rest is taken back.
            expect_set(&pair, &[8, 5], &[5])
        },
    );
    suite.test(
        "return of many: ten ticks with ten busy instances buy ten spot instances",
        async |stage| {
            let pair = Pair::deploy(stage, "ten-busy", "120", &[]).await?;
            pair.have(0, 10).await?;
            let busy = pair.instances(&pair.on_demand()).await?;
            Client::new(&stage.config)
                .set_instance_protection()
                .auto_scaling_group_name(pair.on_demand())
                .set_instance_ids(Some(busy.clone()))
                .protected_from_scale_in(true)
                .send()
                .await?;
            tick(&pair, "ReturnedToSpot").await?;
            for _ in 1..10 {
                tick(&pair, "NothingToDo").await?;
            }
            expect_set(&pair, &[10], &[0])?;
            let busy_on = GroupSize {
                desired: 0,
                in_service: 10,
            };
            let sizes = pair.sizes().await?;
            ensure!(sizes == [GroupSize::settled(10), busy_on], "{sizes:?}");
            ensure!(pair.instances(&pair.on_demand()).await? == busy);
            pair.expect_launches(10, 10).await
        },
    );
    suite.test(
        "return of many: if DesiredCapacity of on-demand does not fall, spot is taken back",
        async |stage| {
            let pair = Pair::deploy(stage, "ten-held", "9", &[]).await?;
            pair.have(0, 3).await?;
            // It is answered, and has no effect.
            let fault = Fault::EmptyAnswer;
            let local = &stage.local;
            local.fail("SetDesiredCapacity", &pair.on_demand(), fault, 1);
            tick(&pair, "StayedOnDemand").await?;
            ensure!(local.mend(&pair.on_demand()) == 1);
            expect_set(&pair, &[3, 0], &[0])?;
            pair.expect_sizes(0, 3).await
        },
    );
    suite.test(
        "return of many: if on-demand must not be lowered, spot is taken back, and the operations topic is notified",
        async |stage| {
            let pair = Pair::deploy(stage, "ten-denied", "9", &[]).await?;
            pair.have(0, 3).await?;
            let topic = pair.spot_manager.stack.output("OperationsTopicArn")?;
            let operations = Inbox::subscribe(&stage.config, topic).await?;
            let (local, fault) = (&stage.local, Fault::AccessDenied);
            local.fail("SetDesiredCapacity", &pair.on_demand(), fault, usize::MAX);
            tick(&pair, "StayedOnDemand").await?;
            ensure!(local.mend(&pair.on_demand()) > 0);
            pair.expect_sizes(0, 3).await?;
            let consequence = "spot instances that came are taken back";
            operations
                .next(PATIENCE, |message| {
                    message.as_str().is_some_and(|message| message.contains(consequence))
                })
                .await?;
            Ok(())
        },
    );
}

/// What the schedule starts, and how it ends.
async fn tick(pair: &Pair<'_>, state: &str) -> Result<()> {
    let arn = pair.start_return(json!({})).await?;
    let history = pair.spot_manager.executions.ended(&arn, PATIENCE).await?;
    expect_last(&history, state)
}

/// Checks what *scale* set the DesiredCapacity of each group to, in turn.
fn expect_set(pair: &Pair<'_>, spot: &[i32], on_demand: &[i32]) -> Result<()> {
    for (group, expected) in [(pair.spot(), spot), (pair.on_demand(), on_demand)] {
        let found = raised_to(pair.stage, &group);
        ensure!(found == expected, "{group} was set to {found:?}");
    }
    Ok(())
}

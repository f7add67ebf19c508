//! Many spot instances that EC2 takes back at once.

use anyhow::{Result, ensure};
use aws_sdk_autoscaling::Client;
use serde_json::json;
use spotmanager_testbed::{Stage, Suite, poll};

use crate::{
    pair::Pair,
    workers::{PATIENCE, REPLACES},
};

const WARNED: &str = "interruption_warning";
const RECOMMENDED: &str = "rebalance_recommendation";
/// EventBridge delivers at least once.
const DELIVERIES: u32 = 3;

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "mass reclaim: sixteen warnings, each delivered three times, bring sixteen replacements",
        async |stage| {
            let pair = Pair::deploy(stage, "mass", "40", &[REPLACES]).await?;
            pair.have(16, 0).await?;
            let before = pair.instances(&pair.spot()).await?;
            // It runs for as long as the others do.
            let alarm = pair.start(json!({"verify_interval_seconds": 600})).await?;
            pair.reaches(&alarm, "WaitForCapacity").await?;
            recommend(&pair, 4).await?;
            let (local, spot) = (&stage.local, pair.spot());
            let warned = local.interrupt_several(&spot, 16, DELIVERIES).await?;
            ensure!(warned == before, "{warned:?} of {before:?}");
            let losses = [(RECOMMENDED, 4), (WARNED, 16)];
            pair.expect_answered(&before, 3 * (4 + 16), &losses).await?;
            // The alarm's is one more.
            pair.expect_sizes(17, 0).await?;
            pair.expect_launches(16 + 1 + 16, 0).await?;
            let after = pair.instances(&pair.spot()).await?;
            let stayed = after.iter().filter(|id| before.contains(id));
            ensure!(stayed.count() == 0, "{before:?} became {after:?}");
            Ok(())
        },
    );
    suite.test(
        "mass reclaim: what spot cannot replace comes from on-demand, and none of it twice",
        async |stage| {
            let pair = Pair::deploy(stage, "mass-dry", "40", &[REPLACES]).await?;
            pair.have(16, 0).await?;
            pair.no_spot();
            reclaim(&pair, 16).await?;
            pair.expect_sizes(0, 16).await?;
            pair.expect_launches(16, 16).await
        },
    );
    suite.test(
        "mass reclaim: a group at its MinSize replaces its instances itself",
        async |stage| {
            let pair = Pair::deploy(stage, "mass-least", "9", &[REPLACES]).await?;
            pair.have(3, 0).await?;
            at_least(stage, &pair.spot(), 3).await?;
            reclaim(&pair, 3).await?;
            pair.expect_sizes(3, 0).await?;
            pair.expect_launches(6, 0).await
        },
    );
    suite.test(
        "mass reclaim: sixteen losses during a sizing bring what is wanted and no more",
        async |stage| {
            let sized = [
                REPLACES,
                ("QueueLogicalId", "queue"),
                ("TargetBacklogPerInstance", "5"),
            ];
            let pair = Pair::deploy(stage, "mass-sized", "24", &sized).await?;
            pair.have(16, 0).await?;
            pair.send_jobs(100).await?;
            // One sizes before the losses, and one in the midst of them.
            let first = pair.start(json!({"verify_interval_seconds": 300})).await?;
            let (spot, local) = (pair.spot(), &stage.local);
            let lost = local.interrupt_several(&spot, 16, DELIVERIES).await?;
            detached(&pair).await?;
            let second = pair.start(json!({})).await?;
            for arn in [first, second] {
                pair.expect_end(&arn, "NothingToDo").await?;
            }
            pair.expect_answered(&lost, 48, &[(WARNED, 16)]).await?;
            pair.expect_sizes(20, 0).await?;
            pair.expect_launches(16 + 20, 0).await
        },
    );
}

/// EC2 recommends to replace so many instances, for each of which an execution then runs.
async fn recommend(pair: &Pair<'_>, count: usize) -> Result<()> {
    let (local, instances) = (&pair.stage.local, u32::try_from(count)?);
    local
        .recommend_rebalance_of_several(&pair.spot(), instances, DELIVERIES)
        .await?;
    poll("starting executions", PATIENCE, async || {
        let started = pair.answers(RECOMMENDED).await?;
        Ok((started == count).then_some(()))
    })
    .await
}

/// EC2 takes so many instances back, and each warning is answered to the end.
async fn reclaim(pair: &Pair<'_>, count: usize) -> Result<()> {
    let (local, instances) = (&pair.stage.local, u32::try_from(count)?);
    let lost = local
        .interrupt_several(&pair.spot(), instances, DELIVERIES)
        .await?;
    pair.expect_answered(&lost, 3 * count, &[(WARNED, count)])
        .await
}

/// Waits until the first instance has left the spot group.
async fn detached(pair: &Pair<'_>) -> Result<()> {
    poll("a detachment", PATIENCE, async || {
        let calls = pair.stage.local.calls();
        let of_group = format!("AutoScalingGroupName={}&", pair.spot());
        let is_there = calls
            .iter()
            .any(|call| call.action == "DetachInstances" && call.body.contains(&of_group));
        Ok(is_there.then_some(()))
    })
    .await
}

/// Lets a group have so many instances at the least.
pub(crate) async fn at_least(stage: &Stage, group: &str, min_size: i32) -> Result<()> {
    Client::new(&stage.config)
        .update_auto_scaling_group()
        .auto_scaling_group_name(group)
        .min_size(min_size)
        .send()
        .await?;
    Ok(())
}

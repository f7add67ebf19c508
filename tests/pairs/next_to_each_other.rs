//! Executions of one pair of groups next to each other: each brings what it is for, whatever goes
//! wrong with another.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use spotmanager_fake_aws::Fault;
use spotmanager_testbed::{Stage, Suite, TestAlarm, group_size, poll};

use crate::{
    pair::Pair,
    scale_calls::{called, raised_to},
    workers::{PATIENCE, REPLACES, expect_last, reasons},
};

/// One run does not concern the next one on the same pair.
const EACH: [(&str, &str); 2] = [
    ("HonorCooldown", "false"),
    ("LaunchFailureWindowSeconds", "0"),
];
/// The queue says how many are wanted: two, of which the on-demand group has one at first.
const QUEUE: (&str, &str) = ("QueueLogicalId", "queue");
const JOBS: usize = 20;

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "next to each other: an alarm while a return finds no spot gets on-demand",
        async move |stage| {
            let pair = deploy(stage, "next-return", false).await?;
            for state in ["Evaluate", "ScaleUp", "WaitForCapacity"] {
                pair.have(0, 1).await?;
                pair.no_spot();
                let back = pair.start_return(json!({})).await?;
                pair.reaches(&back, state).await?;
                let alarm = pair.start(json!({})).await?;
                pair.expect_end(&back, "StayedOnDemand").await?;
                pair.expect_end(&alarm, "CapacityArrived").await?;
                pair.expect_sizes(0, 2).await.context(state)?;
                pair.spot_again();
            }
            Ok(())
        },
    );
    suite.test(
        "next to each other: a return that cannot look takes nothing of an alarm's",
        async move |stage| {
            let pair = deploy(stage, "next-look", true).await?;
            pair.have(0, 1).await?;
            let back = pair.start_return(json!({})).await?;
            let action = "DescribeAutoScalingGroups";
            pair.fail("verify", action, Fault::AccessDenied, 1);
            pair.reaches(&back, "ScaleUp").await?;
            let alarm = pair.start(json!({})).await?;
            // What the return took back may be what the alarm waits for: it is served all the same.
            pair.spot_manager.executions.ended(&alarm, PATIENCE).await?;
            pair.spot_manager.executions.ended(&back, PATIENCE).await?;
            pair.expect_struck("verify")?;
            expect_sum(&pair, 2).await
        },
    );
    looks_that_fail(suite);
    lowering(suite);
    losses(suite);
    suite.test(
        "next to each other: an alarm that hears late of its leader does not scale as well",
        async |stage| {
            let pair =
                Pair::deploy(stage, "next-late", "4", &[&EACH[..], &[QUEUE]].concat()).await?;
            // As many as one instance is for.
            pair.send_jobs(JOBS / 2).await?;
            let topic = pair.spot_manager.jobs_topic_arn()?;
            let alarm = TestAlarm::create(&stage.config, "next-late", topic).await?;
            // The leader runs for long enough that the other one is late.
            let market = stage.local.market();
            market.set_launch_seconds("t.next-late", 150.0);
            // Only the one that follows asks who leads.
            let fault = Fault::Throttled("ThrottlingException");
            pair.fail("discover", "DescribeExecution", fault, usize::MAX);
            alarm.rise().await?;
            alarm.rise().await?;
            let executions = &pair.spot_manager.executions;
            let both = poll("starting two executions", PATIENCE, async || {
                let arns = executions.list().await?;
                Ok((arns.len() == 2).then_some(arns))
            })
            .await?;
            poll("the leader's end", PATIENCE, async || {
                let ended = executions.count_by_status().await?;
                Ok(ended.contains_key("SUCCEEDED").then_some(()))
            })
            .await?;
            pair.expect_struck("discover")?;
            let mut why = Vec::new();
            for arn in &both {
                let history = executions.ended(arn, PATIENCE).await?;
                expect_last(&history, "NothingToDo")?;
                why.push(reasons(&history).concat());
            }
            why.sort();
            ensure!(
                why == [
                    "ANOTHER_EXECUTION_LEADS",
                    "SPOT_WITHIN_LIMITBACKLOG_AT_TARGET"
                ],
                "{why:?}"
            );
            pair.expect_sizes(1, 0).await
        },
    );
}

fn losses(suite: &mut Suite) {
    suite.test(
        "next to each other: an instance that was detached is replaced, whatever an alarm asks for",
        async |stage| {
            let parameters = [&EACH[..], &[REPLACES]].concat();
            let pair = Pair::deploy(stage, "next-loss", "4", &parameters).await?;
            pair.have(1, 0).await?;
            let action = "DetachInstances";
            pair.fail("scale", action, Fault::KilledDuring, 1);
            pair.fail("scale", action, Fault::Throttled("Throttling"), 24);
            stage.local.interrupt(&pair.spot()).await?;
            let loss = poll("starting an execution", PATIENCE, async || {
                Ok(pair.spot_manager.executions.list().await?.pop())
            })
            .await?;
            pair.reaches(&loss, "DetachInstance").await?;
            let alarm = pair.start(json!({})).await?;
            pair.expect_end(&alarm, "CapacityArrived").await?;
            pair.expect_end(&loss, "CapacityArrived").await?;
            pair.expect_struck("scale")?;
            pair.expect_sizes(2, 0).await
        },
    );
}

/// A look that failed asked for nothing, so what another execution asks for is not its own.
fn looks_that_fail(suite: &mut Suite) {
    suite.test(
        "next to each other: an alarm whose look fails does not take a return's instance for its own",
        async |stage| {
            let pair = deploy(stage, "next-cut", false).await?;
            for fault in [Fault::CutBefore, Fault::KilledBefore] {
                pair.have(0, 1).await?;
                let back = pair.start_return(json!({"verify_interval_seconds": 200})).await?;
                pair.reaches(&back, "WaitForCapacity").await?;
                let times = if fault == Fault::CutBefore { 3 } else { 1 };
                pair.fail("scale", "DescribeScalingActivities", fault, times);
                let alarm = pair.start(json!({})).await?;
                pair.expect_end(&alarm, "CapacityArrived").await?;
                pair.expect_end(&back, "ReturnedToSpot").await?;
                pair.expect_struck("scale")?;
                expect_sum(&pair, 2).await.with_context(|| format!("{fault:?}"))?;
            }
            Ok(())
        },
    );
    suite.test(
        "next to each other: of two alarms one whose look fails brings its instance as well",
        async |stage| {
            let pair = deploy(stage, "next-two", false).await?;
            pair.fail("scale", "DescribeAutoScalingGroups", Fault::CutBefore, 3);
            let (first, second) = (pair.start(json!({})).await?, pair.start(json!({})).await?);
            pair.expect_end(&first, "CapacityArrived").await?;
            pair.expect_end(&second, "CapacityArrived").await?;
            pair.expect_struck("scale")?;
            pair.expect_sizes(2, 0).await
        },
    );
}

/// A return lowers on-demand once, by its own.
fn lowering(suite: &mut Suite) {
    suite.test(
        "next to each other: a return whose lowering is not confirmed leaves an alarm's instance",
        async |stage| {
            let pair = deploy(stage, "next-lower", false).await?;
            let on_demand = pair.on_demand();
            let mut lowered = 0;
            for fault in [Fault::AnswerLost, Fault::KilledDuring] {
                pair.have(0, 1).await?;
                let back = pair
                    .start_return(json!({"verify_interval_seconds": 250}))
                    .await?;
                pair.reaches(&back, "WaitForCapacity").await?;
                pair.stage
                    .local
                    .fail("ExecutePolicy", &pair.spot(), Fault::AccessDenied, 1);
                let alarm = pair.start(json!({})).await?;
                poll("on-demand for the alarm", PATIENCE, async || {
                    let size = group_size(&stage.config, &on_demand).await?;
                    Ok((size.desired == 2).then_some(()))
                })
                .await?;
                let action = "SetDesiredCapacity";
                pair.stage.local.fail(action, &on_demand, fault, 1);
                pair.expect_end(&alarm, "CapacityArrived").await?;
                pair.expect_end(&back, "ReturnedToSpot").await?;
                ensure!(pair.stage.local.mend(&on_demand) == 1, "{fault:?}");
                ensure!(pair.stage.local.mend(&pair.spot()) == 1, "{fault:?}");
                pair.expect_sizes(1, 1).await?;
                lowered += 1;
                let set = raised_to(stage, &on_demand);
                ensure!(set == vec![1; lowered], "{set:?}");
            }
            let policies = called(stage, "ExecutePolicy", &on_demand).count();
            ensure!(policies == 2, "{policies} policies");
            Ok(())
        },
    );
}

async fn deploy<'a>(stage: &'a Stage, name: &'a str, sized: bool) -> Result<Pair<'a>> {
    let mut parameters = EACH.to_vec();
    if sized {
        parameters.push(QUEUE);
    }
    let pair = Pair::deploy(stage, name, "4", &parameters).await?;
    pair.send_jobs(JOBS).await?;
    Ok(pair)
}

/// Checks how many instances both groups together ask for and have in service.
async fn expect_sum(pair: &Pair<'_>, expected: usize) -> Result<()> {
    let sizes = pair.sizes().await?;
    let desired: i32 = sizes.iter().map(|size| size.desired).sum();
    let in_service: usize = sizes.iter().map(|size| size.in_service).sum();
    ensure!(
        in_service == expected && usize::try_from(desired)? == expected,
        "{sizes:?} instead of {expected}"
    );
    Ok(())
}

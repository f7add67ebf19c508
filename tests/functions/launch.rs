//! *scale*: a plan of launches is carried out once, whatever is repeated.

use anyhow::{Result, ensure};
use serde_json::Value;
use spotmanager_domain::ErrorName;
use spotmanager_fake_aws::{Fault, LaunchRules, Purchase};
use spotmanager_testbed::{Stage, Suite, expect, expect_refusal};

use crate::groups::{EVERY_ATTEMPT, ask_for, asks_for};

pub(crate) fn add(suite: &mut Suite) {
    launches(suite);
    refusals(suite);
}

/// A stack of two groups with an instance type of its own, of which so many are left in each zone.
async fn groups(stage: &Stage, stack: &str, spot: [usize; 3]) -> Result<()> {
    let instance_type = format!("t.{stack}");
    let parameters = [("InstanceType", instance_type.as_str()), ("MaxSize", "6")];
    stage.groups(stack, &parameters).await?;
    let zones = ["us-east-1a", "us-east-1b", "us-east-1c"];
    for (zone, left) in zones.into_iter().zip(spot) {
        let market = stage.local.market();
        market.set_instances_left(&instance_type, zone, Purchase::Spot, Some(left));
    }
    Ok(())
}

/// The ids of what a group of the plan launched.
fn ids(output: &Value, group: usize) -> Vec<String> {
    let instances = output.pointer(&format!("/launched/{group}/instances"));
    let zones = instances.and_then(Value::as_array).into_iter().flatten();
    let ids = zones.filter_map(|zone| zone["instance_ids"].as_array());
    let ids = ids.flatten().filter_map(Value::as_str);
    let mut ids: Vec<_> = ids.map(str::to_owned).collect();
    ids.sort();
    ids
}

fn launches(suite: &mut Suite) {
    suite.test(
        "scale: a plan is carried out zone by zone, and its repetition launches nothing",
        async |stage| {
            groups(stage, "scale-launch", [9, 1, 0]).await?;
            let first = stage.output("scale", "launch").await?;
            expect(&first, "/action", "launch_instances")?;
            expect(&first, "/outcome", "scaled")?;
            expect(&first, "/launched/0/asked", 5)?;
            expect(&first, "/launched/0/baseline_capacity", 0)?;
            let code = "InsufficientInstanceCapacity";
            expect(&first, "/launched/0/errors/0/code", code)?;
            expect(&first, "/step/next", "WaitForCapacity")?;
            expect(&first, "/step/seconds", 15)?;
            expect(&first, "/step/progress/attempt/target_capacity", 5)?;
            ensure!(ids(&first, 0).len() == 5, "{first:#}");
            asks_for(stage, "scale-launch-spot", 5).await?;
            let again = stage.output("scale", "launch-again").await?;
            expect(&again, "/outcome", "already_scaled")?;
            expect(&again, "/step", first["step"].clone())?;
            ensure!(ids(&again, 0) == ids(&first, 0), "{again:#}");
            asks_for(stage, "scale-launch-spot", 5).await
        },
    );
    suite.test(
        "scale: without its token in EC2 the same call brings what it launched",
        async |stage| {
            groups(stage, "scale-launch-hidden", [9, 9, 9]).await?;
            stage.local.set_launch_rules(
                "scale-launch-hidden-spot",
                LaunchRules {
                    shows_tokens: false,
                    ..LaunchRules::default()
                },
            );
            stage.output("scale", "launch-hidden").await?;
            asks_for(stage, "scale-launch-hidden-spot", 5).await?;
            let again = stage.output("scale", "launch-hidden-again").await?;
            expect(&again, "/launched/0/asked", 5)?;
            asks_for(stage, "scale-launch-hidden-spot", 5).await
        },
    );
    suite.test(
        "scale: what spot does not launch on-demand does, in the same step",
        async |stage| {
            groups(stage, "scale-launch-none", [0; 3]).await?;
            let output = stage.output("scale", "launch-none").await?;
            expect(&output, "/outcome", "scaled")?;
            expect(&output, "/launched/0/asked", 0)?;
            expect(&output, "/launched/1/asked", 5)?;
            expect(&output, "/step/progress/attempt/market", "on_demand")?;
            expect(&output, "/step/progress/took_over", true)?;
            asks_for(stage, "scale-launch-none-spot", 0).await?;
            asks_for(stage, "scale-launch-none-on-demand", 5).await
        },
    );
    suite.test(
        "scale: DesiredCapacity that a failure raised is lowered again",
        async |stage| {
            groups(stage, "scale-launch-raised", [2, 0, 0]).await?;
            for market in ["spot", "on-demand"] {
                stage.local.set_launch_rules(
                    &format!("scale-launch-raised-{market}"),
                    LaunchRules {
                        failures_raise_desired: true,
                        ..LaunchRules::default()
                    },
                );
            }
            let output = stage.output("scale", "launch-raised").await?;
            expect(&output, "/launched/0/asked", 2)?;
            expect(&output, "/launched/0/lowered_to", 2)?;
            expect(&output, "/launched/1/asked", 3)?;
            asks_for(stage, "scale-launch-raised-spot", 2).await?;
            asks_for(stage, "scale-launch-raised-on-demand", 3).await
        },
    );
    suite.test(
        "scale: what the group asks for already is not launched in addition",
        async |stage| {
            groups(stage, "scale-launch-asks", [9, 9, 9]).await?;
            ask_for(stage, "scale-launch-asks-spot", 4).await?;
            let output = stage.output("scale", "launch-asks").await?;
            expect(&output, "/launched/0/asked", 5)?;
            ensure!(ids(&output, 0).len() == 1, "{output:#}");
            asks_for(stage, "scale-launch-asks-spot", 5).await
        },
    );
    suite.test(
        "scale: a dry run launches nothing and says the calls of the plan",
        async |stage| {
            groups(stage, "scale-launch-dry", [9, 9, 9]).await?;
            let output = stage.output("scale", "launch-dry-run").await?;
            expect(&output, "/outcome", "would_scale")?;
            let action = "autoscaling:LaunchInstances";
            expect(&output, "/would_call/Action", action)?;
            expect(&output, "/would_call/Calls/0/RequestedCapacity", 2)?;
            expect(&output, "/would_call/Calls/0/ClientToken", "launch-a/0")?;
            asks_for(stage, "scale-launch-dry-spot", 0).await
        },
    );
}

fn refusals(suite: &mut Suite) {
    suite.test(
        "scale: a plan that is refused or too old raises DesiredCapacity",
        async |stage| {
            groups(stage, "scale-launch-refused", [9, 9, 9]).await?;
            let (call, group) = ("LaunchInstances", "scale-launch-refused-spot");
            stage.local.fail(call, group, Fault::AccessDenied, 1);
            let output = stage.output("scale", "launch-refused").await?;
            expect(&output, "/outcome", "scaled")?;
            expect(&output, "/launched/0/asked", 5)?;
            ensure!(ids(&output, 0).is_empty(), "{output:#}");
            asks_for(stage, group, 5).await?;

            groups(stage, "scale-launch-old", [9, 9, 9]).await?;
            let output = stage.output("scale", "launch-old").await?;
            expect(&output, "/launched/0/asked", 5)?;
            ensure!(ids(&output, 0).is_empty(), "{output:#}");
            asks_for(stage, "scale-launch-old-spot", 5).await?;
            let again = stage.output("scale", "launch-old").await?;
            expect(&again, "/outcome", "already_scaled")?;
            asks_for(stage, "scale-launch-old-spot", 5).await
        },
    );
    suite.test(
        "scale: a launch whose outcome is not known says so",
        async |stage| {
            groups(stage, "scale-launch-unclear", [9, 9, 9]).await?;
            let (call, group) = ("LaunchInstances", "scale-launch-unclear-spot");
            for (fault, times, part) in [
                (Fault::EmptyAnswer, 1, "neither instances nor errors"),
                (Fault::AnswerLost, EVERY_ATTEMPT, "LaunchInstances"),
            ] {
                stage.local.fail(call, group, fault, times);
                let answer = stage.answer("scale", "launch-unclear").await?;
                expect_refusal(answer, ErrorName::OutcomeUnknown, &[part])?;
            }
            let again = stage.output("scale", "launch-unclear-again").await?;
            expect(&again, "/launched/0/asked", 5)?;
            asks_for(stage, group, 5).await
        },
    );
    suite.test(
        "scale: if something came before, a refusal to be asked so often is an unknown outcome",
        async |stage| {
            groups(stage, "scale-launch-busy", [9, 9, 9]).await?;
            let group = "scale-launch-busy-spot";
            stage.output("scale", "launch-busy").await?;
            let fault = Fault::Throttled("RequestLimitExceeded");
            let (call, none) = ("DescribeAutoScalingGroups", group);
            stage.local.fail(call, none, fault, EVERY_ATTEMPT);
            let answer = stage.answer("scale", "launch-busy-again").await?;
            expect_refusal(answer, ErrorName::OutcomeUnknown, &["RequestLimitExceeded"])?;
            asks_for(stage, group, 5).await
        },
    );
}

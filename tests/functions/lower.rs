//! *scale* and *verify*: a return to spot lowers on-demand, and takes back its own alone.

use anyhow::Result;
use serde_json::json;
use spotmanager_domain::ErrorName;
use spotmanager_fake_aws::{Fault, Purchase};
use spotmanager_testbed::{Stage, Suite, expect, expect_refusal};

use crate::changed::{output, retried};
use crate::groups::{ask_for, asks_for, bring, bring_one};

pub(crate) fn add(suite: &mut Suite) {
    lowerings(suite);
    take_backs(suite);
    checks(suite);
}

fn lowerings(suite: &mut Suite) {
    suite.test(
        "scale: on-demand is lowered by what came, though it is asked twice",
        async |stage| {
            let group = "scale-lower-on-demand";
            on_demand(stage, "scale-lower").await?;
            let output = stage.output("scale", "lower").await?;
            expect(&output, "/action", "lower_capacity")?;
            expect(&output, "/outcome", "scaled_down")?;
            let sentence = "Lowered DesiredCapacity of scale-lower-on-demand from 2 to 1.";
            expect(&output, "/sentence", sentence)?;
            expect(&output, "/baseline_capacity", 2)?;
            expect(&output, "/target_capacity", 1)?;
            // Auto Scaling may refuse to end instances: a check looks.
            expect(&output, "/step/next", "WaitForCapacity")?;
            expect(&output, "/step/seconds", 15)?;
            let lowering = json!({"from": 2, "to": 1});
            expect(&output, "/step/progress/lowering", lowering)?;
            let again = stage.output("scale", "lower").await?;
            expect(&again, "/outcome", "already_scaled_down")?;
            expect(&again, "/step", output["step"].clone())?;
            asks_for(stage, group, 1).await?;
            // Another execution needs less, too.
            ask_for(stage, group, 0).await?;
            let less = stage.output("scale", "lower").await?;
            expect(&less, "/outcome", "already_scaled_down")?;
            asks_for(stage, group, 0).await
        },
    );
    suite.test(
        "scale: on-demand that has grown is left alone, and spot is taken back",
        async |stage| {
            let group = "scale-lower-grown-on-demand";
            on_demand(stage, "scale-lower-grown").await?;
            ask_for(stage, group, 3).await?;
            let output = stage.output("scale", "lower-grown").await?;
            expect(&output, "/outcome", "not_scaled_down")?;
            expect(&output, "/step/next", "StandDownSpot")?;
            let lower = json!({"action": "lower_capacity", "market": "spot", "from": 1, "to": 0});
            expect(&output, "/step/action", lower)?;
            asks_for(stage, group, 3).await
        },
    );
    suite.test(
        "scale: on-demand is not lowered below its MinSize",
        async |stage| {
            let group = "scale-lower-least-on-demand";
            on_demand(stage, "scale-lower-least").await?;
            aws_sdk_autoscaling::Client::new(&stage.config)
                .update_auto_scaling_group()
                .auto_scaling_group_name(group)
                .min_size(2)
                .send()
                .await?;
            let output = stage.output("scale", "lower-to-min-size").await?;
            expect(&output, "/outcome", "already_scaled_down")?;
            asks_for(stage, group, 2).await
        },
    );
    suite.test(
        "scale: a lowering whose answer is lost may have taken effect",
        async |stage| {
            let group = "scale-lower-cut-off-on-demand";
            on_demand(stage, "scale-lower-cut-off").await?;
            // The SDK sends it once.
            let (call, fault) = ("SetDesiredCapacity", Fault::AnswerLost);
            stage.local.fail(call, group, fault, 1);
            let refused = stage.answer("scale", "lower-cut-off").await?;
            let parts = ["autoscaling:SetDesiredCapacity", "InternalFailure"];
            expect_refusal(refused, ErrorName::OutcomeUnknown, &parts)?;
            asks_for(stage, group, 1).await?;
            let again = stage.output("scale", "lower-cut-off").await?;
            expect(&again, "/outcome", "already_scaled_down")?;
            asks_for(stage, group, 1).await
        },
    );
    suite.test(
        "scale: spot that came in vain is lowered again, and tried again at once if that may pass",
        async |stage| {
            let group = "scale-lower-spot-spot";
            on_demand(stage, "scale-lower-spot").await?;
            bring_one(stage, group).await?;
            let (call, fault) = ("SetDesiredCapacity", Fault::InternalFailure);
            stage.local.fail(call, group, fault, 1);
            let refused = stage.answer("scale", "lower-spot").await?;
            let parts = ["autoscaling:SetDesiredCapacity", "InternalFailure"];
            expect_refusal(refused, ErrorName::Transient, &parts)?;
            let output = stage.output("scale", "lower-spot").await?;
            expect(&output, "/outcome", "scaled_down")?;
            expect(&output, "/step/next", "Report")?;
            let outcome = &output["step"]["events"][0]["Detail"];
            expect(outcome, "/result", "stayed_on_demand")?;
            expect(outcome, "/served_by", "on_demand")?;
            expect(&output, "/step/then/next", "StayedOnDemand")?;
            asks_for(stage, group, 0).await
        },
    );
}

fn take_backs(suite: &mut Suite) {
    suite.test(
        "scale: a return takes back what it asked for, and nothing of others, though it is asked twice",
        async |stage| {
            let (stack, group) = ("scale-take-back", "scale-take-back-spot");
            let parameters = [("InstanceType", "t.take-back"), ("MaxSize", "4")];
            stage.groups(stack, &parameters).await?;
            ask_for(stage, "scale-take-back-on-demand", 2).await?;
            bring_one(stage, group).await?;
            stage.no_capacity("t.take-back", Purchase::Spot);
            // Three for the return, and one for another execution since the last check.
            ask_for(stage, group, 4).await?;
            let taken = output(stage, "scale", "take-back", |event| retried(event, 0)).await?;
            expect(&taken, "/action", "take_back")?;
            expect(&taken, "/outcome", "stood_down")?;
            expect(&taken, "/target_capacity", 2)?;
            expect(&taken, "/on_demand_capacity/desired_capacity", 2)?;
            // One has come, and takes over.
            expect(&taken, "/step/next", "ScaleDownOnDemand")?;
            let lower =
                json!({"action": "lower_capacity", "market": "on_demand", "from": 2, "to": 1});
            expect(&taken, "/step/action", lower.clone())?;
            asks_for(stage, group, 2).await?;
            let again = output(stage, "scale", "take-back", |event| retried(event, 1)).await?;
            expect(&again, "/outcome", "already_down")?;
            expect(&again, "/step/action", lower)?;
            asks_for(stage, group, 2).await?;
            // In a first attempt it was another execution that took its own back.
            let first = output(stage, "scale", "take-back", |event| retried(event, 0)).await?;
            expect(&first, "/outcome", "stood_down")?;
            asks_for(stage, group, 1).await
        },
    );
}

fn checks(suite: &mut Suite) {
    suite.test(
        "verify: on-demand that fell ends a return to spot",
        async |stage| {
            stage.groups("verify-fell", &[("MaxSize", "2")]).await?;
            ask_for(stage, "verify-fell-on-demand", 1).await?;
            for event in ["on-demand-fell", "on-demand-may-have-fallen"] {
                let seen = stage.output("verify", event).await?;
                expect(&seen, "/step/next", "Report")?;
                let outcome = &seen["step"]["events"][0]["Detail"];
                expect(outcome, "/result", "returned_to_spot")?;
                expect(outcome, "/served_by", "spot")?;
                expect(&seen, "/step/then/next", "ReturnedToSpot")?;
            }
            Ok(())
        },
    );
    suite.test(
        "verify: if on-demand did not fall, spot is taken back, or it is lowered again",
        async |stage| {
            let parameters = [("MaxSize", "2")];
            stage.groups("verify-did-not-fall", &parameters).await?;
            ask_for(stage, "verify-did-not-fall-on-demand", 2).await?;
            let seen = stage.output("verify", "on-demand-did-not-fall").await?;
            expect(&seen, "/step/next", "StandDownSpot")?;
            expect(&seen, "/step/failed_in", "ScaleDownOnDemand")?;
            let lower = json!({"action": "lower_capacity", "market": "spot", "from": 1, "to": 0});
            expect(&seen, "/step/action", lower)?;
            // Nobody knows whether the call took effect.
            let seen = stage
                .output("verify", "on-demand-may-not-have-fallen")
                .await?;
            expect(&seen, "/step/next", "ScaleDownOnDemand")?;
            let lower =
                json!({"action": "lower_capacity", "market": "on_demand", "from": 2, "to": 1});
            expect(&seen, "/step/action", lower)
        },
    );
}

/// Two groups of which the on-demand one has 2 of 3.
async fn on_demand(stage: &Stage, stack: &str) -> Result<()> {
    stage.groups(stack, &[("MaxSize", "3")]).await?;
    bring(stage, &format!("{stack}-on-demand"), 2).await
}

//! *scale*: once, whatever is repeated.

use anyhow::{Result, ensure};
use serde_json::json;
use spotmanager_domain::ErrorName;
use spotmanager_fake_aws::{Fault, Purchase};
use spotmanager_testbed::{Stage, Suite, expect, expect_refusal};

use crate::changed::{output, retried};
use crate::groups::{EVERY_ATTEMPT, ask_for, asks_for, bring_one, grow, hang_grow};

pub(crate) fn add(suite: &mut Suite) {
    scale_ups(suite);
    unknown_outcomes(suite);
    others(suite);
    refusals(suite);
}

fn scale_ups(suite: &mut Suite) {
    suite.test(
        "scale: the policy is executed once, though it is asked twice",
        async |stage| {
            stage.groups("scale-up", &[]).await?;
            hang_grow(stage, "scale-up-spot").await?;
            let first = stage.output("scale", "scale-up").await?;
            expect(&first, "/outcome", "scaled")?;
            expect(&first, "/baseline_capacity", 0)?;
            expect(&first, "/step/next", "WaitForCapacity")?;
            expect(&first, "/step/seconds", 15)?;
            let again = stage.output("scale", "scale-up").await?;
            expect(&again, "/outcome", "already_scaled")?;
            expect(&again, "/baseline_capacity", 0)?;
            expect(&again, "/target_capacity", 1)?;
            // Another execution may have made it grow: a check looks whether there is one.
            expect(&again, "/step/next", "WaitForCapacity")?;
            expect(&again, "/step/progress/attempt/unclear", 1)?;
            asks_for(stage, "scale-up-spot", 1).await
        },
    );
    suite.test(
        "scale: a first attempt scales beside what another execution did",
        async |stage| {
            stage.groups("scale-first", &[("MaxSize", "2")]).await?;
            hang_grow(stage, "scale-first-spot").await?;
            ask_for(stage, "scale-first-spot", 1).await?;
            let output = stage.output("scale", "first-attempt").await?;
            expect(&output, "/outcome", "scaled")?;
            expect(&output, "/baseline_capacity", 1)?;
            expect(&output, "/target_capacity", 2)?;
            asks_for(stage, "scale-first-spot", 2).await
        },
    );
    suite.test(
        "scale: a first attempt after a redrive looks whether it was made before",
        async |stage| {
            stage.groups("scale-redriven", &[("MaxSize", "2")]).await?;
            hang_grow(stage, "scale-redriven-spot").await?;
            ask_for(stage, "scale-redriven-spot", 1).await?;
            let output = stage.output("scale", "redriven").await?;
            expect(&output, "/outcome", "already_scaled")?;
            asks_for(stage, "scale-redriven-spot", 1).await
        },
    );
    suite.test(
        "scale: a group that others filled is waited for",
        async |stage| {
            stage.groups("scale-filled", &[]).await?;
            ask_for(stage, "scale-filled-spot", 1).await?;
            let output = stage.output("scale", "filled-by-others").await?;
            expect(&output, "/outcome", "already_scaled")?;
            expect(&output, "/baseline_capacity", 0)?;
            expect(&output, "/target_capacity", 1)?;
            asks_for(stage, "scale-filled-spot", 1).await
        },
    );
    suite.test("scale: a full group is left alone", async |stage| {
        stage.groups("scale-full", &[]).await?;
        ask_for(stage, "scale-full-spot", 1).await?;
        let output = stage.output("scale", "group-full").await?;
        expect(&output, "/outcome", "group_full")?;
        expect(&output, "/step/next", "WaitForCapacity")?;
        expect(&output, "/step/seconds", 0)?;
        asks_for(stage, "scale-full-spot", 1).await
    });
    suite.test(
        "scale: a dry run adds nothing and tells the call",
        async |stage| {
            stage.groups("scale-dry", &[]).await?;
            let output = stage.output("scale", "dry-run").await?;
            expect(&output, "/outcome", "would_scale")?;
            expect(&output, "/would_call/Action", "autoscaling:ExecutePolicy")?;
            expect(&output, "/step/next", "WaitForCapacity")?;
            expect(&output, "/step/seconds", 0)?;
            asks_for(stage, "scale-dry-spot", 0).await
        },
    );
    suite.test(
        "scale: a policy that adds nothing is not executed",
        async |stage| {
            stage.groups("scale-no-effect", &[("MaxSize", "2")]).await?;
            ask_for(stage, "scale-no-effect-spot", 1).await?;
            let output = stage.output("scale", "no-effect").await?;
            expect(&output, "/outcome", "no_effect")?;
            expect(&output, "/step/seconds", 0)?;
            asks_for(stage, "scale-no-effect-spot", 1).await
        },
    );
    suite.test(
        "scale: a cooldown is waited for by the machine",
        async |stage| {
            resting(stage, "scale-cooldown").await?;
            let refused = stage.answer("scale", "in-cooldown").await?;
            let parts = ["autoscaling:ExecutePolicy", "ScalingActivityInProgress"];
            expect_refusal(refused, ErrorName::ScalingInProgress, &parts)?;
            asks_for(stage, "scale-cooldown-spot", 1).await
        },
    );
    suite.test("scale: a cooldown may be passed over", async |stage| {
        resting(stage, "scale-no-cooldown").await?;
        let output = stage.output("scale", "cooldown-not-honored").await?;
        expect(&output, "/outcome", "scaled")?;
        asks_for(stage, "scale-no-cooldown-spot", 2).await
    });
    suite.test(
        "scale: the previous release's state machine hears what was done, and no step",
        async |stage| {
            stage.groups("scale-before", &[]).await?;
            hang_grow(stage, "scale-before-spot").await?;
            let output = stage.output("scale", "previous-release").await?;
            expect(&output, "/outcome", "scaled")?;
            expect(&output, "/target_capacity", 1)?;
            ensure!(output.get("step").is_none(), "{output:#}");
            asks_for(stage, "scale-before-spot", 1).await
        },
    );
    suite.test(
        "scale: the previous release's state machine lets one on-demand instance go, though it asks twice",
        async |stage| {
            let group = "scale-before-down-on-demand";
            stage.groups("scale-before-down", &[("MaxSize", "2")]).await?;
            ask_for(stage, group, 2).await?;
            let output = stage.output("scale", "previous-release-scale-down").await?;
            expect(&output, "/outcome", "scaled_down")?;
            expect(&output, "/target_capacity", 1)?;
            ensure!(output.get("step").is_none(), "{output:#}");
            let again = stage.output("scale", "previous-release-scale-down").await?;
            expect(&again, "/outcome", "already_scaled_down")?;
            asks_for(stage, group, 1).await
        },
    );
}

fn unknown_outcomes(suite: &mut Suite) {
    // The previous release's state machine looks after each failure that may pass.
    for (event, stack, name) in [
        ("cut-off", "scale-cut-off", ErrorName::OutcomeUnknown),
        (
            "previous-release-cut-off",
            "scale-before-cut-off",
            ErrorName::Transient,
        ),
    ] {
        suite.test(
            &format!("scale: {event} is a scale-up that may have taken effect"),
            async move |stage| {
                stage.groups(stack, &[]).await?;
                let group = format!("{stack}-spot");
                hang_grow(stage, &group).await?;
                // The SDK sends it once.
                let local = &stage.local;
                local.fail("ExecutePolicy", &group, Fault::AnswerLost, 1);
                let refused = stage.answer("scale", event).await?;
                let parts = ["autoscaling:ExecutePolicy", "InternalFailure"];
                expect_refusal(refused, name, &parts)?;
                asks_for(stage, &group, 1).await
            },
        );
    }
    suite.test(
        "scale: a look that fails has asked for nothing",
        async |stage| {
            stage.groups("scale-look-fails", &[]).await?;
            let group = "scale-look-fails-spot";
            hang_grow(stage, group).await?;
            let (action, fault) = ("DescribeScalingActivities", Fault::InternalFailure);
            stage.local.fail(action, group, fault, EVERY_ATTEMPT);
            let refused = stage.answer("scale", "look-fails").await?;
            let parts = ["autoscaling:DescribeScalingActivities", "InternalFailure"];
            expect_refusal(refused, ErrorName::Transient, &parts)?;
            asks_for(stage, group, 0).await
        },
    );
}

fn others(suite: &mut Suite) {
    suite.test(
        "scale: what did not arrive is taken back, once",
        async |stage| {
            let parameters = [("InstanceType", "t.stand-down")];
            stage.groups("scale-stand-down", &parameters).await?;
            stage.no_capacity("t.stand-down", Purchase::Spot);
            ask_for(stage, "scale-stand-down-spot", 1).await?;
            let output = stage.output("scale", "stand-down").await?;
            expect(&output, "/outcome", "stood_down")?;
            expect(&output, "/step/next", "Report")?;
            let fallback = &output["step"]["events"][0];
            expect(fallback, "/DetailType", "SpotManager Fallback")?;
            expect(fallback, "/Detail/stood_down", true)?;
            expect(fallback, "/Detail/failure/error", "SpotManager.NoCapacity")?;
            expect(fallback, "/Detail/failure/state", "VerifyCapacity")?;
            let then = &output["step"]["then"];
            expect(then, "/next", "ScaleUp")?;
            expect(then, "/action/market", "on_demand")?;
            expect(then, "/action/is_first", true)?;
            expect(&output, "/target_capacity", 0)?;
            expect(&output, "/on_demand_capacity/desired_capacity", 0)?;
            expect(&output, "/on_demand_capacity/max_size", 1)?;
            asks_for(stage, "scale-stand-down-spot", 0).await?;
            let again = stage.output("scale", "stand-down").await?;
            expect(&again, "/outcome", "already_down")?;
            // One more, for another execution.
            ask_for(stage, "scale-stand-down-on-demand", 1).await?;
            let again = stage.output("scale", "stand-down").await?;
            expect(&again, "/on_demand_capacity/desired_capacity", 1)
        },
    );
    suite.test(
        "scale: all that spot lacks is taken back, and on-demand is to be asked for as many",
        async |stage| {
            let (spot, on_demand) = ("scale-for-others-spot", "scale-for-others-on-demand");
            let parameters = [("InstanceType", "t.for-others"), ("MaxSize", "4")];
            stage.groups("scale-for-others", &parameters).await?;
            bring_one(stage, spot).await?;
            stage.no_capacity("t.for-others", Purchase::Spot);
            ask_for(stage, spot, 4).await?;
            ask_for(stage, on_demand, 1).await?;
            let case = "stand-down-for-others";
            let lowered = output(stage, "scale", case, |event| retried(event, 0)).await?;
            expect(&lowered, "/outcome", "stood_down")?;
            let sentence = "Lowered DesiredCapacity of scale-for-others-spot from 4 to 1.";
            expect(&lowered, "/sentence", sentence)?;
            asks_for(stage, spot, 1).await?;
            let raise =
                json!({"action": "raise_capacity", "market": "on_demand", "from": 1, "to": 4});
            expect(&lowered, "/step/then/action", raise.clone())?;
            // What was lowered before is known from the last check.
            let again = output(stage, "scale", case, |event| retried(event, 1)).await?;
            expect(&again, "/outcome", "already_down")?;
            expect(&again, "/step/then/action", raise)?;
            // In a first attempt it was another execution, which asks on-demand for all.
            let first = output(stage, "scale", case, |event| retried(event, 0)).await?;
            expect(&first, "/outcome", "already_down")?;
            expect(&first, "/step/next", "WaitForCapacity")
        },
    );
    suite.test(
        "scale: a scale-up that was refused asked for nothing, so nothing is taken back",
        async |stage| {
            let parameters = [("InstanceType", "t.refused")];
            stage.groups("scale-refused", &parameters).await?;
            stage.no_capacity("t.refused", Purchase::Spot);
            ask_for(stage, "scale-refused-spot", 1).await?;
            let output = stage.output("scale", "stand-down-after-a-refusal").await?;
            expect(&output, "/outcome", "already_down")?;
            let fallback = &output["step"]["events"][0]["Detail"];
            expect(fallback, "/failure/error", "SpotManager.ScalingInProgress")?;
            expect(fallback, "/failure/state", "ScaleUp")?;
            asks_for(stage, "scale-refused-spot", 1).await
        },
    );
    suite.test(
        "scale: a dry run takes nothing back and tells the call",
        async |stage| {
            let parameters = [("InstanceType", "t.dry-run")];
            stage.groups("scale-dry-run", &parameters).await?;
            stage.no_capacity("t.dry-run", Purchase::Spot);
            ask_for(stage, "scale-dry-run-spot", 1).await?;
            let output = stage.output("scale", "stand-down-dry-run").await?;
            expect(&output, "/outcome", "would_stand_down")?;
            expect(
                &output,
                "/would_call/Action",
                "autoscaling:SetDesiredCapacity",
            )?;
            expect(&output, "/would_call/DesiredCapacity", 0)?;
            asks_for(stage, "scale-dry-run-spot", 1).await
        },
    );
    suite.test("scale: what arrived after all is kept", async |stage| {
        stage.groups("scale-too-late", &[]).await?;
        bring_one(stage, "scale-too-late-spot").await?;
        let output = stage.output("scale", "stand-down-too-late").await?;
        expect(&output, "/outcome", "capacity_arrived")?;
        expect(&output, "/step/next", "Report")?;
        expect(&output, "/step/then/next", "CapacityArrived")?;
        asks_for(stage, "scale-too-late-spot", 1).await
    });
}

fn refusals(suite: &mut Suite) {
    for (event, name, parts) in [
        (
            "no-such-group",
            ErrorName::GroupNotFound,
            &[
                "auto_scaling_group_name",
                "scale-nowhere-spot",
                "an Auto Scaling group that exists",
            ][..],
        ),
        (
            "previous-release-stand-down-without-baseline",
            ErrorName::InvalidInput,
            &[
                "baseline_capacity",
                "absent",
                "DesiredCapacity before the scale-up",
            ],
        ),
        (
            "previous-release-detach-nothing",
            ErrorName::InvalidInput,
            &["instance_id", "absent", "instance to detach"],
        ),
        (
            "malformed",
            ErrorName::InvalidInput,
            &["step", "scale_sideways", "`stand_down`"],
        ),
        (
            "step-of-another",
            ErrorName::InvalidInput,
            &["step.next", "Failed", "StandDownSpot"],
        ),
        (
            "without-execution",
            ErrorName::InvalidInput,
            &["discovery.execution", "absent", "as discover put it out"],
        ),
    ] {
        suite.test(&format!("scale: refuses {event}"), async move |stage| {
            expect_refusal(stage.answer("scale", event).await?, name, parts)
        });
    }
}

/// Two groups of which the spot one has grown to 1 of 2 and rests.
async fn resting(stage: &Stage, stack: &str) -> Result<()> {
    stage.groups(stack, &[("MaxSize", "2")]).await?;
    let group = format!("{stack}-spot");
    hang_grow(stage, &group).await?;
    grow(stage, &group).await
}

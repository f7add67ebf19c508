//! *scale*: DesiredCapacity is raised to the same value, whatever is repeated.

use spotmanager_domain::ErrorName;
use spotmanager_fake_aws::Fault;
use spotmanager_testbed::{Suite, expect, expect_refusal};

use crate::groups::{EVERY_ATTEMPT, ask_for, asks_for, grow, hang_grow};

pub(crate) fn add(suite: &mut Suite) {
    raises(suite);
    failures(suite);
}

fn raises(suite: &mut Suite) {
    suite.test(
        "scale: DesiredCapacity is raised once, though it is asked twice",
        async |stage| {
            stage.groups("scale-raise", &[("MaxSize", "9")]).await?;
            let first = stage.output("scale", "raise").await?;
            expect(&first, "/action", "raise_capacity")?;
            expect(&first, "/outcome", "scaled")?;
            let sentence = "Raised DesiredCapacity of scale-raise-spot from 0 to 3.";
            expect(&first, "/sentence", sentence)?;
            expect(&first, "/baseline_capacity", 0)?;
            expect(&first, "/target_capacity", 3)?;
            expect(&first, "/step/next", "WaitForCapacity")?;
            expect(&first, "/step/seconds", 15)?;
            let again = stage.output("scale", "raise").await?;
            expect(&again, "/outcome", "already_scaled")?;
            expect(&again, "/step", first["step"].clone())?;
            asks_for(stage, "scale-raise-spot", 3).await?;
            // It is never lowered to what this execution asked for.
            ask_for(stage, "scale-raise-spot", 5).await?;
            let more = stage.output("scale", "raise").await?;
            expect(&more, "/outcome", "already_scaled")?;
            asks_for(stage, "scale-raise-spot", 5).await
        },
    );
    suite.test(
        "scale: what others asked for counts, and no cooldown is waited for",
        async |stage| {
            let (stack, group) = ("scale-raise-rests", "scale-raise-rests-spot");
            stage.groups(stack, &[("MaxSize", "3")]).await?;
            hang_grow(stage, group).await?;
            grow(stage, group).await?;
            let output = stage.output("scale", "raise-in-cooldown").await?;
            expect(&output, "/outcome", "scaled")?;
            let sentence = "Raised DesiredCapacity of scale-raise-rests-spot from 1 to 3.";
            expect(&output, "/sentence", sentence)?;
            expect(&output, "/baseline_capacity", 0)?;
            asks_for(stage, group, 3).await
        },
    );
    suite.test(
        "scale: on-demand is to be asked at once for what spot has no room for",
        async |stage| {
            let parameters = [("MaxSize", "2")];
            stage.groups("scale-raise-part", &parameters).await?;
            let output = stage.output("scale", "raise-in-part").await?;
            expect(&output, "/outcome", "scaled")?;
            expect(&output, "/target_capacity", 2)?;
            expect(&output, "/step/next", "WaitForCapacity")?;
            expect(&output, "/step/seconds", 0)?;
            expect(&output, "/step/progress/on_demand_too", true)?;
            asks_for(stage, "scale-raise-part-spot", 2).await?;
            asks_for(stage, "scale-raise-part-on-demand", 0).await
        },
    );
    suite.test(
        "scale: a dry run raises nothing and says the call",
        async |stage| {
            stage.groups("scale-raise-dry", &[("MaxSize", "3")]).await?;
            let output = stage.output("scale", "raise-dry-run").await?;
            expect(&output, "/outcome", "would_scale")?;
            let action = "autoscaling:SetDesiredCapacity";
            expect(&output, "/would_call/Action", action)?;
            expect(&output, "/would_call/DesiredCapacity", 3)?;
            expect(&output, "/would_call/HonorCooldown", false)?;
            expect(&output, "/step/seconds", 0)?;
            asks_for(stage, "scale-raise-dry-spot", 0).await
        },
    );
    suite.test("scale: a group without room is not raised", async |stage| {
        stage.groups("scale-raise-full", &[]).await?;
        ask_for(stage, "scale-raise-full-spot", 1).await?;
        let output = stage.output("scale", "raise-full").await?;
        expect(&output, "/outcome", "group_full")?;
        expect(&output, "/step/next", "WaitForCapacity")?;
        expect(&output, "/step/seconds", 0)?;
        asks_for(stage, "scale-raise-full-spot", 1).await
    });
}

fn failures(suite: &mut Suite) {
    suite.test(
        "scale: a raise whose answer is lost is made again, to the same value",
        async |stage| {
            let (stack, group) = ("scale-raise-cut-off", "scale-raise-cut-off-spot");
            stage.groups(stack, &[("MaxSize", "9")]).await?;
            let (call, fault) = ("SetDesiredCapacity", Fault::AnswerLost);
            stage.local.fail(call, group, fault, EVERY_ATTEMPT);
            let refused = stage.answer("scale", "raise-cut-off").await?;
            let parts = ["autoscaling:SetDesiredCapacity", "InternalFailure"];
            expect_refusal(refused, ErrorName::OutcomeUnknown, &parts)?;
            asks_for(stage, group, 3).await?;
            let again = stage.output("scale", "raise-cut-off").await?;
            expect(&again, "/outcome", "already_scaled")?;
            expect(&again, "/target_capacity", 3)?;
            asks_for(stage, group, 3).await
        },
    );
    suite.test(
        "scale: a look before a raise that fails has asked for nothing",
        async |stage| {
            let (stack, group) = ("scale-raise-look", "scale-raise-look-spot");
            stage.groups(stack, &[("MaxSize", "3")]).await?;
            let (action, fault) = ("DescribeAutoScalingGroups", Fault::InternalFailure);
            stage.local.fail(action, group, fault, EVERY_ATTEMPT);
            let refused = stage.answer("scale", "raise-look-fails").await?;
            let parts = ["autoscaling:DescribeAutoScalingGroups", "InternalFailure"];
            expect_refusal(refused, ErrorName::Transient, &parts)?;
            asks_for(stage, group, 0).await
        },
    );
}

//! *verify*: arrived, not yet, or never.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use spotmanager_domain::ErrorName;
use spotmanager_fake_aws::Purchase;
use spotmanager_testbed::{Stage, Suite, expect, expect_refusal, poll};

use crate::groups::{ask_for, bring_one};

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "verify: an instance in service has arrived",
        async |stage| {
            stage.groups("verify-arrived", &[]).await?;
            bring_one(stage, "verify-arrived-spot").await?;
            let seen = stage.output("verify", "arrived").await?;
            expect(&seen, "/status", "arrived")?;
            expect(&seen, "/capacity/in_service", 1)?;
            expect(&seen, "/step/next", "Report")?;
            let outcome = &seen["step"]["events"][0];
            expect(outcome, "/DetailType", "SpotManager Outcome")?;
            expect(outcome, "/Detail/served_by", "spot")?;
            expect(&seen, "/step/then/next", "CapacityArrived")
        },
    );
    suite.test(
        "verify: what others ask for beyond is not waited for",
        async |stage| {
            let parameters = [("InstanceType", "t.others"), ("MaxSize", "2")];
            stage.groups("verify-others", &parameters).await?;
            bring_one(stage, "verify-others-spot").await?;
            stage.no_capacity("t.others", Purchase::Spot);
            ask_for(stage, "verify-others-spot", 2).await?;
            let seen = stage.output("verify", "others-ask-for-more").await?;
            expect(&seen, "/status", "arrived")?;
            expect(&seen, "/capacity/desired_capacity", 2)
        },
    );
    // Both events name a fourth zone, in which no launch can fail: hope remains.
    for (event, stack, status, next) in [
        ("pending", "verify-pending", "pending", "WaitForCapacity"),
        (
            "time-over",
            "verify-time-over",
            "timed_out",
            "StandDownSpot",
        ),
    ] {
        suite.test(&format!("verify: {event}"), async move |stage| {
            stage.groups(stack, &[("InstanceType", "t.slow")]).await?;
            stage.no_capacity("t.slow", Purchase::Spot);
            ask_for(stage, &format!("{stack}-spot"), 1).await?;
            let seen = stage.output("verify", event).await?;
            expect(&seen, "/status", status)?;
            expect(&seen, "/step/next", next)
        });
    }
    suite.test(
        "verify: no capacity when every zone has failed",
        async |stage| {
            let parameters = [("InstanceType", "t.nowhere")];
            stage.groups("verify-no-capacity", &parameters).await?;
            stage.no_capacity("t.nowhere", Purchase::Spot);
            ask_for(stage, "verify-no-capacity-spot", 1).await?;
            let seen = no_longer_pending(stage, "no-capacity").await?;
            expect(&seen, "/status", "no_capacity")?;
            let zones = json!(["us-east-1a", "us-east-1b", "us-east-1c"]);
            expect(&seen, "/failed_availability_zones", zones)?;
            let failure = seen["last_failure"].as_str().unwrap_or_default();
            ensure!(failure.contains("UnfulfillableCapacity"), "{failure}");
            expect(&seen, "/step/next", "StandDownSpot")?;
            expect(&seen, "/step/action/baseline_capacity", 0)?;
            expect(&seen, "/failure/Error", "SpotManager.NoCapacity")?;
            let cause = seen["failure"]["Cause"].as_str().unwrap_or_default();
            ensure!(cause.ends_with(failure), "{cause}");
            Ok(())
        },
    );
    suite.test("verify: the only zone is every zone", async |stage| {
        let parameters = [("InstanceType", "t.nowhere"), ("Zones", "1")];
        stage.groups("verify-only-zone", &parameters).await?;
        stage.no_capacity("t.nowhere", Purchase::Spot);
        ask_for(stage, "verify-only-zone-spot", 1).await?;
        let seen = no_longer_pending(stage, "no-capacity-in-the-only-zone").await?;
        expect(&seen, "/status", "no_capacity")
    });
    suite.test(
        "verify: a group that was scaled in meanwhile",
        async |stage| {
            stage.groups("verify-withdrawn", &[]).await?;
            let seen = stage.output("verify", "withdrawn").await?;
            expect(&seen, "/status", "withdrawn")?;
            expect(&seen, "/step/next", "Report")?;
            expect(&seen, "/step/then/next", "NoLongerNeeded")
        },
    );
    suite.test(
        "verify: there is nothing to look at if nothing was asked for",
        async |stage| {
            // There is no such group.
            let seen = stage.output("verify", "nothing-asked").await?;
            ensure!(seen.get("status").is_none(), "{seen:#}");
            expect(&seen, "/step/next", "StandDownSpot")?;
            expect(&seen, "/failure/Cause", "It is at its MaxSize of 1.")?;
            let dry = stage.output("verify", "dry-run").await?;
            expect(&dry, "/failure/Error", "")?;
            expect(&dry, "/step/next", "Report")?;
            expect(&dry, "/step/then/next", "DryRunEnded")
        },
    );
    suite.test(
        "verify: a scale-up of unknown outcome is tried again unless it took effect",
        async |stage| {
            stage.groups("verify-unknown", &[]).await?;
            let seen = stage.output("verify", "outcome-unknown").await?;
            ensure!(seen.get("status").is_none(), "{seen:#}");
            expect(&seen, "/step/next", "ScaleUp")?;
            expect(&seen, "/step/action/is_first", false)?;
            let late = stage.output("verify", "outcome-unknown-for-long").await?;
            expect(&late, "/step/next", "StandDownSpot")?;
            expect(&late, "/step/failed_in", "ScaleUp")?;
            expect(&late, "/failure/Error", "SpotManager.OutcomeUnknown")?;
            bring_one(stage, "verify-unknown-spot").await?;
            let seen = stage.output("verify", "outcome-unknown").await?;
            expect(&seen, "/status", "arrived")?;
            expect(&seen, "/step/then/next", "CapacityArrived")
        },
    );
    suite.test(
        "verify: the previous release's state machine hears what was seen, and no step",
        async |stage| {
            stage.groups("verify-before", &[]).await?;
            bring_one(stage, "verify-before-spot").await?;
            let seen = stage.output("verify", "previous-release").await?;
            expect(&seen, "/status", "arrived")?;
            expect(&seen, "/waited_seconds", 15)?;
            ensure!(seen.get("step").is_none(), "{seen:#}");
            Ok(())
        },
    );
    for (event, name, parts) in [
        (
            "no-such-group",
            ErrorName::GroupNotFound,
            &[
                "auto_scaling_group_name",
                "verify-nowhere-spot",
                "an Auto Scaling group that exists",
            ],
        ),
        (
            "malformed",
            ErrorName::InvalidInput,
            &["step", "\"none\"", "expected i32"],
        ),
        (
            "step-of-another",
            ErrorName::InvalidInput,
            &["step.next", "Failed", "WaitForCapacity"],
        ),
        (
            "without-execution",
            ErrorName::InvalidInput,
            &["discovery.execution", "absent", "as discover put it out"],
        ),
    ] {
        suite.test(&format!("verify: refuses {event}"), async move |stage| {
            expect_refusal(stage.answer("verify", event).await?, name, parts)
        });
    }
}

async fn no_longer_pending(stage: &Stage, event: &str) -> Result<Value> {
    poll(
        "a verdict on the capacity",
        Duration::from_secs(30),
        async || {
            let seen = stage.output("verify", event).await?;
            Ok((seen["status"] != "pending").then_some(seen))
        },
    )
    .await
}

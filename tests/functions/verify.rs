//! *verify*: arrived, not yet, or never.

use std::time::Duration;

use anyhow::Result;
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
            expect(&seen, "/capacity/in_service", 1)
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
    for (event, stack, status) in [
        ("pending", "verify-pending", "pending"),
        ("time-over", "verify-time-over", "timed_out"),
    ] {
        suite.test(&format!("verify: {event}"), async move |stage| {
            stage.groups(stack, &[("InstanceType", "t.slow")]).await?;
            stage.no_capacity("t.slow", Purchase::Spot);
            ask_for(stage, &format!("{stack}-spot"), 1).await?;
            let seen = stage.output("verify", event).await?;
            expect(&seen, "/status", status)
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
            anyhow::ensure!(failure.contains("UnfulfillableCapacity"), "{failure}");
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
            expect(&seen, "/status", "withdrawn")
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
            &["baseline_capacity", "\"none\"", "expected i32"],
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

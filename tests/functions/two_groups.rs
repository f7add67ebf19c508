//! *verify*: two groups that were asked at once.

use anyhow::ensure;
use serde_json::json;
use spotmanager_fake_aws::Purchase;
use spotmanager_testbed::{Suite, expect, wait_for_size};

use crate::groups::{PATIENCE, ask_for, bring};

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "verify: two groups are looked at, and the one that lacks capacity is waited for",
        async |stage| {
            let (spot, on_demand) = ("verify-two-spot", "verify-two-on-demand");
            let parameters = [("InstanceType", "t.two"), ("MaxSize", "2")];
            stage.groups("verify-two", &parameters).await?;
            stage.no_capacity("t.two", Purchase::OnDemand);
            bring(stage, spot, 2).await?;
            ask_for(stage, on_demand, 1).await?;
            let waits = stage.output("verify", "two-groups").await?;
            expect(&waits, "/market", "on_demand")?;
            expect(&waits, "/step/next", "WaitForCapacity")?;
            expect(&waits, "/step/progress/attempt/market", "on_demand")?;
            expect(&waits, "/step/progress/arrived", 2)?;

            stage.capacity_again("t.two", Purchase::OnDemand);
            wait_for_size(&stage.config, on_demand, 1, PATIENCE).await?;
            let seen = stage.output("verify", "two-groups").await?;
            expect(&seen, "/status", "arrived")?;
            expect(&seen, "/step/next", "Report")?;
            let outcome = &seen["step"]["events"][0]["Detail"];
            expect(outcome, "/result", "capacity_arrived")?;
            expect(outcome, "/served_by", "spot")?;
            // The queue may want more, and the first round began long ago.
            expect(&seen, "/step/then/next", "RoundsEnded")
        },
    );
    suite.test(
        "verify: spot is waited for first, whatever on-demand has",
        async |stage| {
            let parameters = [("InstanceType", "t.two-slow"), ("MaxSize", "2")];
            stage.groups("verify-two-slow", &parameters).await?;
            stage.instances_left("t.two-slow", Purchase::Spot, 1);
            ask_for(stage, "verify-two-slow-spot", 2).await?;
            bring(stage, "verify-two-slow-on-demand", 1).await?;
            let seen = stage.output("verify", "two-groups-slow").await?;
            expect(&seen, "/market", "spot")?;
            expect(&seen, "/step/next", "WaitForCapacity")?;
            expect(&seen, "/step/progress/attempt/market", "spot")?;
            expect(&seen, "/step/progress/in_addition/market", "on_demand")?;
            expect(&seen, "/step/progress/in_addition/waited_seconds", 30)
        },
    );
    suite.test(
        "verify: on-demand is asked again if it is not known to have been asked",
        async |stage| {
            let (spot, on_demand) = ("verify-two-unclear-spot", "verify-two-unclear-on-demand");
            stage
                .groups("verify-two-unclear", &[("MaxSize", "2")])
                .await?;
            bring(stage, spot, 2).await?;
            let again = stage.output("verify", "two-groups-unclear").await?;
            expect(&again, "/step/next", "ScaleUp")?;
            let raise =
                json!({"action": "raise_capacity", "market": "on_demand", "from": 0, "to": 1});
            expect(&again, "/step/action", raise)?;
            bring(stage, on_demand, 1).await?;
            let seen = stage.output("verify", "two-groups-unclear").await?;
            expect(&seen, "/status", "arrived")?;
            expect(&seen, "/market", "on_demand")
        },
    );
    suite.test(
        "verify: on-demand is asked for the rest without a look",
        async |stage| {
            // There are no such groups.
            let seen = stage.output("verify", "on-demand-too").await?;
            ensure!(seen.get("status").is_none(), "{seen:#}");
            expect(&seen, "/step/next", "ScaleUp")?;
            let raise =
                json!({"action": "raise_capacity", "market": "on_demand", "from": 0, "to": 1});
            expect(&seen, "/step/action", raise)
        },
    );
}

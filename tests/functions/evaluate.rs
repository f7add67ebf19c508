//! *evaluate*: prices of fixed times, and the verdict that they make.

use anyhow::ensure;
use serde_json::Value;
use spotmanager_domain::ErrorName;
use spotmanager_fake_aws::Purchase;
use spotmanager_testbed::{Suite, expect, expect_output, expect_refusal};

use crate::{
    groups::bring_one,
    metrics::{metrics, with},
};

/// The window of all events is the hour up to 00:30 of New Year's Day.
const DAYS_BEFORE: &str = "2025-12-28T00:00:00Z";
const HALF_WAY: &str = "2026-01-01T00:00:00Z";

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "evaluate: within the limit is spot, and is counted",
        async |stage| {
            stage.prices(
                "t.within",
                &[
                    ("us-east-1a", DAYS_BEFORE, "0.20"),
                    ("us-east-1a", HALF_WAY, "0.30"),
                    ("us-east-1b", DAYS_BEFORE, "0.40"),
                ],
            )?;
            let invocation = stage.invoke("evaluate", "within-limit", &[]).await?;
            let evaluated = expect_output(invocation.outcome)?;
            expect(&evaluated, "/verdict/choice", "spot")?;
            expect(&evaluated, "/verdict/reason", "SPOT_WITHIN_LIMIT")?;
            expect(&evaluated, "/limit/limit_usd", "0.2975")?;
            expect(&evaluated, "/cheapest/availability_zone", "us-east-1a")?;
            expect(&evaluated, "/cheapest/average_usd", "0.25")?;
            expect(&evaluated, "/window/start", "2025-12-31T23:30:00Z")?;
            expect(&evaluated, "/step/next", "Report")?;
            let decision = &evaluated["step"]["events"][0];
            expect(decision, "/DetailType", "SpotManager Decision")?;
            expect(decision, "/Detail/cheapest/average_usd", "0.25")?;
            let then = &evaluated["step"]["then"];
            expect(then, "/next", "ScaleUp")?;
            expect(then, "/action/market", "spot")?;
            expect(then, "/action/is_first", true)?;
            let metrics = metrics(&invocation.stdout)?;
            let decision = with(&metrics, "Decisions")?;
            expect(decision, "/Reason", "SPOT_WITHIN_LIMIT")?;
            expect(decision, "/Stack", "workers")?;
            expect(
                decision,
                "/_aws/CloudWatchMetrics/0/Namespace",
                "SpotManager",
            )?;
            expect(
                with(&metrics, "SpotPrice")?,
                "/AvailabilityZone",
                "us-east-1a",
            )
        },
    );
    suite.test("evaluate: above the limit is on-demand", async |stage| {
        stage.price("t.above", "0.298")?;
        let evaluated = stage.output("evaluate", "above-limit").await?;
        expect(&evaluated, "/verdict/choice", "on_demand")?;
        expect(&evaluated, "/verdict/reason", "SPOT_ABOVE_LIMIT")?;
        expect(&evaluated, "/step/then/action/market", "on_demand")
    });
    suite.test(
        "evaluate: no price samples is on-demand, in doubt",
        async |stage| {
            let evaluated = stage.output("evaluate", "no-samples").await?;
            expect(&evaluated, "/verdict/choice", "on_demand")?;
            expect(&evaluated, "/verdict/reason", "NO_PRICE_SAMPLES")?;
            expect(&evaluated, "/pools/0/sample_count", 0)
        },
    );
    suite.test(
        "evaluate: a price older than the window holds for all of it",
        async |stage| {
            stage.prices("t.old", &[("us-east-1c", DAYS_BEFORE, "0.11")])?;
            let evaluated = stage
                .output("evaluate", "price-older-than-the-window")
                .await?;
            expect(&evaluated, "/verdict/reason", "SPOT_WITHIN_LIMIT")?;
            expect(&evaluated, "/cheapest/average_usd", "0.11")?;
            expect(&evaluated, "/cheapest/covered_seconds", 3600)
        },
    );
    suite.test(
        "evaluate: prices on two pages are all counted",
        async |stage| {
            stage.local.market().set_page_size(4);
            stage.prices(
                "t.pages",
                &[
                    ("us-east-1a", DAYS_BEFORE, "0.10"),
                    ("us-east-1a", "2025-12-31T23:45:00Z", "0.20"),
                    ("us-east-1a", HALF_WAY, "0.30"),
                    ("us-east-1a", "2026-01-01T00:15:00Z", "0.40"),
                    ("us-east-1b", DAYS_BEFORE, "0.90"),
                    ("us-east-1b", HALF_WAY, "0.80"),
                ],
            )?;
            let evaluated = stage.output("evaluate", "two-pages").await?;
            expect(&evaluated, "/pools/0/sample_count", 4)?;
            expect(&evaluated, "/pools/0/average_usd", "0.25")?;
            expect(&evaluated, "/pools/1/sample_count", 2)
        },
    );
    suite.test(
        "evaluate: a price in a zone without a subnet means nothing",
        async |stage| {
            stage.prices(
                "t.one",
                &[
                    ("us-east-1a", DAYS_BEFORE, "0.01"),
                    ("us-east-1b", DAYS_BEFORE, "0.50"),
                ],
            )?;
            let evaluated = stage.output("evaluate", "one-zone").await?;
            expect(&evaluated, "/verdict/reason", "SPOT_ABOVE_LIMIT")?;
            expect(&evaluated, "/pools/1", Value::Null)
        },
    );
    suite.test(
        "evaluate: a zone in which a launch failed recently is excluded",
        async |stage| {
            let parameters = [("InstanceType", "t.failed")];
            stage.groups("evaluate-failed", &parameters).await?;
            let market = stage.local.market();
            market.set_capacity("t.failed", "us-east-1a", Purchase::Spot, false);
            // The first attempt fails in zone a, the next one succeeds in zone b.
            bring_one(stage, "evaluate-failed-spot").await?;
            stage.prices(
                "t.failed",
                &[
                    ("us-east-1a", DAYS_BEFORE, "0.10"),
                    ("us-east-1b", DAYS_BEFORE, "0.20"),
                ],
            )?;
            let evaluated = stage.output("evaluate", "launch-failed-recently").await?;
            expect(&evaluated, "/verdict/reason", "SPOT_WITHIN_LIMIT")?;
            expect(&evaluated, "/cheapest/availability_zone", "us-east-1b")?;
            let failure = &evaluated["pools"][0]["launch_failure"]["message"];
            let failure = failure.as_str().unwrap_or_default();
            ensure!(failure.contains("UnfulfillableCapacity"), "{evaluated:#}");
            expect(&evaluated, "/pools/1/launch_failure", Value::Null)
        },
    );
    suite.test(
        "evaluate: a zone with a low placement score is excluded",
        async |stage| {
            stage.prices(
                "t.scored",
                &[
                    ("us-east-1a", DAYS_BEFORE, "0.10"),
                    ("us-east-1b", DAYS_BEFORE, "0.20"),
                ],
            )?;
            let market = stage.local.market();
            market.set_placement_score("t.scored", "us-east-1a", 4);
            market.set_placement_score("t.scored", "us-east-1b", 5);
            let evaluated = stage.output("evaluate", "placement-scores").await?;
            expect(&evaluated, "/verdict/reason", "SPOT_WITHIN_LIMIT")?;
            expect(&evaluated, "/cheapest/availability_zone", "us-east-1b")?;
            expect(&evaluated, "/pools/0/placement_score", 4)?;
            expect(&evaluated, "/pools/0/left_out", "placement_score_too_low")
        },
    );
    suite.test(
        "evaluate: scores below the least everywhere mean on-demand",
        async |stage| {
            stage.price("t.unscored", "0.10")?;
            for zone in ["us-east-1a", "us-east-1b", "us-east-1c"] {
                let market = stage.local.market();
                market.set_placement_score("t.unscored", zone, 1);
            }
            let evaluated = stage.output("evaluate", "placement-scores-too-low").await?;
            expect(&evaluated, "/verdict/choice", "on_demand")?;
            expect(&evaluated, "/verdict/reason", "PLACEMENT_SCORE_TOO_LOW")
        },
    );
    suite.test(
        "evaluate: scores that cannot be had leave nothing out",
        async |stage| {
            stage.price("t.refused", "0.10")?;
            stage.local.market().fail_placement_scores("t.refused");
            let evaluated = stage.output("evaluate", "placement-scores-refused").await?;
            expect(&evaluated, "/verdict/reason", "SPOT_WITHIN_LIMIT")?;
            expect(&evaluated, "/pools/0/placement_score", Value::Null)
        },
    );
    suite.test(
        "evaluate: at most a share of the on-demand price, and what it saves",
        async |stage| {
            stage.price("t.share", "0.20")?;
            stage.price("t.share-dear", "0.20")?;
            let market = stage.local.market();
            market.set_on_demand_price("t.share", "0.35".parse()?);
            market.set_on_demand_price("t.share-dear", "0.33".parse()?);
            let evaluated = stage.output("evaluate", "share-of-on-demand").await?;
            expect(&evaluated, "/verdict/reason", "SPOT_WITHIN_LIMIT")?;
            expect(&evaluated, "/saving_usd_per_hour", "0.15")?;
            expect(&evaluated, "/cheapest/on_demand/source", "price_list")?;
            let dear = stage
                .output("evaluate", "share-of-on-demand-exceeded")
                .await?;
            expect(&dear, "/verdict/choice", "on_demand")?;
            expect(&dear, "/verdict/reason", "SPOT_ABOVE_ON_DEMAND_SHARE")
        },
    );
    suite.test(
        "evaluate: many instance types are found in the list of all prices, and the best ones listed",
        async |stage| {
            // The last of all pools: three zones of forty types, the most that a group can have.
            stage.price("t.many-39", "0.20")?;
            let market = stage.local.market();
            market.set_on_demand_price("t.many-39", "0.35".parse()?);
            let evaluated = stage.output("evaluate", "many-types").await?;
            expect(&evaluated, "/verdict/reason", "SPOT_WITHIN_LIMIT")?;
            expect(&evaluated, "/cheapest/instance_type", "t.many-39")?;
            expect(&evaluated, "/cheapest/on_demand/usd", "0.35")?;
            expect(&evaluated, "/cheapest/on_demand/source", "price_list")?;
            expect(&evaluated, "/pools_left_off", 56)?;
            expect(&evaluated, "/pools/0/instance_type", "t.many-00")?;
            expect(&evaluated, "/pools/63/instance_type", "t.many-39")?;
            expect(&evaluated, "/pools/63/average_usd", "0.2")?;
            expect(&evaluated, "/pools/64", Value::Null)
        },
    );
    suite.test(
        "evaluate: without the price list the table tells, and without both it is a doubt",
        async |stage| {
            stage.price("g4dn.12xlarge", "0.20")?;
            stage.price("t.unlisted", "0.20")?;
            let market = stage.local.market();
            market.fail_price_list("g4dn.12xlarge");
            market.fail_price_list("t.unlisted");
            let evaluated = stage.output("evaluate", "share-from-the-table").await?;
            expect(&evaluated, "/verdict/reason", "SPOT_WITHIN_LIMIT")?;
            expect(&evaluated, "/cheapest/on_demand/source", "static_table")?;
            let unknown = stage
                .output("evaluate", "share-of-an-unknown-price")
                .await?;
            expect(&unknown, "/verdict/choice", "on_demand")?;
            expect(&unknown, "/verdict/reason", "ON_DEMAND_PRICE_UNKNOWN")
        },
    );
    suite.test(
        "evaluate: the interrupted pool is excluded",
        async |stage| {
            stage.prices(
                "t.lost",
                &[
                    ("us-east-1a", DAYS_BEFORE, "0.10"),
                    ("us-east-1b", DAYS_BEFORE, "0.20"),
                ],
            )?;
            let evaluated = stage.output("evaluate", "pool-interrupted").await?;
            expect(&evaluated, "/cheapest/availability_zone", "us-east-1b")?;
            expect(&evaluated, "/pools/0/left_out", "interrupted")
        },
    );
    suite.test(
        "evaluate: spot takes over where it is worth it again",
        async |stage| {
            stage.price("t.return-event", "0.20")?;
            let evaluated = stage.output("evaluate", "return-to-spot").await?;
            expect(&evaluated, "/verdict/choice", "spot")
        },
    );
    let nothing = ("nothing", "NothingToDo");
    let on_demand = ("on_demand", "ScaleUp");
    // A group that could not launch is to repeat it itself.
    let spot = ("spot", "WaitForCapacity");
    for (event, (choice, then), reason) in [
        ("another-leads", nothing, "ANOTHER_EXECUTION_LEADS"),
        ("backlog-at-target", nothing, "BACKLOG_AT_TARGET"),
        ("launch-unsuccessful", spot, "SPOT_LAUNCH_FAILED"),
        ("spot-group-full", nothing, "SPOT_GROUP_FULL"),
        ("spot-group-starved", on_demand, "SPOT_GROUP_STARVED"),
        ("both-groups-full", nothing, "BOTH_GROUPS_FULL"),
        ("previous-release", nothing, "SPOT_GROUP_FULL"),
    ] {
        suite.test(&format!("evaluate: {event}"), async move |stage| {
            let evaluated = stage.output("evaluate", event).await?;
            expect(&evaluated, "/verdict/choice", choice)?;
            expect(&evaluated, "/verdict/reason", reason)?;
            expect(&evaluated, "/step/then/next", then)
        });
    }
    suite.test(
        "evaluate: prices that cannot be read fail in a way that a retry mends",
        async |stage| {
            stage.local.market().fail_price_history("t.unreadable");
            expect_refusal(
                stage.answer("evaluate", "prices-cannot-be-read").await?,
                ErrorName::Transient,
                &["ec2:DescribeSpotPriceHistory", "Unavailable"],
            )
        },
    );
    suite.test("evaluate: a malformed event is refused", async |stage| {
        expect_refusal(
            stage.answer("evaluate", "malformed").await?,
            ErrorName::InvalidInput,
            &["discovery.spot_group.maximum_price.usd", "cheap"],
        )
    });
    suite.test(
        "evaluate: an event without an execution is refused",
        async |stage| {
            expect_refusal(
                stage.answer("evaluate", "without-execution").await?,
                ErrorName::InvalidInput,
                &["execution", "discovery.execution", "absent"],
            )
        },
    );
}

//! Launching at once next to others, by the command, and if it is not possible.

use anyhow::{Context, ensure};
use aws_sdk_autoscaling::Client;
use serde_json::json;
use spotmanager_fake_aws::Purchase;
use spotmanager_testbed::{Suite, as_json, expect, group_size};

use super::{Launches, ZONES, scale_ups};
use crate::{command::run, scale_calls::raised_to, sized_pair::rise_twice, workers::expect_last};

pub(super) fn add(suite: &mut Suite) {
    others(suite);
    other_ways(suite);
}

fn others(suite: &mut Suite) {
    suite.test(
        "launches: of two alarms within a second one brings what is wanted",
        async |stage| {
            let launches = Launches::deploy(stage, "li-twice", 4).await?;
            rise_twice(stage, launches.name, &launches.spot_manager).await?;
            launches.expect_sizes(4, 0).await
        },
    );
    suite.test(
        "launches: the command launches as the state machine does",
        async |stage| {
            let launches = Launches::deploy(stage, "li-run", 3).await?;
            launches.left(Purchase::Spot, [1, 0, 0]);
            let arguments = [
                "run",
                "--stack",
                "li-run",
                "--apply",
                "--yes",
                "--verify-interval-seconds",
                "1",
                "--queue-logical-id",
                "queue",
                "--launch-by",
                "launch-instances",
                "--output",
                "json",
            ];
            let ran = run(stage, &arguments)?.expect_code(0)?;
            let document = as_json(&ran.out)?;
            expect(&document, "/outcome/result", "capacity_arrived")?;
            expect(&document, "/outcome/served_by", "spot")?;
            let sizes = [launches.group("spot"), launches.group("on-demand")];
            let spot = group_size(&stage.config, &sizes[0]).await?;
            let on_demand = group_size(&stage.config, &sizes[1]).await?;
            // Ten jobs for each of two instances.
            ensure!(
                (spot.in_service, on_demand.in_service) == (1, 1),
                "{document:#}"
            );
            Ok(())
        },
    );
}

fn other_ways(suite: &mut Suite) {
    suite.test(
        "launches: without the right DesiredCapacity is raised, and the output says why",
        async |stage| {
            let launches = Launches::deploy_with(stage, "li-denied", 3, "automatic").await?;
            let history = launches
                .run(json!({"launch_by": "launch-instances"}))
                .await?;
            expect_last(&history, "NothingToDo")?;
            launches.expect_sizes(3, 0).await?;
            ensure!(raised_to(stage, &launches.group("spot")) == [3]);
            ensure!(scale_ups(&history) == 1, "{:?}", history.states());
            let output = history.output_of("ScaleUp").context("no ScaleUp")?;
            expect(output, "/launched/0/errors/0/code", "AccessDenied")?;
            let sentence = output["sentence"].as_str().unwrap_or_default();
            ensure!(
                sentence.contains("It refuses LaunchInstances"),
                "{sentence}"
            );
            Ok(())
        },
    );
    suite.test(
        "launches: a group that evens out its zones is raised, and the output says why",
        async |stage| {
            let launches = Launches::deploy(stage, "li-evens", 3).await?;
            for market in ["spot", "on-demand"] {
                Client::new(&stage.config)
                    .resume_processes()
                    .auto_scaling_group_name(launches.group(market))
                    .send()
                    .await?;
            }
            let history = launches.run(json!({})).await?;
            launches.expect_calls("spot", &[])?;
            launches.expect_sizes(3, 0).await?;
            let output = history.output_of("ScaleUp").context("no ScaleUp")?;
            expect(output, "/action", "raise_capacity")?;
            let sentence = output["sentence"].as_str().unwrap_or_default();
            ensure!(
                sentence.contains("AZRebalance is not suspended"),
                "{sentence}"
            );
            Ok(())
        },
    );
    suite.test(
        "launches: a dry run launches nothing and says the calls",
        async |stage| {
            let launches = Launches::deploy(stage, "li-dry", 4).await?;
            let history = launches.run(json!({"dry_run": true})).await?;
            expect_last(&history, "DryRunEnded")?;
            launches.expect_calls("spot", &[])?;
            let output = history.output_of("ScaleUp").context("no ScaleUp")?;
            expect(output, "/would_call/Action", "autoscaling:LaunchInstances")?;
            expect(output, "/would_call/Calls/0/RequestedCapacity", 2)?;
            expect(output, "/would_call/Calls/2/AvailabilityZones/0", ZONES[2])?;
            expect(output, "/would_call/Calls/0/RetryStrategy", "none")?;
            launches.expect_sizes(0, 0).await
        },
    );
}

//! LaunchInstances: what launches, where, and what becomes of DesiredCapacity.

use anyhow::ensure;
use aws_sdk_autoscaling::types::{LifecycleState, RetryStrategy};
use spotmanager_fake_aws::{AboveMaxSize, LaunchRules, Purchase};
use spotmanager_testbed::{Suite, wait_for_size};

use crate::launcher::{Launcher, PATIENCE, ZONE, expect_launched, expect_refused, ids};

const NONE_LEFT: &str = "InsufficientInstanceCapacity";
const INVALID: &str = "ValidationError";

pub(crate) fn add(suite: &mut Suite) {
    successes(suite);
    shortages(suite);
    places(suite);
    sizes(suite);
}

fn successes(suite: &mut Suite) {
    suite.test(
        "launch: instances come into the zone that is named, and into service like others",
        async |stage| {
            let launcher = Launcher::of(stage, "li-all", "spot", &[]).await?;
            stage.local.market().set_launch_seconds("t.li-all", 100.0);
            let output = launcher.ask_in_zone(2, "1").send().await?;
            expect_launched(&output, 2, &[])?;
            ensure!(output.auto_scaling_group_name() == Some("li-all-spot"));
            ensure!(output.client_token() == Some("li-all-spot/1"));
            let [collection] = output.instances() else {
                anyhow::bail!("{output:#?}");
            };
            ensure!(
                collection.instance_type() == Some("t.li-all"),
                "{output:#?}"
            );
            ensure!(collection.market_type() == Some("Spot"), "{output:#?}");
            ensure!(collection.availability_zone() == Some(ZONE), "{output:#?}");
            ensure!(
                collection.availability_zone_id() == Some("use1-az2"),
                "{output:#?}"
            );
            let subnet = collection.subnet_id().unwrap_or_default();
            ensure!(subnet.starts_with("subnet-"), "{output:#?}");
            launcher.expect_desired(2).await?;
            let group = launcher.described().await?;
            for instance in group.instances() {
                let id = instance.instance_id().unwrap_or_default();
                ensure!(ids(&output).contains(&id), "{group:#?}");
                ensure!(instance.availability_zone() == Some(ZONE), "{group:#?}");
                let state = instance.lifecycle_state();
                ensure!(state == Some(&LifecycleState::Pending), "{group:#?}");
            }
            ensure!(group.instances().len() == 2, "{group:#?}");
            wait_for_size(&stage.config, &launcher.group, 2, PATIENCE).await?;
            let activities = launcher.activities().await?;
            ensure!(activities.len() == 2, "{activities:#?}");
            Ok(())
        },
    );
}

fn shortages(suite: &mut Suite) {
    suite.test(
        "launch: of a zone that has too few instances all come, and an error",
        async |stage| {
            let launcher = Launcher::on_demand(stage, "li-some").await?;
            let market = stage.local.market();
            market.set_instances_left("t.li-some", ZONE, Purchase::OnDemand, Some(2));
            let output = launcher.ask_in_zone(3, "1").send().await?;
            expect_launched(&output, 2, &[NONE_LEFT])?;
            let error = &output.errors()[0];
            ensure!(error.instance_type() == Some("t.li-some"), "{output:#?}");
            ensure!(error.market_type() == Some("OnDemand"), "{output:#?}");
            ensure!(error.availability_zone() == Some(ZONE), "{output:#?}");
            ensure!(error.error_message().is_some(), "{output:#?}");
            launcher.expect_desired(2).await
        },
    );
    suite.test(
        "launch: without capacity the call succeeds with an error, and nothing changes",
        async |stage| {
            let launcher = Launcher::on_demand(stage, "li-none").await?;
            stage.no_capacity("t.li-none", Purchase::OnDemand);
            let ask = launcher.ask_in_zone(2, "1");
            let output = ask.retry_strategy(RetryStrategy::None).send().await?;
            expect_launched(&output, 0, &[NONE_LEFT])?;
            launcher.expect_desired(0).await?;
            let activities = launcher.activities().await?;
            ensure!(activities.is_empty(), "{activities:#?}");
            Ok(())
        },
    );
    suite.test(
        "launch: the group may go on trying after a failure all the same",
        async |stage| {
            let launcher = Launcher::on_demand(stage, "li-raised").await?;
            launcher.rules(LaunchRules {
                failures_raise_desired: true,
                ..LaunchRules::default()
            });
            stage.no_capacity("t.li-raised", Purchase::OnDemand);
            let output = launcher.ask_in_zone(2, "1").send().await?;
            expect_launched(&output, 0, &[NONE_LEFT])?;
            launcher.expect_desired(2).await?;
            stage.capacity_again("t.li-raised", Purchase::OnDemand);
            wait_for_size(&stage.config, &launcher.group, 2, PATIENCE).await
        },
    );
    suite.test(
        "launch: with the group's configuration the rest comes later, from any zone",
        async |stage| {
            let launcher = Launcher::on_demand(stage, "li-retry").await?;
            let market = stage.local.market();
            market.set_instances_left("t.li-retry", ZONE, Purchase::OnDemand, Some(1));
            let ask = launcher.ask_in_zone(3, "1");
            let ask = ask.retry_strategy(RetryStrategy::RetryWithGroupConfiguration);
            let output = ask.send().await?;
            expect_launched(&output, 1, &[NONE_LEFT])?;
            launcher.expect_desired(3).await?;
            wait_for_size(&stage.config, &launcher.group, 3, PATIENCE).await
        },
    );
    suite.test(
        "launch: a price above the maximum is an error of its own",
        async |stage| {
            let launcher = Launcher::of(stage, "li-dear", "spot", &[]).await?;
            stage.price("t.li-dear", "0.36")?;
            let output = launcher.ask_in_zone(1, "1").send().await?;
            expect_launched(&output, 0, &["SpotMaxPriceTooLow"])
        },
    );
}

fn places(suite: &mut Suite) {
    suite.test(
        "launch: a group in several zones needs one of them, or a subnet of its own",
        async |stage| {
            let launcher = Launcher::on_demand(stage, "li-where").await?;
            let ask = || launcher.ask(1, "refused");
            expect_refused(ask(), INVALID, "is required").await?;
            let both = ask()
                .availability_zones(ZONE)
                .availability_zone_ids("use1-az2");
            expect_refused(both, INVALID, "together").await?;
            let elsewhere = ask().availability_zones("us-east-1f");
            expect_refused(elsewhere, INVALID, "us-east-1f").await?;
            expect_refused(ask().subnet_ids("subnet-0"), INVALID, "subnet-0").await?;
            launcher.expect_desired(0).await?;

            let by_id = launcher.ask(1, "id").availability_zone_ids("use1-az2");
            let by_id = by_id.send().await?;
            let subnet = by_id.instances()[0].subnet_id().unwrap_or_default();
            ensure!(by_id.instances()[0].availability_zone() == Some(ZONE));
            let wrong = ask().availability_zones("us-east-1a").subnet_ids(subnet);
            expect_refused(wrong, INVALID, "us-east-1a and subnet-").await?;
            let by_subnet = launcher.ask_in_zone(1, "subnet").subnet_ids(subnet);
            let by_subnet = by_subnet.send().await?;
            ensure!(by_subnet.instances()[0].subnet_id() == Some(subnet));
            launcher.expect_desired(2).await
        },
    );
    suite.test(
        "launch: a group in one zone needs none named",
        async |stage| {
            let zones = [("Zones", "1")];
            let launcher = Launcher::of(stage, "li-one", "on-demand", &zones).await?;
            let output = launcher.ask(1, "1").send().await?;
            expect_launched(&output, 1, &[])?;
            ensure!(output.instances()[0].availability_zone() == Some(ZONE));
            Ok(())
        },
    );
}

fn sizes(suite: &mut Suite) {
    suite.test(
        "launch: above MaxSize the call is refused, or brings what there is room for",
        async |stage| {
            let launcher = Launcher::on_demand(stage, "li-max").await?;
            expect_launched(&launcher.ask_in_zone(3, "1").send().await?, 3, &[])?;
            expect_refused(launcher.ask_in_zone(3, "2"), INVALID, "above max value 5").await?;
            launcher.expect_desired(3).await?;
            launcher.rules(LaunchRules {
                above_max_size: AboveMaxSize::Capped,
                ..LaunchRules::default()
            });
            expect_launched(&launcher.ask_in_zone(3, "3").send().await?, 2, &[])?;
            launcher.expect_desired(5).await?;
            expect_launched(&launcher.ask_in_zone(3, "4").send().await?, 0, &[])
        },
    );
    suite.test(
        "launch: a call for more than 100 instances is refused",
        async |stage| {
            let sizes = [("MaxSize", "200")];
            let launcher = Launcher::of(stage, "li-most", "on-demand", &sizes).await?;
            let ask = launcher.ask_in_zone(101, "1");
            expect_refused(ask, INVALID, "more than 100 instances").await?;
            expect_launched(&launcher.ask_in_zone(100, "1").send().await?, 100, &[])
        },
    );
}

//! LaunchInstances: which groups can be launched into, and with which types.

use anyhow::{Context, Result, ensure};
use aws_sdk_autoscaling::types::{
    InstancesDistribution, LaunchTemplate, LaunchTemplateOverrides, LaunchTemplateSpecification,
    MixedInstancesPolicy,
};
use spotmanager_fake_aws::Purchase;
use spotmanager_testbed::Suite;

use crate::launcher::{Launcher, ZONE, codes, expect_launched, expect_refused, ids};

const INVALID: &str = "ValidationError";

pub(crate) fn add(suite: &mut Suite) {
    policies(suite);
    others(suite);
}

fn policies(suite: &mut Suite) {
    suite.test(
        "launch: a policy's types take their turns, and count by their weights",
        async |stage| {
            let launcher = Launcher::of(stage, "li-mixed", "spot", &[("MaxSize", "20")]).await?;
            mix(&launcher, 0, 0).await?;
            let market = stage.local.market();
            // The large one costs less by the unit.
            for (instance_type, usd) in [("t.li-mixed-large", "0.4"), ("t.li-mixed-small", "0.2")] {
                stage.price(instance_type, usd)?;
            }
            market.set_instances_left("t.li-mixed-large", ZONE, Purchase::Spot, Some(1));
            let output = launcher.ask_in_zone(6, "1").send().await?;
            let found: Vec<_> = output
                .instances()
                .iter()
                .map(|one| (one.instance_type(), one.instance_ids().len()))
                .collect();
            let expected = [(Some("t.li-mixed-large"), 1), (Some("t.li-mixed-small"), 2)];
            ensure!(found == expected, "{output:#?}");
            ensure!(
                codes(&output) == ["InsufficientInstanceCapacity"],
                "{output:#?}"
            );
            launcher.expect_desired(6).await?;
            let group = launcher.described().await?;
            let weights = group.instances().iter();
            let weights: Vec<_> = weights.filter_map(|one| one.weighted_capacity()).collect();
            ensure!(weights == ["4", "1", "1"], "{group:#?}");

            // The last instance weighs more than what is missing.
            market.set_instances_left("t.li-mixed-large", ZONE, Purchase::Spot, None);
            let output = launcher.ask_in_zone(2, "2").send().await?;
            ensure!(ids(&output).len() == 1, "{output:#?}");
            launcher.expect_desired(8).await
        },
    );
    suite.test(
        "launch: a policy for both markets is refused, one for either is not",
        async |stage| {
            let launcher = Launcher::on_demand(stage, "li-both").await?;
            for (base, percentage) in [(1, 0), (0, 50)] {
                mix(&launcher, base, percentage).await?;
                let ask = launcher.ask_in_zone(1, "1");
                expect_refused(ask, INVALID, "both On-Demand and Spot").await?;
            }
            mix(&launcher, 1, 100).await?;
            let output = launcher.ask_in_zone(1, "1").send().await?;
            let market = output.instances()[0].market_type();
            ensure!(market == Some("OnDemand"), "{output:#?}");
            Ok(())
        },
    );
}

fn others(suite: &mut Suite) {
    suite.test(
        "launch: a group with a launch configuration is refused",
        async |stage| {
            let launcher = Launcher::on_demand(stage, "li-config").await?;
            launcher
                .client
                .create_launch_configuration()
                .launch_configuration_name("li-config")
                .image_id("ami-00000000000000001")
                .instance_type(&launcher.instance_type)
                .send()
                .await?;
            launcher
                .client
                .update_auto_scaling_group()
                .auto_scaling_group_name(&launcher.group)
                .launch_configuration_name("li-config")
                .send()
                .await?;
            expect_refused(launcher.ask_in_zone(1, "1"), INVALID, "launch template").await?;
            launcher.expect_desired(0).await
        },
    );
    suite.test(
        "launch: a group with a warm pool is refused",
        async |stage| {
            let launcher = Launcher::on_demand(stage, "li-warm").await?;
            let put = |group: &str| {
                let pool = launcher.client.put_warm_pool();
                pool.auto_scaling_group_name(group).send()
            };
            put(&launcher.group).await?;
            let group = launcher.described().await?;
            ensure!(group.warm_pool_configuration().is_some(), "{group:#?}");
            let ask = launcher.ask_in_zone(1, "1");
            expect_refused(ask, "UnsupportedOperation", "warm pool").await?;
            launcher.expect_desired(0).await?;
            ensure!(put("li-warm-spot").await.is_err(), "spot has a warm pool");
            ensure!(put("li-warm-none").await.is_err(), "there is no such group");
            Ok(())
        },
    );
    suite.test(
        "launch: a group that is not there is refused",
        async |stage| {
            let launcher = Launcher::on_demand(stage, "li-gone").await?;
            let ask = launcher
                .ask_in_zone(1, "1")
                .auto_scaling_group_name("li-none-there");
            expect_refused(ask, INVALID, "not found").await?;
            let output = launcher.ask_in_zone(1, "1").send().await?;
            expect_launched(&output, 1, &[])
        },
    );
}

/// Gives the group a policy with a large type that weighs 4 and a small one that weighs 1.
async fn mix(launcher: &Launcher<'_>, base: i32, percentage: i32) -> Result<()> {
    let group = launcher.described().await?;
    let template = match group.mixed_instances_policy() {
        Some(policy) => policy
            .launch_template()
            .and_then(|template| template.launch_template_specification()),
        None => group.launch_template(),
    };
    let template = template
        .and_then(|template| template.launch_template_id())
        .context("the group has no launch template")?;
    let specification = LaunchTemplateSpecification::builder()
        .launch_template_id(template)
        .version("$Latest");
    let of_type = |(size, weight)| {
        LaunchTemplateOverrides::builder()
            .instance_type(format!("{}-{size}", launcher.instance_type))
            .weighted_capacity(weight)
            .build()
    };
    let overrides = [("small", "1"), ("large", "4")].map(of_type);
    let policy = MixedInstancesPolicy::builder()
        .launch_template(
            LaunchTemplate::builder()
                .launch_template_specification(specification.build())
                .set_overrides(Some(overrides.into()))
                .build(),
        )
        .instances_distribution(
            InstancesDistribution::builder()
                .on_demand_base_capacity(base)
                .on_demand_percentage_above_base_capacity(percentage)
                .spot_allocation_strategy("price-capacity-optimized")
                .build(),
        );
    launcher
        .client
        .update_auto_scaling_group()
        .auto_scaling_group_name(&launcher.group)
        .mixed_instances_policy(policy.build())
        .send()
        .await?;
    Ok(())
}

//! Workers of several instance types.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use spotmanager_testbed::{GroupSize, Suite, Workers, create_stack, expect, group_size};

use crate::workers::{PATIENCE, expect_decision};

/// Two types, of which spot is cheap for the second alone.
const TYPES: &str = "t.types-dear,t.types-cheap";
/// Where the nested example has subnets.
const ZONES: [&str; 3] = ["us-east-1a", "us-east-1b", "us-east-1c"];
/// One more than the template takes.
const TOO_MANY: &str = "a.1,a.2,a.3,a.4,a.5,a.6,a.7,a.8,a.9,a.10,a.11";

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "instance types: each in each zone is a pool, and the cheapest pool counts",
        async |stage| {
            let spot_manager = stage.deploy("types-sm", "types-workers", &[]).await?;
            let topic = spot_manager.jobs_topic_arn()?;
            let parameters = [("InstanceType", TYPES)];
            let (config, checkout) = (&stage.config, &stage.checkout);
            let workers =
                Workers::deploy(config, checkout, "types-workers", topic, &parameters).await?;
            stage.price("t.types-dear", "0.30")?;
            stage.price("t.types-cheap", "0.20")?;
            let executions = &spot_manager.executions;
            let history = executions.answer_to_job(&workers.queue, PATIENCE).await?;
            expect_decision(&history, "SPOT_WITHIN_LIMIT")?;

            let discovered = history.output_of("Discover").context("no Discover")?;
            let types: Vec<_> = TYPES.split(',').collect();
            for group in ["spot_group", "on_demand_group"] {
                let pointer = format!("/{group}/instance_types");
                expect(discovered, &pointer, json!(types))?;
                // Without weights sizes and prices go by the instance.
                for none in ["weighted_capacities", "launch_problem"] {
                    let found = discovered[group].get(none);
                    ensure!(found.is_none(), "{group} has {none}: {found:?}");
                }
            }
            let price = &discovered["spot_group"]["maximum_price"];
            expect(price, "/usd", "0.35")?;
            expect(price, "/source", "mixed_instances_policy")?;
            expect(discovered, "/on_demand_group/maximum_price", Value::Null)?;

            let evaluated = history.output_of("Evaluate").context("no Evaluate")?;
            let of_type = |one| ZONES.map(|zone| (one, zone));
            let expected = TYPES.split(',').flat_map(of_type).collect();
            ensure!(pools(evaluated) == expected, "{evaluated:#}");
            expect(evaluated, "/cheapest/instance_type", "t.types-cheap")?;
            let size = group_size(config, &workers.spot_group).await?;
            ensure!(size == GroupSize::settled(1), "{size:?}");
            Ok(())
        },
    );
    suite.test(
        "instance types: more than the template takes are refused",
        async |stage| {
            let template = stage.checkout.read("infra/workers.yaml")?;
            let parameters = [
                ("Subnets", "subnet-1"),
                ("JobsTopicArn", "arn:aws:sns:us-east-1:000000000000:types"),
                ("InstanceType", TOO_MANY),
            ];
            let created = create_stack(&stage.config, "types-many", &template, &parameters).await;
            let refused = created.err().context("the stack was created")?;
            let message = format!("{refused:#}");
            ensure!(
                message.contains("must be one to ten instance types"),
                "{message}"
            );
            Ok(())
        },
    );
}

/// The pools whose prices were asked for: instance type and zone.
fn pools(evaluated: &Value) -> BTreeSet<(&str, &str)> {
    let listed = evaluated["pools"].as_array().into_iter().flatten();
    listed
        .filter_map(|pool| {
            let instance_type = pool["instance_type"].as_str()?;
            Some((instance_type, pool["availability_zone"].as_str()?))
        })
        .collect()
}

//! *discover*: groups as they are found, and what is not as it should be.

use crate::groups::bring_one;
use anyhow::{Result, ensure};
use aws_sdk_autoscaling::{
    Client,
    types::{
        InstanceRequirements, InstancesDistribution, LaunchTemplate, LaunchTemplateOverrides,
        LaunchTemplateSpecification, MemoryMiBRequest, MixedInstancesPolicy, VCpuCountRequest,
    },
};
use serde_json::json;
use spotmanager_domain::ErrorName;
use spotmanager_testbed::{Stage, Suite, expect, expect_refusal};

pub(crate) fn add(suite: &mut Suite) {
    good_paths(suite);
    nesting(suite);
    refusals(suite);
}

fn good_paths(suite: &mut Suite) {
    suite.test(
        "discover: price and type of a launch template",
        async |stage| {
            stage.groups("discover-template", &[]).await?;
            let found = stage.output("discover", "launch-template").await?;
            expect(
                &found,
                "/spot_group/auto_scaling_group_name",
                "discover-template-spot",
            )?;
            expect(&found, "/spot_group/maximum_price/usd", "0.35")?;
            expect(
                &found,
                "/spot_group/maximum_price/source",
                "launch_template",
            )?;
            expect(&found, "/spot_group/instance_types", json!(["g4dn.xlarge"]))?;
            let zones = json!(["us-east-1a", "us-east-1b", "us-east-1c"]);
            expect(&found, "/spot_group/availability_zones", zones)?;
            expect(&found, "/spot_group/scale_up_policy/scaling_adjustment", 1)?;
            expect(&found, "/spot_group/capacity/max_size", 1)?;
            expect(&found, "/on_demand_group/logical_id", "asgGPU")?;
            expect(&found, "/on_demand_group/maximum_price", json!(null))?;
            expect(&found, "/settings/safety_margin_percent", "15")
        },
    );
    suite.test("discover: the queue, where one is named", async |stage| {
        stage.groups("discover-queue", &[]).await?;
        let found = stage.output("discover", "queue").await?;
        expect(&found, "/queue/logical_id", "queue")?;
        expect(&found, "/queue/visible_messages", 0)?;
        expect(&found, "/if_evaluation_fails/choice", "on_demand")?;
        expect(&found, "/if_evaluation_fails/reason", "EVALUATION_FAILED")?;
        expect(&found, "/purpose", "scale_up")
    });
    suite.test(
        "discover: a return to spot asks for no scale-down policy",
        async |stage| {
            stage.groups("discover-return", &[]).await?;
            bring_one(stage, "discover-return-on-demand").await?;
            let found = stage
                .output("discover", "return-without-scale-down")
                .await?;
            expect(&found, "/purpose", "return_to_spot")?;
            expect(&found, "/on_demand_group/capacity/in_service", 1)?;
            expect(&found, "/if_evaluation_fails/choice", "nothing")
        },
    );
    suite.test(
        "discover: price and type of a launch configuration",
        async |stage| {
            stage.groups("discover-configuration", &[]).await?;
            let client = Client::new(&stage.config);
            client
                .create_launch_configuration()
                .launch_configuration_name("workers-2016")
                .image_id("ami-00000000000000001")
                .instance_type("p2.xlarge")
                .spot_price("0.42")
                .send()
                .await?;
            client
                .update_auto_scaling_group()
                .auto_scaling_group_name("discover-configuration-spot")
                .launch_configuration_name("workers-2016")
                .send()
                .await?;
            let found = stage.output("discover", "launch-configuration").await?;
            expect(&found, "/spot_group/maximum_price/usd", "0.42")?;
            expect(
                &found,
                "/spot_group/maximum_price/source",
                "launch_configuration",
            )?;
            expect(&found, "/spot_group/instance_types", json!(["p2.xlarge"]))
        },
    );
    suite.test(
        "discover: price and types of a mixed instances policy",
        async |stage| {
            let stack = stage.groups("discover-mixed", &[]).await?;
            let of_type = |(name, units)| {
                LaunchTemplateOverrides::builder()
                    .instance_type(name)
                    .weighted_capacity(units)
                    .build()
            };
            let overrides = [("g5.xlarge", "2"), ("g4dn.xlarge", "1")].map(of_type);
            mix(stage, "discover-mixed-spot", &stack.name, overrides).await?;
            let found = stage.output("discover", "mixed-instances-policy").await?;
            expect(&found, "/spot_group/maximum_price/usd", "0.5")?;
            expect(
                &found,
                "/spot_group/maximum_price/source",
                "mixed_instances_policy",
            )?;
            let types = json!(["g5.xlarge", "g4dn.xlarge"]);
            expect(&found, "/spot_group/instance_types", types)?;
            let units = json!({"g4dn.xlarge": 1, "g5.xlarge": 2});
            expect(&found, "/spot_group/weighted_capacities", units)
        },
    );
    suite.test(
        "discover: instance requirements are a doubt of the spot group, and none of the other",
        async |stage| {
            let stack = stage.groups("discover-requirements", &[]).await?;
            for group in [
                "discover-requirements-spot",
                "discover-requirements-on-demand",
            ] {
                let requirements = InstanceRequirements::builder()
                    .v_cpu_count(VCpuCountRequest::builder().min(4).build())
                    .memory_mib(MemoryMiBRequest::builder().min(16_384).build())
                    .build();
                let by_attributes = LaunchTemplateOverrides::builder()
                    .instance_requirements(requirements)
                    .build();
                mix(stage, group, &stack.name, [by_attributes]).await?;
            }
            let found = stage.output("discover", "instance-requirements").await?;
            let problem = found["spot_group"]["launch_problem"].as_str();
            let problem = problem.unwrap_or_default();
            ensure!(problem.contains("InstanceRequirements"), "{found:#}");
            ensure!(problem.contains("SpotType"), "{found:#}");
            expect(&found, "/spot_group/instance_types", json!([]))?;
            expect(&found, "/on_demand_group/instance_types", json!([]))?;
            // The policy is of spot: nothing else is said of this group.
            let problem = found["on_demand_group"]["launch_problem"].as_str();
            let problem = problem.unwrap_or_default();
            ensure!(
                problem.contains("OnDemandPercentageAboveBaseCapacity is 0; it should be 100"),
                "{found:#}"
            );
            Ok(())
        },
    );
    suite.test(
        "discover: tags come before what the group launches with",
        async |stage| {
            let tags = [("SpotPriceTag", "0.20"), ("SpotTypeTag", "p3.2xlarge")];
            stage.groups("discover-tags", &tags).await?;
            let found = stage.output("discover", "tags").await?;
            expect(&found, "/spot_group/maximum_price/usd", "0.20")?;
            expect(&found, "/spot_group/maximum_price/source", "tag")?;
            expect(&found, "/spot_group/instance_types", json!(["p3.2xlarge"]))
        },
    );
    suite.test(
        "discover: a tag that is no price is a doubt, which is told",
        async |stage| {
            stage
                .groups("discover-bad-tag", &[("SpotPriceTag", "cheap")])
                .await?;
            let found = stage.output("discover", "tag-that-is-no-price").await?;
            let problem = found["spot_group"]["launch_problem"]
                .as_str()
                .unwrap_or_default();
            for part in ["tag SpotPrice", "\"cheap\"", "a price above 0"] {
                ensure!(problem.contains(part), "no {part:?} in {problem:?}");
            }
            expect(&found, "/spot_group/maximum_price", json!(null))
        },
    );
    suite.test(
        "discover: a spot group that buys on-demand is a doubt, which is told",
        async |stage| {
            stage.groups("discover-swapped", &[]).await?;
            let found = stage.output("discover", "groups-swapped").await?;
            let problem = found["spot_group"]["launch_problem"]
                .as_str()
                .unwrap_or_default();
            ensure!(
                problem.contains("so that it buys on-demand; it should be spot"),
                "{problem:?}"
            );
            let problem = found["on_demand_group"]["launch_problem"]
                .as_str()
                .unwrap_or_default();
            ensure!(
                problem.contains("is spot; an on-demand group's should be missing"),
                "{problem:?}"
            );
            Ok(())
        },
    );
    suite.test(
        "discover: the execution's own price comes before all",
        async |stage| {
            stage
                .groups("discover-price", &[("SpotPriceTag", "0.20")])
                .await?;
            let found = stage.output("discover", "price-of-this-execution").await?;
            expect(&found, "/spot_group/maximum_price/usd", "0.10")?;
            expect(
                &found,
                "/spot_group/maximum_price/source",
                "execution_input",
            )?;
            expect(&found, "/settings/safety_margin_percent", "20")
        },
    );
    suite.test(
        "discover: what comes next, and the decision in doubt if it fails",
        async |stage| {
            stage.groups("discover-context", &[]).await?;
            let found = stage.output("discover", "from-the-state-machine").await?;
            expect(&found, "/execution/name", "farm")?;
            expect(&found, "/execution/started_at", "2026-01-01T00:10:00Z")?;
            expect(&found, "/execution/round", 2)?;
            expect(&found, "/execution/origin/looks", 4)?;
            expect(&found, "/step/next", "Evaluate")?;
            let in_doubt = &found["step"]["if_fails"];
            expect(in_doubt, "/next", "Report")?;
            // Only the state machine knows what failed.
            expect(in_doubt, "/failed_in", "Evaluate")?;
            expect(in_doubt, "/events/0/DetailType", "SpotManager Decision")?;
            let verdict = &found["if_evaluation_fails"];
            for field in ["choice", "reason", "sentence"] {
                let path = format!("/events/0/Detail/{field}");
                expect(in_doubt, &path, verdict[field].clone())?;
            }
            expect(verdict, "/reason", "EVALUATION_FAILED")?;
            expect(in_doubt, "/then/next", "ScaleUp")?;
            expect(in_doubt, "/then/action/market", "on_demand")
        },
    );
    suite.test("discover: one zone only", async |stage| {
        stage.groups("discover-one-zone", &[("Zones", "1")]).await?;
        let found = stage.output("discover", "one-zone").await?;
        expect(
            &found,
            "/spot_group/availability_zones",
            json!(["us-east-1b"]),
        )
    });
}

fn nesting(suite: &mut Suite) {
    for (event, stack) in [
        ("nested", "discover-nested"),
        ("nested-by-path", "discover-nested-path"),
    ] {
        suite.test(
            &format!("discover: two stacks deep, {event}"),
            async move |stage| {
                stage.nested_groups(stack).await?;
                let found = stage.output("discover", event).await?;
                expect(
                    &found,
                    "/spot_group/logical_id",
                    "stackInner/stackInner/asgGPUSpot",
                )?;
                expect(
                    &found,
                    "/on_demand_group/logical_id",
                    "stackInner/stackInner/asgGPU",
                )
            },
        );
    }
}

fn refusals(suite: &mut Suite) {
    use ErrorName as E;
    for (event, stack, name, parts) in [
        (
            "no-such-stack",
            None,
            E::StackNotFound,
            &["stack_name", "discover-nowhere", "a CloudFormation stack"][..],
        ),
        (
            "stack-name-that-is-none",
            None,
            E::InvalidInput,
            &["stack_name", "9 farms", "letters, digits and hyphens"],
        ),
        (
            "no-such-resource",
            Some("discover-no-resource"),
            E::ResourceNotFound,
            &["spot_group_logical_id", "asgGPUSpt", "asgGPU, asgGPUSpot"],
        ),
        (
            "resource-of-another-type",
            Some("discover-wrong-type"),
            E::WrongResourceType,
            &[
                "spot_group_logical_id",
                "AWS::SQS::Queue",
                "AWS::AutoScaling::AutoScalingGroup",
            ],
        ),
        (
            "one-group-twice",
            None,
            E::InvalidInput,
            &["on_demand_group_logical_id", "asgGPU", "another group"],
        ),
        (
            "setting-out-of-range",
            None,
            E::InvalidInput,
            &["safety_margin_percent", "150", "from 0 to 99"],
        ),
        (
            "setting-misspelt",
            None,
            E::InvalidInput,
            &[
                "input.settings",
                "safety_margin_procent",
                "safety_margin_percent",
            ],
        ),
        (
            "malformed",
            None,
            E::InvalidInput,
            &["input.stack_name", "17", "expected a string"],
        ),
        (
            "without-execution",
            None,
            E::InvalidInput,
            &["context", "execution", "absent"],
        ),
    ] {
        suite.test(&format!("discover: refuses {event}"), async move |stage| {
            if let Some(stack) = stack {
                stage.groups(stack, &[]).await?;
            }
            expect_refusal(stage.answer("discover", event).await?, name, parts)
        });
    }
    for (event, stack, policies, name, parts) in [
        (
            "policy-missing",
            "discover-policy-missing",
            "missing",
            E::PolicyNotFound,
            &[
                "\"ScaleUp\"",
                "discover-policy-missing-spot",
                "which has none",
            ][..],
        ),
        (
            "policy-on-other-group",
            "discover-policy-on-other",
            "on-other",
            E::PolicyOnOtherGroup,
            &[
                "secondOnDemandScaleUp",
                "discover-policy-on-other-on-demand",
                "discover-policy-on-other-spot, which has none",
            ],
        ),
        (
            "two-policies",
            "discover-two-policies",
            "two",
            E::AmbiguousPolicy,
            &[
                "secondSpotScaleUp",
                "spotScaleUp",
                "discover-two-policies-spot",
                "it should name one",
            ],
        ),
    ] {
        suite.test(&format!("discover: refuses {event}"), async move |stage| {
            stage.groups(stack, &[("Policies", policies)]).await?;
            expect_refusal(stage.answer("discover", event).await?, name, parts)
        });
    }
}

/// Gives the group a mixed instances policy of spot over its own launch template.
async fn mix(
    stage: &Stage,
    group: &str,
    stack: &str,
    overrides: impl IntoIterator<Item = LaunchTemplateOverrides>,
) -> Result<()> {
    let client = Client::new(&stage.config);
    let described = client
        .describe_auto_scaling_groups()
        .auto_scaling_group_names(group)
        .send()
        .await?;
    let template = described
        .auto_scaling_groups()
        .first()
        .and_then(|group| group.launch_template()?.launch_template_id())
        .ok_or_else(|| anyhow::anyhow!("{stack} has no group with a launch template"))?;
    let specification = LaunchTemplateSpecification::builder()
        .launch_template_id(template)
        .version("$Latest")
        .build();
    let policy = LaunchTemplate::builder()
        .launch_template_specification(specification)
        .set_overrides(Some(overrides.into_iter().collect()));
    client
        .update_auto_scaling_group()
        .auto_scaling_group_name(group)
        .mixed_instances_policy(
            MixedInstancesPolicy::builder()
                .launch_template(policy.build())
                .instances_distribution(
                    InstancesDistribution::builder()
                        .on_demand_percentage_above_base_capacity(0)
                        .spot_max_price("0.5")
                        .build(),
                )
                .build(),
        )
        .send()
        .await?;
    Ok(())
}

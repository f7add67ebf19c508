//! The example's workers, worked out for each number of instance types.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::cloudformation::{self, Resolver};

/// As many as `InstanceType` takes.
const TYPES: [&str; 10] = [
    "g4dn.xlarge",
    "g4dn.2xlarge",
    "g5.xlarge",
    "g5.2xlarge",
    "g6.xlarge",
    "g6.2xlarge",
    "gr6.4xlarge",
    "g6e.xlarge",
    "u-3tb1.56xlarge",
    "c7gn.metal",
];

#[test]
fn both_groups_launch_each_instance_type_each_in_its_own_market() -> Result<()> {
    let template = read("infra/workers.yaml")?;
    for number in 1..=TYPES.len() {
        let types = &TYPES[..number];
        for (group, distribution) in [
            (
                "asgGPUSpot",
                json!({
                    "OnDemandBaseCapacity": 0,
                    "OnDemandPercentageAboveBaseCapacity": 0,
                    "SpotAllocationStrategy": "price-capacity-optimized",
                    "SpotMaxPrice": "0.35",
                }),
            ),
            (
                "asgGPU",
                json!({
                    "OnDemandPercentageAboveBaseCapacity": 100,
                    "OnDemandAllocationStrategy": "lowest-price",
                }),
            ),
        ] {
            let overrides: Vec<_> = types
                .iter()
                .map(|one| json!({"InstanceType": one}))
                .collect();
            let expected = json!({
                "InstancesDistribution": distribution,
                "LaunchTemplate": {
                    "LaunchTemplateSpecification": {
                        "LaunchTemplateId": "${templateGPU}",
                        "Version": "${templateGPU.LatestVersionNumber}",
                    },
                    "Overrides": overrides,
                },
            });
            let group = properties(&template, group, &types.join(","))?;
            assert_eq!(group["MixedInstancesPolicy"], expected, "{types:?}");
            // Auto Scaling takes one of them: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
            ensure!(group.get("LaunchTemplate").is_none(), "{group:#}");
        }
        let template = properties(&template, "templateGPU", &types.join(","))?;
        let data = &template["LaunchTemplateData"];
        ensure!(data.get("InstanceMarketOptions").is_none(), "{data:#}");
    }
    Ok(())
}

#[test]
fn the_nested_template_hands_the_instance_types_on() -> Result<()> {
    let template = read("infra/workers-nested.yaml")?;
    let parameters = &template["Resources"]["stackGPU"]["Properties"]["Parameters"];
    assert_eq!(parameters["InstanceType"], json!({"Ref": "InstanceType"}));
    Ok(())
}

fn read(file: &str) -> Result<Value> {
    let templates = cloudformation::read(&[file])?;
    let template = templates.into_iter().next();
    template.context("cfn-lint read no template")
}

/// The properties of a resource under the defaults and these instance types. A resource that another
/// refers to is written as `${logicalId}`.
fn properties(template: &Value, resource: &str, types: &str) -> Result<Value> {
    let named = |name: &str| {
        let default = &template["Parameters"][name]["Default"];
        Ok(match (name, default.as_str()) {
            ("InstanceType", _) => types.to_owned(),
            (_, Some(default)) => default.to_owned(),
            _ => format!("${{{name}}}"),
        })
    };
    let resolver = Resolver { template, named };
    let properties = &template["Resources"][resource]["Properties"];
    let resolved = resolver.resolve(properties)?;
    resolved.with_context(|| format!("{resource} has no properties"))
}

//! What a group launches with: instance type, purchase and maximum price.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::{AutoScaling, VERSION, group::Definition, numbered};
use crate::{
    LocalAwsError, Purchase,
    emulator::EC2_VERSION,
    front::{
        request::Request,
        xml::{
            AutoScalingGroup, DescribeLaunchTemplateVersionsResponse, InstanceRequirements,
            InstancesDistribution, LaunchTemplate, LaunchTemplateData, LaunchTemplateSpecification,
            Least, Members, MixedInstancesPolicy, Override,
        },
    },
};

pub(super) struct Launch {
    instance_type: String,
    purchase: Purchase,
    maximum_price: Option<Decimal>,
}

impl Launch {
    pub(super) fn definition(
        self,
        group: &AutoScalingGroup,
        places: Vec<(String, String)>,
    ) -> Definition {
        Definition {
            name: group.auto_scaling_group_name.clone(),
            min_size: group.min_size,
            max_size: group.max_size,
            places,
            instance_type: self.instance_type,
            purchase: self.purchase,
            maximum_price: self.maximum_price,
        }
    }
}

#[derive(Deserialize)]
struct DescribeLaunchConfigurationsResponse {
    #[serde(rename = "DescribeLaunchConfigurationsResult")]
    result: DescribeLaunchConfigurationsResult,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeLaunchConfigurationsResult {
    launch_configurations: Members<LaunchConfiguration>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct LaunchConfiguration {
    pub(super) launch_configuration_name: String,
    #[serde(rename = "LaunchConfigurationARN")]
    arn: String,
    image_id: String,
    instance_type: String,
    created_time: String,
}

impl LaunchConfiguration {
    /// As DescribeLaunchConfigurations shows it.
    pub(super) fn write(&self, spot_price: Option<&str>) -> String {
        let price = spot_price
            .map(|price| format!("<SpotPrice>{price}</SpotPrice>"))
            .unwrap_or_default();
        format!(
            "<member><LaunchConfigurationName>{}</LaunchConfigurationName>\
             <LaunchConfigurationARN>{}</LaunchConfigurationARN><ImageId>{}</ImageId>\
             <InstanceType>{}</InstanceType>{price}<CreatedTime>{}</CreatedTime></member>",
            self.launch_configuration_name,
            self.arn,
            self.image_id,
            self.instance_type,
            self.created_time
        )
    }
}

impl AutoScaling {
    pub(super) async fn launch(
        &self,
        group: &AutoScalingGroup,
        spot_prices: &HashMap<String, String>,
    ) -> Result<Launch, LocalAwsError> {
        if let Some(policy) = &group.mixed_instances_policy {
            let template = &policy.launch_template;
            let data = self
                .template(&template.launch_template_specification)
                .await?;
            let first = template.overrides.member.first();
            let is_spot = policy
                .instances_distribution
                .on_demand_percentage_above_base_capacity
                == 0;
            return Ok(Launch {
                // There is no catalogue of instance types to choose from by attributes.
                instance_type: first
                    .and_then(|entry| entry.instance_type.clone())
                    .or(data.instance_type)
                    .unwrap_or_default(),
                purchase: if is_spot {
                    Purchase::Spot
                } else {
                    Purchase::OnDemand
                },
                maximum_price: policy
                    .instances_distribution
                    .spot_max_price
                    .as_deref()
                    .and_then(|price| price.parse().ok()),
            });
        }
        if let Some(template) = &group.launch_template {
            let data = self.template(template).await?;
            let market = data.instance_market_options.unwrap_or_default();
            return Ok(Launch {
                instance_type: data.instance_type.unwrap_or_default(),
                purchase: if market.market_type == "spot" {
                    Purchase::Spot
                } else {
                    Purchase::OnDemand
                },
                maximum_price: market
                    .spot_options
                    .and_then(|options| options.max_price)
                    .and_then(|price| price.parse().ok()),
            });
        }
        let name = &group.launch_configuration_name;
        let configuration = self
            .launch_configurations(std::slice::from_ref(name))
            .await?
            .pop();
        let price = spot_prices.get(name);
        Ok(Launch {
            instance_type: configuration
                .map(|configuration| configuration.instance_type)
                .unwrap_or_default(),
            purchase: if price.is_some() {
                Purchase::Spot
            } else {
                Purchase::OnDemand
            },
            maximum_price: price.and_then(|price| price.parse().ok()),
        })
    }

    async fn template(
        &self,
        template: &LaunchTemplateSpecification,
    ) -> Result<LaunchTemplateData, LocalAwsError> {
        let version = match template.version.as_str() {
            "" => "$Default",
            version => version,
        };
        let parameters = [
            (
                "LaunchTemplateId".to_owned(),
                template.launch_template_id.clone(),
            ),
            ("LaunchTemplateVersion.1".to_owned(), version.to_owned()),
        ];
        let reply: DescribeLaunchTemplateVersionsResponse = self
            .emulator
            .query(
                "ec2",
                "DescribeLaunchTemplateVersions",
                EC2_VERSION,
                &parameters,
            )
            .await?;
        let mut versions = reply.launch_template_version_set.item;
        Ok(versions
            .pop()
            .map(|version| version.launch_template_data)
            .unwrap_or_default())
    }

    pub(super) async fn launch_configurations(
        &self,
        names: &[String],
    ) -> Result<Vec<LaunchConfiguration>, LocalAwsError> {
        let reply: DescribeLaunchConfigurationsResponse = self
            .emulator
            .query(
                "autoscaling",
                "DescribeLaunchConfigurations",
                VERSION,
                &numbered("LaunchConfigurationNames.member", names),
            )
            .await?;
        Ok(reply.result.launch_configurations.member)
    }
}

/// The mixed instances policy of an update, which the emulator would drop.
pub(super) fn mixed_instances_policy(request: &Request) -> Option<MixedInstancesPolicy> {
    let specification = "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification";
    let overrides = "MixedInstancesPolicy.LaunchTemplate.Overrides.member";
    let distribution = "MixedInstancesPolicy.InstancesDistribution";
    let get = |path: String| request.get(&path).map(str::to_owned);
    Some(MixedInstancesPolicy {
        launch_template: LaunchTemplate {
            launch_template_specification: LaunchTemplateSpecification {
                launch_template_id: get(format!("{specification}.LaunchTemplateId"))?,
                launch_template_name: String::new(),
                version: get(format!("{specification}.Version")).unwrap_or_default(),
            },
            overrides: Members {
                member: (1..)
                    .map_while(|index| override_at(request, &format!("{overrides}.{index}")))
                    .collect(),
            },
        },
        instances_distribution: InstancesDistribution {
            // Auto Scaling's default is on-demand only.
            on_demand_percentage_above_base_capacity: get(format!(
                "{distribution}.OnDemandPercentageAboveBaseCapacity"
            ))
            .and_then(|percent| percent.parse().ok())
            .unwrap_or(100),
            spot_max_price: get(format!("{distribution}.SpotMaxPrice")),
        },
    })
}

/// The launch template that an update names by its id.
pub(super) fn launch_template(request: &Request) -> Option<LaunchTemplateSpecification> {
    let get = |name: &str| request.get(&format!("LaunchTemplate.{name}"));
    Some(LaunchTemplateSpecification {
        launch_template_id: get("LaunchTemplateId")?.to_owned(),
        launch_template_name: String::new(),
        version: get("Version").unwrap_or_default().to_owned(),
    })
}

/// Changes what an update names of a policy, and leaves the rest as it was.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_MixedInstancesPolicy.html>.
pub(super) fn redistribute(policy: &mut MixedInstancesPolicy, request: &Request) {
    let percentage =
        "MixedInstancesPolicy.InstancesDistribution.OnDemandPercentageAboveBaseCapacity";
    if let Some(percentage) = request.get(percentage).and_then(|text| text.parse().ok()) {
        policy
            .instances_distribution
            .on_demand_percentage_above_base_capacity = percentage;
    }
}

/// The override under this key; an instance type or requirements it must have.
fn override_at(request: &Request, key: &str) -> Option<Override> {
    let get = |name: &str| request.get(&format!("{key}.{name}")).map(str::to_owned);
    let least = |attribute| {
        let min = get(&format!("InstanceRequirements.{attribute}.Min"))?;
        Some(Least { min })
    };
    let instance_requirements = least("VCpuCount").zip(least("MemoryMiB"));
    let instance_type = get("InstanceType");
    (instance_type.is_some() || instance_requirements.is_some()).then(|| Override {
        instance_type,
        instance_requirements: instance_requirements.map(|(vcpu_count, memory_mib)| {
            InstanceRequirements {
                vcpu_count,
                memory_mib,
            }
        }),
        weighted_capacity: get("WeightedCapacity"),
    })
}

//! What a group launches with: instance types, purchase and maximum price.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    AutoScaling, VERSION,
    group::{Allocation, Definition, Kind, Place},
    numbered,
};
use crate::{
    LocalAwsError, Purchase,
    emulator::EC2_VERSION,
    front::xml::{
        AutoScalingGroup, DescribeLaunchTemplateVersionsResponse, LaunchTemplateData,
        LaunchTemplateSpecification, Members, MixedInstancesPolicy,
    },
};

pub(super) struct Launch {
    kinds: Vec<Kind>,
    allocation: Allocation,
    purchase: Purchase,
    maximum_price: Option<Decimal>,
}

impl Launch {
    fn of_one(
        instance_type: Option<String>,
        purchase: Purchase,
        maximum_price: Option<&str>,
    ) -> Self {
        let instance_type = instance_type.unwrap_or_default();
        Self {
            kinds: vec![Kind {
                instance_type,
                weight: None,
            }],
            allocation: Allocation::InOrder,
            purchase,
            maximum_price: maximum_price.and_then(|price| price.parse().ok()),
        }
    }

    pub(super) fn definition(self, group: &AutoScalingGroup, places: Vec<Place>) -> Definition {
        Definition {
            name: group.auto_scaling_group_name.clone(),
            min_size: group.min_size,
            max_size: group.max_size,
            places,
            kinds: self.kinds,
            allocation: self.allocation,
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
            let specification = &policy.launch_template.launch_template_specification;
            let data = self.template(specification).await?;
            return Ok(of_policy(policy, data.instance_type));
        }
        if let Some(template) = &group.launch_template {
            let data = self.template(template).await?;
            let market = data.instance_market_options.unwrap_or_default();
            let purchase = match market.market_type.as_str() {
                "spot" => Purchase::Spot,
                _ => Purchase::OnDemand,
            };
            let price = market.spot_options.and_then(|options| options.max_price);
            return Ok(Launch::of_one(
                data.instance_type,
                purchase,
                price.as_deref(),
            ));
        }
        let name = &group.launch_configuration_name;
        let configuration = self
            .launch_configurations(std::slice::from_ref(name))
            .await?
            .pop();
        let price = spot_prices.get(name).map(String::as_str);
        let purchase = match price {
            Some(_) => Purchase::Spot,
            None => Purchase::OnDemand,
        };
        let instance_type = configuration.map(|configuration| configuration.instance_type);
        Ok(Launch::of_one(instance_type, purchase, price))
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

/// What a policy launches, of a template that may name a type.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html>.
fn of_policy(policy: &MixedInstancesPolicy, instance_type: Option<String>) -> Launch {
    let distribution = &policy.instances_distribution;
    let (purchase, strategy) = if distribution.on_demand_percentage_above_base_capacity == 0 {
        (Purchase::Spot, &distribution.spot_allocation_strategy)
    } else {
        (
            Purchase::OnDemand,
            &distribution.on_demand_allocation_strategy,
        )
    };
    // Without a strategy spot is bought at the lowest price, on-demand in the order of the overrides.
    let allocation = match (strategy.as_deref(), purchase) {
        (Some("lowest-price" | "price-capacity-optimized"), _) | (None, Purchase::Spot) => {
            Allocation::ByPrice
        }
        _ => Allocation::InOrder,
    };
    let price = distribution.spot_max_price.as_deref();
    let launch = Launch::of_one(instance_type, purchase, price);
    // There is no catalogue of instance types to choose from by attributes.
    let overrides = policy.launch_template.overrides.member.iter();
    let kinds: Vec<_> = overrides
        .filter_map(|entry| {
            let weight = entry.weighted_capacity.as_deref();
            Some(Kind {
                instance_type: entry.instance_type.clone()?,
                weight: weight.and_then(|units| units.parse().ok()),
            })
        })
        .collect();
    Launch {
        kinds: if kinds.is_empty() {
            launch.kinds
        } else {
            kinds
        },
        allocation,
        ..launch
    }
}

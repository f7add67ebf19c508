//! What a group launches with, as it stands in a launch template, a launch configuration or a mixed
//! instances policy.

use std::collections::BTreeMap;

use spotmanager_aws::{AwsError, LaunchSettings, auto_scaling, launch_templates};
use spotmanager_domain::{
    Market, PriceSource,
    resources::{AutoScalingGroup, LaunchSource, LaunchTemplate},
};

use crate::workers::Clients;

/// What stands in the launch template, launch configuration or mixed instances policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) label: String,
    pub(crate) kind: Kind,
    pub(crate) is_spot: bool,
    pub(crate) instance_types: Vec<String>,
    /// Whether Auto Scaling chooses instance types by their attributes.
    pub(crate) has_instance_requirements: bool,
    pub(crate) weighted_capacities: BTreeMap<String, u32>,
    pub(crate) price: Option<(String, PriceSource)>,
}

/// How a group says what it launches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    #[default]
    Nothing,
    /// What is named does not exist.
    Gone,
    Template(LaunchTemplate),
    Configuration,
    MixedInstances {
        /// Instances that are always on-demand.
        on_demand_base: i32,
        /// The percentage of the others that are on-demand.
        on_demand_percentage: i32,
    },
}

impl Source {
    pub(crate) fn market(&self) -> Market {
        if self.is_spot {
            Market::Spot
        } else {
            Market::OnDemand
        }
    }

    /// Adds what a template says of instance types.
    fn add(&mut self, settings: Option<LaunchSettings>) {
        match settings {
            Some(settings) => {
                self.instance_types.extend(settings.instance_type);
                self.has_instance_requirements |= settings.has_instance_requirements;
            }
            None => self.kind = Kind::Gone,
        }
    }
}

/// Reads it.
///
/// # Errors
/// [`AwsError`] when a call fails.
pub(crate) async fn read(clients: &Clients, group: &AutoScalingGroup) -> Result<Source, AwsError> {
    match &group.launch_source {
        None => Ok(Source {
            label: "nothing".to_owned(),
            ..Source::default()
        }),
        Some(LaunchSource::LaunchConfiguration(name)) => {
            let settings =
                auto_scaling::describe_launch_configuration(&clients.auto_scaling, name).await?;
            let label = format!("launch configuration {name}");
            let kind = Kind::Configuration;
            Ok(single(
                label,
                kind,
                settings,
                PriceSource::LaunchConfiguration,
            ))
        }
        Some(LaunchSource::LaunchTemplate(template)) => {
            let settings = describe(clients, template).await?;
            Ok(single(
                label(template),
                Kind::Template(template.clone()),
                settings,
                PriceSource::LaunchTemplate,
            ))
        }
        Some(LaunchSource::MixedInstancesPolicy {
            launch_template,
            overrides,
            spot_max_price,
            on_demand_base,
            on_demand_percentage,
        }) => {
            let mut source = Source {
                label: format!("a mixed instances policy over {}", label(launch_template)),
                kind: Kind::MixedInstances {
                    on_demand_base: *on_demand_base,
                    on_demand_percentage: *on_demand_percentage,
                },
                is_spot: *on_demand_base == 0 && *on_demand_percentage == 0,
                weighted_capacities: overrides
                    .iter()
                    .filter_map(|entry| {
                        Some((entry.instance_type.clone()?, entry.weighted_capacity?))
                    })
                    .collect(),
                price: spot_max_price
                    .clone()
                    .filter(|price| !price.trim().is_empty())
                    .map(|price| (price, PriceSource::MixedInstancesPolicy)),
                ..Source::default()
            };
            // A policy without overrides launches what its template says.
            if overrides.is_empty() {
                source.add(describe(clients, launch_template).await?);
            }
            for entry in overrides {
                if let Some(name) = &entry.instance_type {
                    source.instance_types.push(name.clone());
                } else if entry.has_instance_requirements {
                    source.has_instance_requirements = true;
                } else {
                    let template = entry.launch_template.as_ref().unwrap_or(launch_template);
                    source.add(describe(clients, template).await?);
                }
            }
            Ok(source)
        }
    }
}

fn single(
    label: String,
    kind: Kind,
    settings: Option<LaunchSettings>,
    price_source: PriceSource,
) -> Source {
    let Some(settings) = settings else {
        return Source {
            label,
            kind: Kind::Gone,
            ..Source::default()
        };
    };
    Source {
        label,
        kind,
        is_spot: settings.is_spot,
        instance_types: settings.instance_type.into_iter().collect(),
        has_instance_requirements: settings.has_instance_requirements,
        price: settings
            .maximum_price
            .filter(|price| !price.trim().is_empty())
            .map(|price| (price, price_source)),
        ..Source::default()
    }
}

async fn describe(
    clients: &Clients,
    template: &LaunchTemplate,
) -> Result<Option<LaunchSettings>, AwsError> {
    launch_templates::describe_version(&clients.ec2, &template.id, &template.version).await
}

fn label(template: &LaunchTemplate) -> String {
    format!(
        "launch template {} version {}",
        template.id, template.version
    )
}

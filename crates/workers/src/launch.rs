//! What a group launches: its instance types, and the most that it pays for spot.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use spotmanager_aws::{
    AwsError, LaunchSettings,
    auto_scaling::{self, AutoScalingGroup, LaunchSource, LaunchTemplate},
    launch_templates,
};
use spotmanager_decision::{
    Market, MaximumPrice, PriceSource, decimal, price::HIGHEST_CREDIBLE_PRICE,
};

use crate::Clients;

/// What a group launches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Launch {
    /// The instance types, in the group's own order.
    pub instance_types: Vec<String>,
    /// The units of capacity of the types that the group weighs.
    pub weighted_capacities: BTreeMap<String, u32>,
    /// The most that it pays for spot.
    pub maximum_price: Option<MaximumPrice>,
    /// What of it cannot be read.
    pub problem: Option<String>,
}

/// What stands in the launch template, launch configuration or mixed instances policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Source {
    label: String,
    is_spot: bool,
    instance_types: Vec<String>,
    /// Whether Auto Scaling chooses instance types by their attributes.
    has_instance_requirements: bool,
    weighted_capacities: BTreeMap<String, u32>,
    price: Option<(String, PriceSource)>,
}

impl Source {
    fn market(&self) -> Market {
        if self.is_spot {
            Market::Spot
        } else {
            Market::OnDemand
        }
    }

    /// Adds what a template says of instance types, where it exists.
    fn add(&mut self, settings: Option<LaunchSettings>) {
        if let Some(settings) = settings {
            self.instance_types.extend(settings.instance_type);
            self.has_instance_requirements |= settings.has_instance_requirements;
        }
    }
}

/// What the group buys, as it stands in what it launches with.
///
/// # Errors
/// [`AwsError`] when a call fails.
pub async fn market(clients: &Clients, group: &AutoScalingGroup) -> Result<Market, AwsError> {
    Ok(read(clients, group).await?.market())
}

/// Reads what the on-demand group launches; its price is EC2's.
///
/// # Errors
/// [`AwsError`] when a call fails.
pub async fn of_on_demand_group(
    clients: &Clients,
    group: &AutoScalingGroup,
) -> Result<Launch, AwsError> {
    let source = read(clients, group).await?;
    // No price is asked for its types, so that Auto Scaling may choose them.
    let problem = no_instance_type(group, &source, &source.instance_types)
        .filter(|_| !source.has_instance_requirements)
        .or_else(|| wrong_market(group, &source, Market::OnDemand));
    Ok(Launch {
        instance_types: source.instance_types,
        weighted_capacities: source.weighted_capacities,
        maximum_price: None,
        problem,
    })
}

/// Reads what the spot group launches. The execution's own price comes before the group's tags,
/// and these before what the group launches with.
///
/// # Errors
/// [`AwsError`] when a call fails.
pub async fn of_spot_group(
    clients: &Clients,
    group: &AutoScalingGroup,
    execution_price: Option<Decimal>,
) -> Result<Launch, AwsError> {
    Ok(resolve(group, read(clients, group).await?, execution_price))
}

fn resolve(group: &AutoScalingGroup, source: Source, execution_price: Option<Decimal>) -> Launch {
    let tag = |key: &str| {
        group
            .tags
            .get(key)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    };
    let instance_types = match tag("SpotType") {
        Some(types) => types
            .split(',')
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect(),
        None => source.instance_types.clone(),
    };
    let price = match (execution_price, tag("SpotPrice")) {
        (Some(usd), _) => Ok(Some(MaximumPrice {
            usd,
            source: PriceSource::ExecutionInput,
            found_in: "settings.maximum_spot_price_usd".to_owned(),
        })),
        (None, Some(text)) => parse(text, PriceSource::Tag, "tag SpotPrice", group).map(Some),
        (None, None) => match &source.price {
            Some((text, kind)) => parse(text, *kind, &source.label, group).map(Some),
            None => Ok(None),
        },
    };
    let (maximum_price, price_problem) = match price {
        Ok(price) => (price, None),
        Err(problem) => (None, Some(problem)),
    };
    Launch {
        problem: price_problem
            .or_else(|| no_instance_type(group, &source, &instance_types))
            .or_else(|| wrong_market(group, &source, Market::Spot)),
        instance_types,
        weighted_capacities: source.weighted_capacities.clone(),
        maximum_price,
    }
}

fn parse(
    text: &str,
    source: PriceSource,
    found_in: &str,
    group: &AutoScalingGroup,
) -> Result<MaximumPrice, String> {
    decimal::read(text.trim())
        .filter(|usd| *usd > Decimal::ZERO && *usd <= HIGHEST_CREDIBLE_PRICE)
        .map(|usd| MaximumPrice {
            usd,
            source,
            found_in: found_in.to_owned(),
        })
        .ok_or_else(|| {
            format!(
                "the maximum price of {} is {text:?} in {found_in}; it should be a price above 0 in USD per instance-hour",
                group.name
            )
        })
}

fn no_instance_type(
    group: &AutoScalingGroup,
    source: &Source,
    instance_types: &[String],
) -> Option<String> {
    let (why, mend) = if source.has_instance_requirements {
        (
            "which has InstanceRequirements and so names no instance type",
            "the tag SpotType should name those whose prices count",
        )
    } else {
        (
            "which names no instance type",
            "it should name one, or the tag SpotType should",
        )
    };
    instance_types.is_empty().then(|| {
        format!(
            "{} launches with {}, {why}; {mend}",
            group.name, source.label
        )
    })
}

/// A group that buys otherwise than it is meant to makes every price comparison void.
fn wrong_market(group: &AutoScalingGroup, source: &Source, meant: Market) -> Option<String> {
    let buys = source.market();
    (buys != meant).then(|| {
        format!(
            "{} launches with {}, which buys {buys}; it should buy {meant}",
            group.name, source.label
        )
    })
}

async fn read(clients: &Clients, group: &AutoScalingGroup) -> Result<Source, AwsError> {
    match &group.launch_source {
        None => Ok(Source {
            label: "nothing".to_owned(),
            ..Source::default()
        }),
        Some(LaunchSource::LaunchConfiguration(name)) => {
            let settings =
                auto_scaling::describe_launch_configuration(&clients.auto_scaling, name).await?;
            let label = format!("launch configuration {name}");
            Ok(single(label, settings, PriceSource::LaunchConfiguration))
        }
        Some(LaunchSource::LaunchTemplate(template)) => {
            let settings = describe(clients, template).await?;
            Ok(single(
                label(template),
                settings,
                PriceSource::LaunchTemplate,
            ))
        }
        Some(LaunchSource::MixedInstancesPolicy {
            launch_template,
            overrides,
            is_spot,
            spot_max_price,
        }) => {
            let mut source = Source {
                label: format!("a mixed instances policy over {}", label(launch_template)),
                is_spot: *is_spot,
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

fn single(label: String, settings: Option<LaunchSettings>, kind: PriceSource) -> Source {
    let Some(settings) = settings else {
        return Source {
            label: format!("{label}, which does not exist"),
            ..Source::default()
        };
    };
    Source {
        label,
        is_spot: settings.is_spot,
        instance_types: settings.instance_type.into_iter().collect(),
        has_instance_requirements: settings.has_instance_requirements,
        price: settings
            .maximum_price
            .filter(|price| !price.trim().is_empty())
            .map(|price| (price, kind)),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn launch(tags: &[(&str, &str)], price: Option<&str>, execution: Option<&str>) -> Launch {
        let group = AutoScalingGroup {
            name: "workers".into(),
            capacity: spotmanager_decision::Capacity {
                min_size: 0,
                max_size: 1,
                desired_capacity: 0,
                in_service: 0,
                pending: 0,
            },
            in_service: BTreeMap::new(),
            default_cooldown_seconds: 300,
            suspended_processes: Vec::new(),
            launch_source: None,
            subnet_ids: vec![],
            availability_zones: vec![],
            tags: tags
                .iter()
                .map(|(key, value)| ((*key).into(), (*value).into()))
                .collect(),
        };
        let source = Source {
            label: "launch template lt-1 version 1".into(),
            is_spot: true,
            instance_types: vec!["g4dn.xlarge".into()],
            price: price.map(|price| (price.into(), PriceSource::LaunchTemplate)),
            ..Source::default()
        };
        let execution = execution.map(|price| price.parse().unwrap());
        resolve(&group, source, execution)
    }

    #[test]
    fn the_execution_comes_before_the_tag_and_the_tag_before_the_template() {
        let tags = [("SpotPrice", "0.4")];
        let source = |launch: Launch| launch.maximum_price.map(|price| price.source);
        let all = launch(&tags, Some("0.3"), Some("0.5"));
        assert_eq!(source(all), Some(PriceSource::ExecutionInput));
        let tagged = launch(&tags, Some("0.3"), None);
        assert_eq!(source(tagged), Some(PriceSource::Tag));
        let bare = launch(&[], Some("0.3"), None);
        assert_eq!(source(bare), Some(PriceSource::LaunchTemplate));
        assert_eq!(source(launch(&[], None, None)), None);
    }

    #[test]
    fn the_tag_may_name_several_types() {
        let tags = [("SpotType", "p3.2xlarge, g5.xlarge")];
        let launch = launch(&tags, None, None);
        assert_eq!(launch.instance_types, ["p3.2xlarge", "g5.xlarge"]);
        assert_eq!(launch.problem, None);
    }

    #[test]
    fn what_is_no_price_is_a_problem_that_names_it() {
        for price in ["cheap", "-1", "0", "1e9"] {
            let launch = launch(&[("SpotPrice", price)], Some("0.3"), None);
            assert_eq!(launch.maximum_price, None, "{price}");
            let problem = launch.problem.unwrap();
            assert!(problem.contains("tag SpotPrice"), "{problem}");
            assert!(problem.contains(price), "{problem}");
        }
    }

    #[test]
    fn no_instance_type_is_a_problem() {
        let launch = launch(&[("SpotType", ",")], None, None);
        let problem = launch.problem.unwrap();
        assert!(problem.contains("lt-1 version 1"), "{problem}");
    }
}

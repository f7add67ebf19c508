//! What a group launches: its instance types, and the most that it pays for spot.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use spotmanager_aws::{AwsError, auto_scaling::AutoScalingGroup};
use spotmanager_decision::{
    Market, MaximumPrice, PriceSource, decimal, price::HIGHEST_CREDIBLE_PRICE,
};

use crate::{
    Clients, LaunchProblem,
    source::{Source, read},
    usable::{missing, no_instance_type, wrong_market},
};

/// What a group launches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Launch {
    /// The instance types, in the group's own order.
    pub instance_types: Vec<String>,
    /// The units of capacity of the types that the group weighs.
    pub weighted_capacities: BTreeMap<String, u32>,
    /// The most that it pays for spot.
    pub maximum_price: Option<MaximumPrice>,
    /// What of it cannot be used.
    pub problem: Option<LaunchProblem>,
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
    let problem = missing(group, &source)
        .or_else(|| {
            no_instance_type(group, &source, &source.instance_types)
                .filter(|_| !source.has_instance_requirements)
        })
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
        problem: missing(group, &source)
            .or(price_problem)
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
) -> Result<MaximumPrice, LaunchProblem> {
    decimal::read(text.trim())
        .filter(|usd| *usd > Decimal::ZERO && *usd <= HIGHEST_CREDIBLE_PRICE)
        .map(|usd| MaximumPrice {
            usd,
            source,
            found_in: found_in.to_owned(),
        })
        .ok_or_else(|| LaunchProblem::Price {
            group: group.name.clone(),
            found: text.to_owned(),
            found_in: found_in.to_owned(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{group, template};

    fn launch(tags: &[(&str, &str)], price: Option<&str>, execution: Option<&str>) -> Launch {
        let group = group(tags);
        let source = Source {
            label: "launch template lt-1 version 1".into(),
            kind: template(),
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
            let problem = launch.problem.unwrap().to_string();
            assert!(problem.contains("tag SpotPrice"), "{problem}");
            assert!(problem.contains(price), "{problem}");
        }
    }

    #[test]
    fn no_instance_type_is_a_problem() {
        let launch = launch(&[("SpotType", ",")], None, None);
        let problem = launch.problem.unwrap().to_string();
        assert!(problem.contains("lt-1 version 1"), "{problem}");
    }
}

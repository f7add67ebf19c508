//! What a group launches: its instance types, and the most that it pays for spot.

use rust_decimal::Decimal;
use spotmanager_aws::AwsError;
use spotmanager_domain::{
    Market, MaximumPrice, PriceSource, Settings, decimal,
    price::HIGHEST_CREDIBLE_PRICE,
    resources::{AutoScalingGroup, Launch, LaunchProblem},
};

use crate::workers::{
    Clients,
    source::{Source, read},
    usable::{missing, no_instance_type, wrong_market},
};

/// Reads what a group launches that is meant to buy in this market.
///
/// # Errors
/// [`AwsError`] when a call fails.
pub async fn launch_of(
    clients: &Clients,
    market: Market,
    group: &AutoScalingGroup,
    settings: &Settings,
) -> Result<Launch, AwsError> {
    let source = read(clients, group).await?;
    Ok(launch(market, group, source, settings))
}

/// Reads in which market a group buys, and what it launches there.
///
/// # Errors
/// [`AwsError`] when a call fails.
pub(crate) async fn market_and_launch(
    clients: &Clients,
    group: &AutoScalingGroup,
    settings: &Settings,
) -> Result<(Market, Launch), AwsError> {
    let source = read(clients, group).await?;
    let market = source.market();
    Ok((market, launch(market, group, source, settings)))
}

fn launch(market: Market, group: &AutoScalingGroup, source: Source, settings: &Settings) -> Launch {
    match market {
        Market::Spot => resolve(group, source, settings.maximum_spot_price_usd),
        Market::OnDemand => on_demand(group, source),
    }
}

/// What the on-demand group launches; its price is EC2's.
fn on_demand(group: &AutoScalingGroup, source: Source) -> Launch {
    // No price is asked for its types, so that Auto Scaling may choose them.
    let problem = missing(group, &source)
        .or_else(|| {
            no_instance_type(group, &source, &source.instance_types)
                .filter(|_| !source.has_instance_requirements)
        })
        .or_else(|| wrong_market(group, &source, Market::OnDemand));
    Launch {
        instance_types: source.instance_types,
        weighted_capacities: source.weighted_capacities,
        maximum_price: None,
        problem,
    }
}

/// What the spot group launches. The execution's own price comes before the group's tags, and these
/// before what the group launches with.
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
            source_kind: source,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workers::testing::{group, template};

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

//! Whether a group can launch as it is meant to by what it launches with.

use spotmanager_domain::{
    Market,
    resources::{AutoScalingGroup, LaunchProblem},
};

use crate::workers::source::{Kind, Source};

/// A launch source that is not named, or is gone: nothing else is worth saying of it.
pub(crate) fn missing(group: &AutoScalingGroup, source: &Source) -> Option<LaunchProblem> {
    let group = group.name.clone();
    match source.kind {
        Kind::Nothing => Some(LaunchProblem::Nothing { group }),
        Kind::Gone => Some(LaunchProblem::Gone {
            group,
            source_label: source.label.clone(),
        }),
        _ => None,
    }
}

/// No instance type whose price could be asked for.
pub(crate) fn no_instance_type(
    group: &AutoScalingGroup,
    source: &Source,
    instance_types: &[String],
) -> Option<LaunchProblem> {
    if !instance_types.is_empty() {
        return None;
    }
    let (group, source_label) = (group.name.clone(), source.label.clone());
    Some(if source.has_instance_requirements {
        LaunchProblem::ByAttributes {
            group,
            source_label,
        }
    } else {
        LaunchProblem::NoInstanceType {
            group,
            source_label,
        }
    })
}

/// A group that buys otherwise than it is meant to makes every price comparison void.
pub(crate) fn wrong_market(
    group: &AutoScalingGroup,
    source: &Source,
    meant: Market,
) -> Option<LaunchProblem> {
    let (group, source_label) = (group.name.clone(), source.label.clone());
    if let Kind::MixedInstances {
        on_demand_base,
        on_demand_percentage,
    } = source.kind
    {
        return share(on_demand_base, on_demand_percentage, meant).map(
            |(field, found, expected)| LaunchProblem::Share {
                group,
                source_label,
                field,
                found,
                expected,
            },
        );
    }
    if source.market() == meant {
        return None;
    }
    Some(match (&source.kind, meant) {
        (Kind::Configuration, Market::Spot) => LaunchProblem::NoSpotPrice {
            group,
            source_label,
        },
        (Kind::Configuration, Market::OnDemand) => LaunchProblem::SpotPrice {
            group,
            source_label,
            found: source
                .price
                .clone()
                .map_or_else(String::new, |(text, _)| text),
        },
        (Kind::Template(template), Market::Spot) => LaunchProblem::NoMarketOptions {
            group,
            source_label,
            template_id: template.id.clone(),
            version: template.version.clone(),
        },
        _ => LaunchProblem::MarketOptions {
            group,
            source_label,
        },
    })
}

/// The field of an instances distribution that lets a group buy in the other market.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html>.
fn share(base: i32, percentage: i32, meant: Market) -> Option<(&'static str, i32, i32)> {
    const BASE: &str = "OnDemandBaseCapacity";
    const PERCENTAGE: &str = "OnDemandPercentageAboveBaseCapacity";
    match meant {
        Market::Spot if percentage != 0 => Some((PERCENTAGE, percentage, 0)),
        Market::Spot if base != 0 => Some((BASE, base, 0)),
        Market::OnDemand if percentage != 100 => Some((PERCENTAGE, percentage, 100)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workers::testing::{group, template};

    fn problem_of(source: Source) -> String {
        let source = Source {
            label: "source".into(),
            ..source
        };
        let group = group(&[]);
        let types = &source.instance_types;
        let problem = missing(&group, &source)
            .or_else(|| no_instance_type(&group, &source, types))
            .or_else(|| wrong_market(&group, &source, Market::Spot));
        problem.map_or_else(String::new, |problem| problem.to_string())
    }

    #[test]
    fn each_cause_names_the_field_what_it_is_and_what_it_should_be() {
        let typed = |kind, is_spot| Source {
            kind,
            is_spot,
            instance_types: vec!["g4dn.xlarge".into()],
            ..Source::default()
        };
        let mixed = |on_demand_base, on_demand_percentage| {
            let kind = Kind::MixedInstances {
                on_demand_base,
                on_demand_percentage,
            };
            typed(kind, false)
        };
        let by_attributes = Source {
            kind: template(),
            has_instance_requirements: true,
            ..Source::default()
        };
        for (source, expected) in [
            (
                mixed(0, 20),
                "workers launches with source, whose OnDemandPercentageAboveBaseCapacity is 20; it should be 0",
            ),
            (
                mixed(2, 0),
                "workers launches with source, whose OnDemandBaseCapacity is 2; it should be 0",
            ),
            (mixed(0, 0), ""),
            (
                Source::default(),
                "workers names no launch template, launch configuration or mixed instances policy; it should name a launch template",
            ),
            (
                typed(Kind::Gone, false),
                "workers launches with source, which does not exist; it should name one that does",
            ),
            (
                typed(template(), false),
                "MarketType in InstanceMarketOptions of source, with which workers launches, is missing, so that it buys on-demand; it should be spot",
            ),
            (
                typed(Kind::Configuration, false),
                "SpotPrice of source, with which workers launches, is missing, so that it buys on-demand; it should be the most that it may pay, in USD per instance-hour",
            ),
            (
                by_attributes,
                "workers launches with source, which has InstanceRequirements and so names no instance type; the tag SpotType should name those whose prices count",
            ),
        ] {
            assert_eq!(problem_of(source), expected);
        }
    }

    #[test]
    fn an_on_demand_group_may_not_buy_spot() {
        let group = group(&[]);
        let problem = |kind, is_spot| {
            let source = Source {
                label: "source".into(),
                kind,
                is_spot,
                ..Source::default()
            };
            wrong_market(&group, &source, Market::OnDemand).map(|problem| problem.to_string())
        };
        let mixed = |on_demand_percentage| Kind::MixedInstances {
            on_demand_base: 0,
            on_demand_percentage,
        };
        assert_eq!(problem(mixed(100), false), None);
        let part = problem(mixed(60), false).unwrap();
        assert!(
            part.ends_with("OnDemandPercentageAboveBaseCapacity is 60; it should be 100"),
            "{part}"
        );
        assert_eq!(problem(template(), false), None);
        let spot = problem(template(), true).unwrap();
        assert!(spot.contains("should be missing"), "{spot}");
    }
}

//! Which two groups of a stack are the pair.

use spotmanager_discover::workers::NamedResource;
use spotmanager_domain::{
    Market, SettingError,
    resources::{LaunchProblem, StackGroup},
};

use super::{assumption::Assumption, read::Stack};

/// The pair; a group is absent where the command line names one that Auto Scaling does not know.
#[derive(Debug)]
pub(super) struct Pair<'a> {
    pub(super) spot: Assumption,
    pub(super) on_demand: Assumption,
    pub(super) spot_group: Option<&'a StackGroup>,
    pub(super) on_demand_group: Option<&'a StackGroup>,
}

/// The groups that the command line names, and otherwise the only ones that buy in their market.
///
/// # Errors
/// [`SettingError`] if none or several do: it lists them, and names the option.
pub(super) fn choose(stack: &Stack) -> Result<Pair<'_>, SettingError> {
    let (named_spot, named_on_demand) = (&stack.named_spot, &stack.named_on_demand);
    let spot = of_market(stack, Market::Spot, named_spot, named_on_demand)?;
    let on_demand = of_market(stack, Market::OnDemand, named_on_demand, named_spot)?;
    Ok(Pair {
        spot: spot.0,
        on_demand: on_demand.0,
        spot_group: spot.1,
        on_demand_group: on_demand.1,
    })
}

fn of_market<'a>(
    stack: &'a Stack,
    market: Market,
    named: &Option<NamedResource>,
    other: &Option<NamedResource>,
) -> Result<(Assumption, Option<&'a StackGroup>), SettingError> {
    let (parameter, option) = match market {
        Market::Spot => ("SpotGroupLogicalId", "--spot-group-logical-id"),
        Market::OnDemand => ("OnDemandGroupLogicalId", "--on-demand-group-logical-id"),
    };
    if let Some(found) = named {
        let group = stack
            .groups
            .iter()
            .find(|group| group.facts.name == found.physical_id);
        return Ok((Assumption::given(parameter, &found.path), group));
    }
    let is_other = |group: &StackGroup| {
        other
            .as_ref()
            .is_some_and(|other| other.physical_id == group.facts.name)
    };
    let candidates: Vec<_> = stack
        .groups
        .iter()
        .filter(|group| group.market == market && launches_nothing(group).is_none())
        .filter(|group| !is_other(group))
        .collect();
    match candidates[..] {
        [group] => {
            let because = format!("the only group of the stack that buys {market}");
            let chosen = Assumption::found(parameter, &group.logical_id, because);
            Ok((chosen, Some(group)))
        }
        [] => Err(SettingError::new(
            option,
            "missing",
            format!(
                "the logical id of a group that buys {market}; the stack has {}",
                listed(stack)
            ),
        )),
        ref several => {
            let paths: Vec<_> = several
                .iter()
                .map(|group| group.logical_id.as_str())
                .collect();
            Err(SettingError::new(
                option,
                "missing",
                format!("one of {}, which all buy {market}", paths.join(", ")),
            ))
        }
    }
}

/// Why a group launches nothing in either market, as without its launch template. What buys spot
/// launches something.
fn launches_nothing(group: &StackGroup) -> Option<&LaunchProblem> {
    let problem = group.launch.problem.as_ref();
    problem.filter(|_| group.market == Market::OnDemand)
}

fn listed(stack: &Stack) -> String {
    if stack.groups.is_empty() {
        return "no Auto Scaling group".to_owned();
    }
    let groups = stack
        .groups
        .iter()
        .map(|group| match launches_nothing(group) {
            None => format!("{}, which buys {}", group.logical_id, group.market),
            Some(why) => format!("{}, which launches nothing: {why}", group.logical_id),
        });
    groups.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::testing::{group, stack};

    #[test]
    fn the_only_group_of_each_market_is_taken() {
        let stack = stack(&[("gpu/asgSpot", Market::Spot), ("gpu/asg", Market::OnDemand)]);
        let pair = choose(&stack).unwrap();
        assert_eq!(pair.spot.value, "gpu/asgSpot");
        assert_eq!(pair.on_demand.value, "gpu/asg");
        assert_eq!(
            pair.on_demand_group,
            Some(&group("gpu/asg", Market::OnDemand))
        );
    }

    #[test]
    fn several_are_listed_and_one_that_is_named_is_taken() {
        let groups = [
            ("asg1", Market::OnDemand),
            ("asg2", Market::OnDemand),
            ("asgSpot", Market::Spot),
        ];
        let mut stack = stack(&groups);
        let refused = choose(&stack).unwrap_err().to_string();
        for part in ["--on-demand-group-logical-id", "asg1, asg2"] {
            assert!(refused.contains(part), "{part} in {refused}");
        }
        stack.named_on_demand = Some(NamedResource {
            field: "on_demand_group_logical_id",
            path: "asg2".into(),
            physical_id: "asg2-id".into(),
        });
        assert_eq!(choose(&stack).unwrap().on_demand.value, "asg2");
    }

    #[test]
    fn where_no_group_buys_so_the_others_are_told() {
        for (groups, told) in [
            (
                &[("asg", Market::OnDemand)][..],
                "asg, which buys on-demand",
            ),
            (&[], "no Auto Scaling group"),
        ] {
            let refused = choose(&stack(groups)).unwrap_err().to_string();
            assert!(refused.contains(told), "{told} in {refused}");
        }
    }

    #[test]
    fn a_group_that_launches_nothing_is_in_no_market_and_says_why() {
        let groups = [("asg", Market::OnDemand), ("asgSpot", Market::OnDemand)];
        let mut stack = stack(&groups);
        stack.groups[1].launch.problem = Some(LaunchProblem::Nothing {
            group: "asgSpot-id".into(),
        });
        let refused = choose(&stack).unwrap_err().to_string();
        for part in [
            "--spot-group-logical-id is \"missing\"",
            "asg, which buys on-demand",
            "asgSpot, which launches nothing: asgSpot-id names no launch template",
        ] {
            assert!(refused.contains(part), "{part} in {refused}");
        }
    }

    #[test]
    fn of_several_pairs_the_one_with_the_template_s_logical_ids_can_be_named() {
        let groups = [
            ("asg", Market::OnDemand),
            ("gpu/asgGPU", Market::OnDemand),
            ("gpu/asgGPUSpot", Market::Spot),
        ];
        let mut stack = stack(&groups);
        assert!(choose(&stack).is_err());
        stack.name_default_pair();
        let pair = choose(&stack).unwrap();
        assert_eq!(pair.spot.value, "gpu/asgGPUSpot");
        assert_eq!(pair.on_demand.value, "gpu/asgGPU");
    }
}

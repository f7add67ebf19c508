//! Whether SpotManager can serve a pair of groups: what its functions would refuse when an alarm
//! asks is refused before anything is written or deployed.

use anyhow::Result;
use spotmanager_aws::{auto_scaling::describe_policies, stacks::list_resources};
use spotmanager_contract::Settings;
use spotmanager_workers::{
    Clients, LaunchProblem, Policies, StackTree, Wanted, check_distinct, describe,
    of_on_demand_group, of_spot_group, select, select_scale_down,
};

/// A group launches nothing, or buys in the other market.
#[derive(Debug, thiserror::Error)]
#[error("the {market} group {logical_id} cannot be used: {problem}")]
struct Unusable {
    market: &'static str,
    logical_id: String,
    problem: String,
}

/// What a pair is checked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A deployment, in which spot takes over from on-demand or does not.
    Deployment {
        /// Whether there is a return to spot.
        returns_to_spot: bool,
    },
    /// One decision, which answers itself what it cannot read of a launch source.
    Decision,
}

impl Purpose {
    fn refuses(self, problem: &LaunchProblem) -> bool {
        match self {
            Self::Deployment { .. } => true,
            Self::Decision => problem.is_wrong_market(),
        }
    }
}

/// Checks that the stack has both groups and the queue, that each group launches in its market, and
/// that their policies are there; that for a return to spot only if there is one.
///
/// # Errors
/// [`spotmanager_workers::WorkersError`], a setting's refusal, or why a group cannot be used.
pub(crate) async fn check(
    clients: &Clients,
    stack: &str,
    settings: &Settings,
    purpose: Purpose,
) -> Result<()> {
    let client = &clients.cloud_formation;
    let mut tree = StackTree::new(stack, async |stack: &str| {
        list_resources(client, stack).await
    });
    let spot = tree.find(Wanted::spot_group(settings)).await?;
    let on_demand = tree.find(Wanted::on_demand_group(settings)).await?;
    check_distinct(&spot, &on_demand)?;
    if let Some(queue) = Wanted::queue(settings) {
        tree.find(queue).await?;
    }
    let [spot_group, on_demand_group] =
        describe(&clients.auto_scaling, [&spot, &on_demand]).await?;
    let (spot_group, on_demand_group) = (spot_group?, on_demand_group?);

    let maximum_price = settings.maximum_spot_price_usd;
    let spot_launch = of_spot_group(clients, &spot_group, maximum_price).await?;
    let on_demand_launch = of_on_demand_group(clients, &on_demand_group).await?;
    for (market, found, problem) in [
        ("spot", &spot, spot_launch.problem),
        ("on-demand", &on_demand, on_demand_launch.problem),
    ] {
        if let Some(problem) = problem.filter(|problem| purpose.refuses(problem)) {
            let unusable = Unusable {
                market,
                logical_id: found.path.clone(),
                problem: problem.to_string(),
            };
            return Err(unusable.into());
        }
    }

    let spot_policies = describe_policies(&clients.auto_scaling, &spot_group.name).await?;
    let on_demand_policies =
        describe_policies(&clients.auto_scaling, &on_demand_group.name).await?;
    let own = Policies {
        group: &spot_group.name,
        policies: &spot_policies,
    };
    let other = Policies {
        group: &on_demand_group.name,
        policies: &on_demand_policies,
    };
    let contains = &settings.scale_up_policy_name_contains;
    select(own, other, contains)?;
    select(other, own, contains)?;
    if let Purpose::Deployment {
        returns_to_spot: true,
    } = purpose
    {
        let desired_capacity = on_demand_group.capacity.desired_capacity.max(1);
        let contains = &settings.scale_down_policy_name_contains;
        select_scale_down(other, contains, desired_capacity)?;
    }
    Ok(())
}

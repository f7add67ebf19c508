//! Whether SpotManager can serve a pair of groups: what its functions would refuse when an alarm
//! asks is refused before anything is written or deployed.

use anyhow::Result;
use spotmanager_discover::workers::{Clients, Pair, find};
use spotmanager_domain::{
    Settings,
    resources::{LaunchProblem, StackGroup},
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
    /// A deployment.
    Deployment,
    /// One decision, which answers itself what it cannot read of a launch source.
    Decision,
}

impl Purpose {
    fn refuses(self, problem: &LaunchProblem) -> bool {
        match self {
            Self::Deployment => true,
            Self::Decision => problem.is_wrong_market(),
        }
    }
}

/// Checks that the stack has both groups and the queue, that each group launches in its market, and
/// that their scale-up policies are there. Returns the groups.
///
/// # Errors
/// [`spotmanager_discover::workers::WorkersError`], a setting's refusal, or why a group cannot be used.
pub(crate) async fn check(
    clients: &Clients,
    stack: &str,
    settings: &Settings,
    purpose: Purpose,
) -> Result<Pair<StackGroup>> {
    let groups = find(clients, stack, settings).await?.groups;
    let described = groups.describe(clients).await?;
    // A group that cannot be used is refused even if the policies may not be read.
    let launches = described.launches(clients, settings).await?;
    for (market, group, launch) in [
        ("spot", &groups.spot, &launches.spot),
        ("on-demand", &groups.on_demand, &launches.on_demand),
    ] {
        let problem = launch.problem.as_ref();
        if let Some(problem) = problem.filter(|problem| purpose.refuses(problem)) {
            let unusable = Unusable {
                market,
                logical_id: group.path.clone(),
                problem: problem.to_string(),
            };
            return Err(unusable.into());
        }
    }

    let policies = described.policies(clients).await?;
    let pair = groups.with(described, launches, policies);
    pair.scale_up_policies(&settings.scale_up_policy_name_contains)?;
    Ok(pair)
}

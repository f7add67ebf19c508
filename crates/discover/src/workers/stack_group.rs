//! A group of a stack, as it was read, and the reading of every group that a stack has.

use std::collections::BTreeMap;

use spotmanager_aws::auto_scaling::{describe_groups, describe_policies};
use spotmanager_domain::{Settings, resources::StackGroup};

use crate::workers::{Clients, ListedResource, Policies, WorkersError, launch::market_and_launch};

impl<'a> Policies<'a> {
    /// The policies of a group, to select from.
    #[must_use]
    pub fn of(group: &'a StackGroup) -> Self {
        Self {
            group: &group.facts.name,
            policies: &group.policies,
        }
    }
}

/// Reads the listed groups, each in the market in which it buys, in the order of their paths. One
/// that Auto Scaling does not know is missing.
///
/// # Errors
/// [`WorkersError`] when a call fails.
pub async fn read_groups(
    clients: &Clients,
    listed: Vec<ListedResource>,
    settings: &Settings,
) -> Result<Vec<StackGroup>, WorkersError> {
    let mut paths: BTreeMap<_, _> = listed
        .into_iter()
        .map(|one| (one.physical_id, one.path))
        .collect();
    // Without a name Auto Scaling describes every group of the account.
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let names = paths.keys().map(String::as_str);
    let mut groups = Vec::new();
    for facts in describe_groups(&clients.auto_scaling, names).await? {
        let Some(logical_id) = paths.remove(&facts.name) else {
            continue;
        };
        let ((market, launch), policies) = tokio::try_join!(
            market_and_launch(clients, &facts, settings),
            describe_policies(&clients.auto_scaling, &facts.name),
        )?;
        groups.push(StackGroup {
            market,
            logical_id,
            facts,
            launch,
            policies,
        });
    }
    groups.sort_by(|one, other| one.logical_id.cmp(&other.logical_id));
    Ok(groups)
}

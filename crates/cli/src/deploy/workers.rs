//! The stacks of workers that a deployment serves, looked at before it is made or changed.

use std::collections::BTreeSet;

use anyhow::Result;
use spotmanager_aws::SdkConfig;
use spotmanager_discover::workers::Clients;
use spotmanager_doctor::suspend_rebalancing;

use super::values::Served;
use crate::{servable, setting_names, stack_gone};

/// Checks that each pair is in its stack, under its settings. Returns the commands that suspend the
/// rebalancing of zones in their groups.
///
/// # Errors
/// When AWS cannot be asked, or the first pair that cannot be served.
pub(super) async fn check(config: &SdkConfig, served: &Served) -> Result<BTreeSet<String>> {
    let clients = Clients::new(config);
    let mut commands = BTreeSet::new();
    for (pair, settings) in &served.pairs {
        let stack = pair.stack_name.as_str();
        let purpose = servable::Purpose::Deployment;
        let checked = servable::check(&clients, stack, settings, purpose);
        match Box::pin(checked).await {
            Ok(groups) => {
                let groups = [groups.spot.facts, groups.on_demand.facts];
                commands.extend(groups.iter().filter_map(suspend_rebalancing));
            }
            Err(error) => {
                let name_of = |setting: &str| setting_names::of_pair(pair, setting);
                let error = setting_names::renamed_in(error, name_of);
                let field = if stack == served.own_stack {
                    "WorkersStackName"
                } else {
                    "WorkerPairs: stack_name"
                };
                let error = stack_gone::explained(config, field, stack, error).await;
                let refused = format!("the pair of groups in the stack {stack} cannot be served");
                return Err(error.context(refused));
            }
        }
    }
    Ok(commands)
}

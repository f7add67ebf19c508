//! The stacks of workers that a deployment serves, looked at before it is made or changed.

use anyhow::Result;
use spotmanager_aws::SdkConfig;
use spotmanager_discover::workers::Clients;

use super::values::Served;
use crate::{servable, setting_names, stack_gone};

/// Checks that each pair is in its stack, under its settings.
///
/// # Errors
/// When AWS cannot be asked, or the first pair that cannot be served.
pub(super) async fn check(config: &SdkConfig, served: &Served) -> Result<()> {
    let clients = Clients::new(config);
    for (pair, settings) in &served.pairs {
        let stack = pair.stack_name.as_str();
        let purpose = servable::Purpose::Deployment;
        let checked = servable::check(&clients, stack, settings, purpose);
        if let Err(error) = Box::pin(checked).await {
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
    Ok(())
}

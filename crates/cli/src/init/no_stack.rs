//! What is said of a name that is not a CloudFormation stack's, as that of groups which Terraform or
//! a person made.

use anyhow::Error;
use spotmanager_aws::{
    SdkConfig,
    stacks::{Client, list_resources},
};
use spotmanager_discover::workers::WorkersError;
use spotmanager_domain::SettingError;

use crate::{account::place, stack_gone};

/// Groups outside CloudFormation cannot be found.
#[derive(Debug, thiserror::Error)]
#[error(
    "--stack is {found:?}; it should be a CloudFormation stack of {place}. SpotManager finds groups through CloudFormation. Groups that Terraform or a person made have to be imported into a stack first, with `aws cloudformation create-change-set --change-set-type IMPORT`: docs/how-to/deploy.md, https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources.html"
)]
struct NoStack {
    found: String,
    place: String,
}

/// The error, with where the stack was looked for and what to do if it is none.
pub(super) async fn explained(config: &SdkConfig, stack: &str, error: Error) -> Error {
    match error.downcast_ref() {
        Some(WorkersError::StackNotFound { found }) if found == stack => {
            no_stack(config, stack).await
        }
        _ => stack_gone::explained(config, "--stack", stack, error).await,
    }
}

/// Of an option that cannot be, as the name of a group in place of a logical id: if the stack is
/// none either, that comes first, because no logical id would do.
pub(super) async fn or_refused(config: &SdkConfig, stack: &str, refused: SettingError) -> Error {
    match list_resources(&Client::new(config), stack).await {
        Ok(Some(_)) => refused.into(),
        Ok(None) => no_stack(config, stack).await,
        Err(error) => error.into(),
    }
}

async fn no_stack(config: &SdkConfig, stack: &str) -> Error {
    let place = place(config).await;
    let found = stack.to_owned();
    NoStack { found, place }.into()
}

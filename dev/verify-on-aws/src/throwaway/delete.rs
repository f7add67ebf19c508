//! Everything of a run, deleted.

use spotmanager_aws::{AwsError, executions::running};

use super::{bucket, stacks};
use crate::{
    account::Account, error::VerifyError, names::Names, print, region::Region, waits::Waits,
};

/// What a clean-up leaves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Leftovers {
    /// What goes by itself, and what a person does about it.
    pub(crate) pending: Vec<String>,
    /// What could not be deleted, and why.
    pub(crate) failed: Vec<String>,
}

/// Deletes everything of a run in a region that is there.
pub(crate) async fn delete(
    account: &Account,
    region: &Region,
    names: &Names,
    waits: &Waits,
) -> Leftovers {
    let mut left = Leftovers::default();
    // Before its machine, which CloudFormation would wait for.
    stop_executions(account, region, names).await;
    let key = stacks::output(region, &names.key(), "KeyArn").await;
    // The key last: the others are under it.
    for stack in [
        names.inbox(),
        names.spotmanager(),
        names.workers(),
        names.key(),
    ] {
        match stacks::delete(region, names, waits, &stack).await {
            Ok(kept) => {
                let kept = kept.iter().map(|one| format!("{one}: kept by {stack}"));
                left.failed.extend(kept);
            }
            Err(error) => {
                let stack = format!("stack/{stack}");
                let arn = account.arn("cloudformation", &region.name, &stack);
                left.failed.push(format!("{arn}: {error}"));
            }
        }
    }
    if let Ok(Some(arn)) = key {
        left.pending.push(format!(
            "{arn}: KMS deletes it after 7 days, without a charge until then"
        ));
    }
    if let Err(error) = bucket::delete(region, names, &account.id).await {
        let name = names.bucket(&region.name);
        left.failed
            .push(format!("arn:{}:s3:::{name}: {error}", account.partition));
    }
    left
}

/// Stops what runs; a failure only makes the deletion slower.
async fn stop_executions(account: &Account, region: &Region, names: &Names) {
    let machine = format!("stateMachine:{}", names.spotmanager());
    let machine = account.arn("states", &region.name, &machine);
    let client = &region.step_functions;
    for execution in running(client, &machine).await.unwrap_or_default() {
        let stop = client
            .stop_execution()
            .execution_arn(execution.execution_arn)
            .send();
        if let Err(error) = stop.await {
            let error = AwsError::new("states:StopExecution", error);
            print::progress(VerifyError::from(error));
        }
    }
}

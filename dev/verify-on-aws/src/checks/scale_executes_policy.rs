//! `scale-executes-policy`: one smallest instance, launched by the role of *scale* and ended again.

use std::time::Duration;

use serde_json::{Value, json};
use spotmanager_aws::{AwsError, execution_history::ExecutionHistory};

use super::{
    executions::{ended, summary},
    launches::empty,
};
use crate::{error::VerifyError, report::Finding, stage::Stage, throwaway::Deployed};

/// Both capacity timeouts of the deployment, and what lies between them.
const LONGEST: Duration = Duration::from_secs(900);

pub(super) async fn check(stage: &mut Stage) -> Result<Finding, VerifyError> {
    let Some(deployed) = &stage.deployed else {
        return Ok(Finding::NotRun("nothing is deployed".to_owned()));
    };
    let scaled = Box::pin(scale_up(stage, deployed)).await;
    // Whatever came of it: an instance costs by the second.
    empty(stage, &deployed.groups).await?;
    let history = scaled?;
    let seen = summary(&history);
    Ok(match executed(&history) {
        Some(policy) => Finding::Held(format!("executed {policy}; {seen}")),
        None => Finding::DidNotHold(seen),
    })
}

/// One execution that scales up, to its end.
///
/// # Errors
/// [`VerifyError`] if it does not end; then it is stopped.
pub(super) async fn scale_up(
    stage: &Stage,
    deployed: &Deployed,
) -> Result<ExecutionHistory, VerifyError> {
    let input = json!({
        "stack_name": stage.names.workers(),
        "settings": {"dry_run": false},
    });
    let started = stage
        .region
        .step_functions
        .start_execution()
        .state_machine_arn(&deployed.state_machine_arn)
        .input(input.to_string())
        .send()
        .await
        .map_err(|error| AwsError::new("states:StartExecution", error))?;
    let arn = started.execution_arn();
    let history = ended(stage, arn, LONGEST).await;
    if history.is_err() {
        // One that goes on could scale again after the groups are emptied.
        let stop = stage.region.step_functions.stop_execution();
        let stopped = stop.execution_arn(arn).send().await;
        stopped.map_err(|error| AwsError::new("states:StopExecution", error))?;
    }
    history
}

/// The policy that *scale* executed.
fn executed(history: &ExecutionHistory) -> Option<&str> {
    let output = history.output_of("ScaleUp")?;
    let is_executed = output["outcome"] == "scaled";
    let policy = output.get("policy_name").and_then(Value::as_str);
    policy.filter(|_| is_executed)
}

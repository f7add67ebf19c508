//! `idempotent-start`: what *start* relies on when SNS delivers a message twice.

use serde_json::json;
use spotmanager_aws::executions::{Started, start_execution};

use crate::{error::VerifyError, report::Finding, stage::Stage, throwaway::Deployed};

/// An execution may end before it is started again; then another one is tried.
const MOST_ATTEMPTS: u32 = 5;

pub(super) async fn check(stage: &mut Stage) -> Result<Finding, VerifyError> {
    let Some(deployed) = &stage.deployed else {
        return Ok(Finding::NotRun("nothing is deployed".to_owned()));
    };
    for attempt in 1..=MOST_ATTEMPTS {
        let name = format!("verify-{}-{attempt}", stage.names.suffix());
        let first = start(stage, deployed, &name, 1).await?;
        let again = start(stage, deployed, &name, 1).await?;
        let other = start(stage, deployed, &name, 2).await?;
        if other != Started::Before {
            let seen = format!("another input under the name {name} was answered with {other:?}");
            return Ok(Finding::DidNotHold(seen));
        }
        if first == again {
            let seen = format!("{name} twice with its input, and refused with another");
            return Ok(Finding::Held(seen));
        }
        stage.waits.go_on()?;
    }
    Ok(Finding::DidNotHold(format!(
        "ExecutionAlreadyExists in each of {MOST_ATTEMPTS} attempts"
    )))
}

/// Starts a dry run, whose input differs by a margin.
async fn start(
    stage: &Stage,
    deployed: &Deployed,
    name: &str,
    margin: u32,
) -> Result<Started, VerifyError> {
    let input = json!({
        "stack_name": stage.names.workers(),
        "settings": {"safety_margin_percent": margin.to_string()},
    })
    .to_string();
    let machine = deployed.state_machine_arn.as_str();
    let client = &stage.region.step_functions;
    let started = start_execution(client, machine, name, &input);
    Ok(Box::pin(started).await?)
}

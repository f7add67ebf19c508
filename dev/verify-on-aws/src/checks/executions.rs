//! The executions of the deployed state machine.

use std::{collections::BTreeSet, time::Duration};

use serde_json::Value;
use spotmanager_aws::{
    AwsError,
    execution_history::{ExecutionHistory, read_history},
    executions::newest,
};

use crate::{error::VerifyError, stage::Stage, throwaway::Deployed};

/// So many are looked at, which is more than a run starts.
const MOST: usize = 100;

/// The executions that are known already.
#[derive(Debug, Default)]
pub(super) struct Known(BTreeSet<String>);

impl Known {
    /// All so far.
    ///
    /// # Errors
    /// [`VerifyError::Aws`] if Step Functions fails.
    pub(super) async fn all(stage: &Stage, deployed: &Deployed) -> Result<Self, VerifyError> {
        let listed = newest(
            &stage.region.step_functions,
            &deployed.state_machine_arn,
            MOST,
        );
        let listed = Box::pin(listed).await?;
        Ok(Self(
            listed.into_iter().map(|one| one.execution_arn).collect(),
        ))
    }

    /// A further execution with such an input; the others are known from now on.
    ///
    /// # Errors
    /// [`VerifyError::Aws`] if Step Functions fails.
    pub(super) async fn next(
        &mut self,
        stage: &Stage,
        deployed: &Deployed,
        is: impl Fn(&Value) -> bool,
    ) -> Result<Option<String>, VerifyError> {
        for arn in Self::all(stage, deployed).await?.0 {
            if self.0.contains(&arn) {
                continue;
            }
            let is_it = is(&input(stage, &arn).await?);
            self.0.insert(arn.clone());
            if is_it {
                return Ok(Some(arn));
            }
        }
        Ok(None)
    }
}

async fn input(stage: &Stage, arn: &str) -> Result<Value, VerifyError> {
    let describe = stage
        .region
        .step_functions
        .describe_execution()
        .execution_arn(arn)
        .send();
    let described = Box::pin(describe)
        .await
        .map_err(|error| AwsError::new("states:DescribeExecution", error))?;
    let input = described.input().unwrap_or_default();
    Ok(serde_json::from_str(input).unwrap_or_default())
}

/// Waits until the execution has ended, and reads how it went.
///
/// # Errors
/// [`VerifyError::TooLong`] after `at_most`.
pub(super) async fn ended(
    stage: &Stage,
    arn: &str,
    at_most: Duration,
) -> Result<ExecutionHistory, VerifyError> {
    let what = format!("execution {}", name(arn));
    stage
        .waits
        .until(&what, at_most, async || {
            let history = Box::pin(read_history(&stage.region.step_functions, arn)).await?;
            Ok((history.status != "RUNNING").then_some(history))
        })
        .await
}

/// How an execution went, in one line.
pub(super) fn summary(history: &ExecutionHistory) -> String {
    let last = history.states().last().copied().unwrap_or("no state");
    let mut summary = format!("{} {} at {last}", name(&history.arn), history.status);
    let why = [&history.error, &history.cause].into_iter().flatten();
    for part in why {
        summary.push_str(": ");
        summary.push_str(part);
    }
    for failure in history.steps.iter().flat_map(|step| &step.failures) {
        summary.push_str("; ");
        summary.push_str(&failure.error);
        summary.push_str(": ");
        summary.push_str(&failure.cause);
    }
    summary
}

/// The last part of an execution's ARN.
pub(super) fn name(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}

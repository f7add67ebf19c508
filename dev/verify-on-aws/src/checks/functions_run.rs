//! `functions-run`: the packages, on Lambda itself.

use std::time::Duration;

use serde_json::Value;

use super::executions::{ended, summary};
use crate::{error::VerifyError, report::Finding, stage::Stage};

/// A dry run takes seconds, and minutes with every retry.
pub(super) const LONGEST: Duration = Duration::from_secs(600);

pub(super) async fn check(stage: &mut Stage) -> Result<Finding, VerifyError> {
    let Some(arn) = stage.execution.clone() else {
        let why = "no execution was started whose functions could run";
        return Ok(Finding::NotRun(why.to_owned()));
    };
    dry_run(stage, &arn).await
}

/// A dry run must succeed, and its evaluation too, which a failed execution would do without.
///
/// # Errors
/// [`VerifyError`] if it does not end.
pub(super) async fn dry_run(stage: &Stage, arn: &str) -> Result<Finding, VerifyError> {
    let history = ended(stage, arn, LONGEST).await?;
    let evaluated = history.output_of("Evaluate");
    let reason = evaluated
        .and_then(|output| output.pointer("/verdict/reason"))
        .and_then(Value::as_str)
        .unwrap_or("no verdict");
    let seen = format!(
        "{}, {reason}, on {}",
        summary(&history),
        stage.package.architecture
    );
    let is_evaluated = evaluated.is_some() && reason != "EVALUATION_FAILED";
    Ok(if history.status == "SUCCEEDED" && is_evaluated {
        Finding::Held(seen)
    } else {
        Finding::DidNotHold(seen)
    })
}

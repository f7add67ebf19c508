//! `key-taken-away`: an update to no key, and one more run.

use super::{alarm_starts_execution, functions_run::dry_run};
use crate::{error::VerifyError, report::Finding, stage::Stage, throwaway::update_spotmanager};

pub(super) async fn check(stage: &mut Stage) -> Result<Finding, VerifyError> {
    if stage.key_arn.is_none() {
        return Ok(Finding::NotRun("there is no key".to_owned()));
    }
    stage.execution = None;
    let template = stage.package.template.clone();
    Box::pin(update_spotmanager(stage, &template, "")).await?;
    let started = alarm_starts_execution::check(stage).await?;
    match &stage.execution {
        Some(arn) => dry_run(stage, arn).await,
        None => Ok(started),
    }
}

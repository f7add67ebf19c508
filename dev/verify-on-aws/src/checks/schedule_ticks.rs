//! `schedule-ticks`: the scheduler assumes its role and invokes *start*, which reads its event.

use std::time::Duration;

use serde_json::Value;

use super::executions::{Known, name};
use crate::{error::VerifyError, report::Finding, stage::Stage};

/// A schedule of a minute ticks within a minute of its creation, and start retries within two.
const LONGEST: Duration = Duration::from_secs(300);

pub(super) async fn check(stage: &mut Stage) -> Result<Finding, VerifyError> {
    let Some(deployed) = &stage.deployed else {
        return Ok(Finding::NotRun("nothing is deployed".to_owned()));
    };
    // The first tick reads the queue, and may have come already.
    let mut known = Known::default();
    let is_tick = |input: &Value| input["purpose"] == "return_to_spot";
    let arn = stage
        .waits
        .until("the schedule's first tick", LONGEST, async || {
            known.next(stage, deployed, is_tick).await
        })
        .await?;
    Ok(Finding::Held(format!("execution {}", name(&arn))))
}

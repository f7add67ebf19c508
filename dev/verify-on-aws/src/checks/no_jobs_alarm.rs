//! `no-jobs-alarm`: the metric math over a job that a worker holds, and over an empty queue.

use std::{cell::RefCell, time::Duration};

use aws_sdk_cloudwatch::types::StateValue;

use super::{alarm, queues};
use crate::{error::VerifyError, report::Finding, stage::Stage, throwaway::Deployed};

/// SQS delays the first metrics of a queue by up to 15 minutes.
/// See <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-monitoring-using-cloudwatch.html>.
const LONGEST: Duration = Duration::from_secs(25 * 60);

pub(super) async fn check(stage: &mut Stage) -> Result<Finding, VerifyError> {
    let (Some(deployed), Some(receipt)) = (&stage.deployed, &stage.held_job) else {
        return Ok(Finding::NotRun("no job is held".to_owned()));
    };
    if let Err(seen) = reaches(stage, deployed, StateValue::Ok).await? {
        return Ok(Finding::DidNotHold(format!(
            "not OK while a job is held: {seen}"
        )));
    }
    queues::delete(stage, &deployed.jobs_queue_url, receipt).await?;
    Ok(match reaches(stage, deployed, StateValue::Alarm).await? {
        Ok(()) => Finding::Held("OK while a job was held, then ALARM".to_owned()),
        Err(seen) => Finding::DidNotHold(format!("not in ALARM with an empty queue: {seen}")),
    })
}

/// Waits for a state; what was seen last if it does not come.
async fn reaches(
    stage: &Stage,
    deployed: &Deployed,
    wanted: StateValue,
) -> Result<Result<(), String>, VerifyError> {
    let seen = RefCell::new(String::new());
    let what = format!("the no-jobs alarm going into {wanted}");
    let reached = stage
        .waits
        .until(&what, LONGEST, async || {
            let (state, reason) = alarm::state(stage, &deployed.no_jobs_alarm).await?;
            let is_reached = state.as_ref() == Some(&wanted);
            let state = state.map_or("missing".to_owned(), |state| state.to_string());
            seen.replace(format!("{state}, {reason}"));
            Ok(is_reached.then_some(()))
        })
        .await;
    match reached {
        Ok(()) => Ok(Ok(())),
        Err(VerifyError::TooLong { .. }) => Ok(Err(seen.into_inner())),
        Err(error) => Err(error),
    }
}

//! `deploys`: the templates as they are, created by CloudFormation.

use spotmanager_aws::AwsError;

use crate::{error::VerifyError, report::Finding, stage::Stage, throwaway::create};

/// The longest that SQS hides a message, seconds.
const HELD_SECONDS: i32 = 43_200;

pub(super) async fn check(stage: &mut Stage) -> Result<Finding, VerifyError> {
    let deployed = Box::pin(create(stage)).await?;
    // CloudWatch has a queue's first metrics after up to 15 minutes, so the check of the alarm on
    // them is prepared first.
    stage.held_job = hold_a_job(stage, &deployed.jobs_queue_url).await?;
    stage.deployed = Some(deployed);
    let names = &stage.names;
    Ok(Finding::Held(format!(
        "{}, {} and {} are created, with {} packages",
        names.workers(),
        names.spotmanager(),
        names.inbox(),
        stage.package.architecture
    )))
}

/// Sends a job and takes it, as a worker does; its receipt.
async fn hold_a_job(stage: &Stage, queue: &str) -> Result<Option<String>, VerifyError> {
    let sqs = &stage.region.sqs;
    let send = sqs.send_message().queue_url(queue).message_body("a job");
    send.send()
        .await
        .map_err(|error| AwsError::new("sqs:SendMessage", error))?;
    let what = "receiving the job";
    let longest = std::time::Duration::from_secs(60);
    let receipt = stage.waits.until(what, longest, async || {
        let received = sqs
            .receive_message()
            .queue_url(queue)
            .visibility_timeout(HELD_SECONDS)
            .send()
            .await
            .map_err(|error| AwsError::new("sqs:ReceiveMessage", error))?;
        let mut messages = received.messages.unwrap_or_default();
        Ok(messages.pop().map(|message| message.receipt_handle))
    });
    receipt.await
}

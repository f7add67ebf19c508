//! Messages of a queue.

use aws_sdk_sqs::types::Message;
use spotmanager_aws::AwsError;

use crate::{error::VerifyError, stage::Stage};

/// Takes messages out of a queue.
///
/// # Errors
/// [`VerifyError::Aws`] if SQS fails.
pub(super) async fn take(stage: &Stage, queue: &str) -> Result<Vec<Message>, VerifyError> {
    let receive = stage
        .region
        .sqs
        .receive_message()
        .queue_url(queue)
        .max_number_of_messages(10)
        .send();
    let received = Box::pin(receive)
        .await
        .map_err(|error| AwsError::new("sqs:ReceiveMessage", error))?;
    let messages = received.messages.unwrap_or_default();
    for receipt in messages.iter().filter_map(Message::receipt_handle) {
        delete(stage, queue, receipt).await?;
    }
    Ok(messages)
}

/// Deletes a message that was received.
///
/// # Errors
/// [`VerifyError::Aws`] if SQS fails.
pub(super) async fn delete(stage: &Stage, queue: &str, receipt: &str) -> Result<(), VerifyError> {
    stage
        .region
        .sqs
        .delete_message()
        .queue_url(queue)
        .receipt_handle(receipt)
        .send()
        .await
        .map_err(|error| AwsError::new("sqs:DeleteMessage", error))?;
    Ok(())
}

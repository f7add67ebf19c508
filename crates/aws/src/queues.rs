//! SQS queues.

use aws_sdk_sqs::types::QueueAttributeName;

pub use aws_sdk_sqs::Client;

use crate::AwsError;

/// The codes of a queue that does not exist, of SQS's JSON and of its Query protocol.
pub(crate) const NO_QUEUE: [&str; 2] = [
    "QueueDoesNotExist",
    "AWS.SimpleQueueService.NonExistentQueue",
];

/// `ApproximateNumberOfMessages`: how many messages no consumer has taken yet.
/// See <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html>.
///
/// # Errors
/// [`AwsError`] when the call fails or the answer holds no number.
pub async fn visible_messages(client: &Client, queue_url: &str) -> Result<u64, AwsError> {
    const ACTION: &str = "sqs:GetQueueAttributes";
    let wanted = QueueAttributeName::ApproximateNumberOfMessages;
    let reply = client
        .get_queue_attributes()
        .queue_url(queue_url)
        .attribute_names(wanted.clone())
        .send()
        .await
        .map_err(|error| AwsError::new(ACTION, error))?;
    reply
        .attributes()
        .and_then(|attributes| attributes.get(&wanted)?.parse().ok())
        .ok_or_else(|| AwsError::incomplete(ACTION, "ApproximateNumberOfMessages"))
}

/// For how long a message that a consumer takes is hidden from the others, seconds; `None` if there
/// is no queue of the name.
/// See <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html>.
///
/// # Errors
/// [`AwsError`] when a call fails or the answer holds no number.
pub async fn visibility_timeout_seconds(
    client: &Client,
    queue_name: &str,
) -> Result<Option<i32>, AwsError> {
    const ACTION: &str = "sqs:GetQueueAttributes";
    let found = client
        .get_queue_url()
        .queue_name(queue_name)
        .send()
        .await
        .map_err(|error| AwsError::new("sqs:GetQueueUrl", error));
    let found = match found {
        Err(error) if NO_QUEUE.contains(&error.code.as_str()) => return Ok(None),
        found => found?,
    };
    let wanted = QueueAttributeName::VisibilityTimeout;
    let reply = client
        .get_queue_attributes()
        .set_queue_url(found.queue_url().map(str::to_owned))
        .attribute_names(wanted.clone())
        .send()
        .await
        .map_err(|error| AwsError::new(ACTION, error))?;
    let seconds = reply
        .attributes()
        .and_then(|attributes| attributes.get(&wanted)?.parse().ok());
    seconds
        .map(Some)
        .ok_or_else(|| AwsError::incomplete(ACTION, "VisibilityTimeout"))
}

//! SQS queues.

use aws_sdk_sqs::types::QueueAttributeName;

pub use aws_sdk_sqs::Client;

use crate::AwsError;

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

//! How many messages a queue holds.

use aws_sdk_sqs::types::QueueAttributeName;

pub use aws_sdk_sqs::Client;

use crate::{AwsError, queues::NO_QUEUE};

const ACTION: &str = "sqs:GetQueueAttributes";

/// About how many messages a queue holds, those that somebody has taken and not deleted included;
/// `None` if there is no such queue.
/// See <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html>.
///
/// # Errors
/// [`AwsError`] when the call fails or the answer holds no number.
pub async fn messages(client: &Client, queue_url: &str) -> Result<Option<u64>, AwsError> {
    let wanted = [
        QueueAttributeName::ApproximateNumberOfMessages,
        QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
    ];
    let reply = client
        .get_queue_attributes()
        .queue_url(queue_url)
        .set_attribute_names(Some(wanted.to_vec()))
        .send()
        .await;
    let reply = match reply.map_err(|error| AwsError::new(ACTION, error)) {
        Err(error) if NO_QUEUE.contains(&error.code.as_str()) => return Ok(None),
        reply => reply?,
    };
    let mut sum = 0;
    for name in &wanted {
        let held: Option<u64> = reply
            .attributes()
            .and_then(|attributes| attributes.get(name)?.parse().ok());
        sum += held.ok_or_else(|| AwsError::incomplete(ACTION, name.as_str()))?;
    }
    Ok(Some(sum))
}

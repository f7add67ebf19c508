//! The messages of a dead-letter queue: received, put back and deleted.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};
use jiff::Timestamp;

pub use aws_sdk_sqs::Client;

use crate::AwsError;

const RECEIVE: &str = "sqs:ReceiveMessage";
/// The most that [`receive`] answers with.
pub const MOST: usize = 10;
/// Long polling asks every server of the queue, so that an empty answer means an empty queue. Well
/// below the timeout of an attempt.
/// See <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html>.
const WAIT_SECONDS: i32 = 2;

/// A message that was received, and that nobody else receives for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedMessage {
    /// Its id, the same however often it is received.
    pub id: String,
    /// What stands for it in the calls that follow.
    pub receipt_handle: String,
    /// When it was sent to this queue.
    pub sent_at: Timestamp,
    /// Its body.
    pub body: String,
    /// Its message attributes by their names, those of text and numbers.
    pub attributes: BTreeMap<String, String>,
}

/// Receives up to ten messages, and hides them from everybody else for so long; none if the queue
/// is empty.
/// See <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>.
///
/// # Errors
/// [`AwsError`] when the call fails, or a message lacks what every message has.
pub async fn receive(
    client: &Client,
    queue_url: &str,
    hidden_for: Duration,
) -> Result<Vec<ReceivedMessage>, AwsError> {
    let reply = client
        .receive_message()
        .queue_url(queue_url)
        .max_number_of_messages(i32::try_from(MOST).unwrap_or(1))
        .wait_time_seconds(WAIT_SECONDS)
        .visibility_timeout(seconds(hidden_for))
        .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
        .message_attribute_names("All")
        .send()
        .await
        .map_err(|error| AwsError::new(RECEIVE, error))?;
    reply.messages().iter().map(received).collect()
}

/// Hides a message for so long from now on, and puts it back if that is no time at all.
/// See <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html>.
///
/// # Errors
/// [`AwsError`] when the call fails, as it does for a message that is visible already.
pub async fn hide(
    client: &Client,
    queue_url: &str,
    receipt_handle: &str,
    hidden_for: Duration,
) -> Result<(), AwsError> {
    client
        .change_message_visibility()
        .queue_url(queue_url)
        .receipt_handle(receipt_handle)
        .visibility_timeout(seconds(hidden_for))
        .send()
        .await
        .map_err(|error| AwsError::new("sqs:ChangeMessageVisibility", error))?;
    Ok(())
}

/// Deletes a message.
/// See <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn delete(
    client: &Client,
    queue_url: &str,
    receipt_handle: &str,
) -> Result<(), AwsError> {
    client
        .delete_message()
        .queue_url(queue_url)
        .receipt_handle(receipt_handle)
        .send()
        .await
        .map_err(|error| AwsError::new("sqs:DeleteMessage", error))?;
    Ok(())
}

fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX)
}

fn received(message: &Message) -> Result<ReceivedMessage, AwsError> {
    let text = |value: Option<&str>, lacks| {
        value
            .map(str::to_owned)
            .ok_or_else(|| AwsError::incomplete(RECEIVE, lacks))
    };
    let sent_at = message
        .attributes()
        .and_then(|attributes| attributes.get(&MessageSystemAttributeName::SentTimestamp))
        .and_then(|milliseconds| milliseconds.parse().ok())
        .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
        .ok_or_else(|| AwsError::incomplete(RECEIVE, "SentTimestamp"))?;
    let attributes = message.message_attributes().into_iter().flatten();
    Ok(ReceivedMessage {
        id: text(message.message_id(), "MessageId")?,
        receipt_handle: text(message.receipt_handle(), "ReceiptHandle")?,
        sent_at,
        body: text(message.body(), "Body")?,
        attributes: attributes
            .filter_map(|(name, value)| Some((name.clone(), value.string_value()?.to_owned())))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_sqs::types::MessageAttributeValue;

    use super::*;

    fn message() -> aws_sdk_sqs::types::builders::MessageBuilder {
        Message::builder()
            .message_id("m-1")
            .receipt_handle("r-1")
            .body("{}")
    }

    #[test]
    fn a_message_has_its_time_and_why_it_is_there() {
        let code = MessageAttributeValue::builder()
            .data_type("Number")
            .string_value("200");
        let message = message()
            .attributes(MessageSystemAttributeName::SentTimestamp, "1767225600123")
            .message_attributes("ErrorCode", code.build().unwrap())
            .build();
        let received = received(&message).unwrap();
        assert_eq!(received.sent_at.to_string(), "2026-01-01T00:00:00.123Z");
        assert_eq!(received.attributes["ErrorCode"], "200");
    }

    #[test]
    fn a_message_without_its_time_is_no_answer() {
        let error = received(&message().build()).unwrap_err();
        assert!(error.to_string().contains("SentTimestamp"), "{error}");
    }
}

//! What somebody hears who subscribes to a topic.

use std::time::Duration;

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::{Value, json};

use crate::poll;

/// A queue that hears what a topic of the local AWS tells.
#[derive(Debug)]
pub struct Inbox {
    client: aws_sdk_sqs::Client,
    url: String,
}

impl Inbox {
    /// Subscribes a queue of its own to the topic.
    ///
    /// # Errors
    /// When SQS or SNS refuses.
    pub async fn subscribe(config: &SdkConfig, topic_arn: &str) -> Result<Self> {
        let client = aws_sdk_sqs::Client::new(config);
        let name = format!("inbox-{}", jiff::Timestamp::now().as_nanosecond());
        let arn = format!("arn:aws:sqs:us-east-1:000000000000:{name}");
        let created = client
            .create_queue()
            .queue_name(&name)
            .attributes(QueueAttributeName::Policy, lets_in(topic_arn, &arn))
            .send()
            .await?;
        aws_sdk_sns::Client::new(config)
            .subscribe()
            .topic_arn(topic_arn)
            .protocol("sqs")
            .endpoint(arn)
            .attributes("RawMessageDelivery", "true")
            .send()
            .await?;
        Ok(Self {
            client,
            url: created.queue_url().context("no QueueUrl")?.to_owned(),
        })
    }

    /// Waits for a message of this kind; others that come before it are not heard again soon. A
    /// message that is not JSON is a string.
    ///
    /// # Errors
    /// When none comes within `at_most`.
    pub async fn next(&self, at_most: Duration, is: impl Fn(&Value) -> bool) -> Result<Value> {
        poll("being told", at_most, async || {
            let received = self
                .client
                .receive_message()
                .queue_url(&self.url)
                .send()
                .await?;
            for message in received.messages() {
                let body = message.body().unwrap_or_default();
                let told = serde_json::from_str(body).unwrap_or_else(|_| body.into());
                if is(&told) {
                    return Ok(Some(told));
                }
            }
            Ok(None)
        })
        .await
    }
}

/// The policy of a queue that takes what the topic tells.
/// See <https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html>.
fn lets_in(topic_arn: &str, queue_arn: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue_arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
        }],
    })
    .to_string()
}

//! What somebody hears who subscribes to a topic.

use std::time::Duration;

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use serde_json::Value;

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
        let created = client.create_queue().queue_name(&name).send().await?;
        aws_sdk_sns::Client::new(config)
            .subscribe()
            .topic_arn(topic_arn)
            .protocol("sqs")
            .endpoint(format!("arn:aws:sqs:us-east-1:000000000000:{name}"))
            .attributes("RawMessageDelivery", "true")
            .send()
            .await?;
        Ok(Self {
            client,
            url: created.queue_url().context("no QueueUrl")?.to_owned(),
        })
    }

    /// Waits for a message of this kind; others that come before it are not heard again soon.
    ///
    /// # Errors
    /// When none comes within `at_most`, or one is no JSON.
    pub async fn next(&self, at_most: Duration, is: impl Fn(&Value) -> bool) -> Result<Value> {
        poll("being told", at_most, async || {
            let received = self
                .client
                .receive_message()
                .queue_url(&self.url)
                .send()
                .await?;
            for message in received.messages() {
                let told = serde_json::from_str(message.body().unwrap_or_default())
                    .context("a message is no JSON")?;
                if is(&told) {
                    return Ok(Some(told));
                }
            }
            Ok(None)
        })
        .await
    }
}

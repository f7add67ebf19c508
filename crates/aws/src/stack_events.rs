//! What CloudFormation does to a stack, event by event.

use aws_sdk_cloudformation::types::{self, ResourceStatus};

pub use aws_sdk_cloudformation::Client;

use crate::AwsError;

const CALL: &str = "cloudformation:DescribeStackEvents";

/// An event of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackEvent {
    /// Its own id.
    pub id: String,
    /// The resource's name in the template; the stack's where the event is its own.
    pub logical_id: String,
    /// Such as `AWS::Lambda::Function`.
    pub resource_type: String,
    /// Such as `CREATE_IN_PROGRESS`.
    pub status: String,
    /// Why, where CloudFormation says so.
    pub reason: Option<String>,
}

impl StackEvent {
    /// Whether it tells of a failure, and not of what was given up because of another.
    #[must_use]
    pub fn is_cause(&self) -> bool {
        let cancelled = |reason: &String| reason.contains("cancelled");
        self.status.ends_with("_FAILED") && !self.reason.as_ref().is_some_and(cancelled)
    }
}

/// The id of the stack's newest event; absent where it has none.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn newest_event(client: &Client, stack: &str) -> Result<Option<String>, AwsError> {
    let page = client
        .describe_stack_events()
        .stack_name(stack)
        .send()
        .await;
    let page = page.map_err(|error| AwsError::new(CALL, error))?;
    let newest = page.stack_events().first();
    Ok(newest.and_then(|event| event.event_id().map(str::to_owned)))
}

/// The stack's events after the one with this id, oldest first; all where it is absent.
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html>.
///
/// # Errors
/// [`AwsError`] when a page cannot be had.
pub async fn events_after(
    client: &Client,
    stack: &str,
    last: Option<&str>,
) -> Result<Vec<StackEvent>, AwsError> {
    let mut pages = client
        .describe_stack_events()
        .stack_name(stack)
        .into_paginator()
        .send();
    let mut events = Vec::new();
    // The newest come first.
    'pages: while let Some(page) = pages.next().await {
        let page = page.map_err(|error| AwsError::new(CALL, error))?;
        for event in page.stack_events() {
            if event.event_id().is_some() && event.event_id() == last {
                break 'pages;
            }
            events.extend(stack_event(event));
        }
    }
    events.reverse();
    Ok(events)
}

fn stack_event(event: &types::StackEvent) -> Option<StackEvent> {
    let status = event.resource_status().map(ResourceStatus::as_str)?;
    let reason = event.resource_status_reason();
    Some(StackEvent {
        id: event.event_id()?.to_owned(),
        logical_id: event.logical_resource_id()?.to_owned(),
        resource_type: event.resource_type().unwrap_or_default().to_owned(),
        status: status.to_owned(),
        reason: reason
            .filter(|reason| !reason.is_empty())
            .map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(status: &str, reason: Option<&str>) -> StackEvent {
        let event = types::StackEvent::builder()
            .event_id("1")
            .logical_resource_id("startFunction")
            .resource_status(status.into())
            .set_resource_status_reason(reason.map(str::to_owned));
        stack_event(&event.build()).unwrap()
    }

    #[test]
    fn what_is_given_up_because_of_another_is_no_cause() {
        assert!(event("CREATE_FAILED", Some("no such key")).is_cause());
        assert!(event("CREATE_FAILED", None).is_cause());
        assert!(!event("CREATE_FAILED", Some("Resource creation cancelled")).is_cause());
        assert!(!event("CREATE_COMPLETE", Some("")).is_cause());
        assert_eq!(event("CREATE_COMPLETE", Some("")).reason, None);
    }
}

//! What CloudFormation does, told as it does it.

use anyhow::Result;
use console::style;
use spotmanager_aws::{
    change_sets::{Client, CreatedChangeSet, ResourceChange, execute_change_set},
    stack_events::{StackEvent, events_after, newest_event},
};

use crate::{pauses::until, print::print_error};

const STACK: &str = "AWS::CloudFormation::Stack";

/// CloudFormation gave the change up.
#[derive(Debug, thiserror::Error)]
#[error("the stack {stack_name} is {status}: {reasons}")]
struct StackFailed {
    stack_name: String,
    status: String,
    reasons: String,
}

/// A change set that CloudFormation executes.
#[derive(Debug)]
pub(super) struct Executing<'a> {
    stack_arn: &'a str,
    /// The stack's newest event before.
    last: Option<String>,
}

/// Executes the change set.
///
/// # Errors
/// When CloudFormation cannot be asked.
pub(super) async fn execute<'a>(
    client: &Client,
    change_set: &'a CreatedChangeSet,
) -> Result<Executing<'a>> {
    let stack_arn = change_set.stack_arn.as_str();
    let last = newest_event(client, stack_arn).await?;
    execute_change_set(client, &change_set.arn).await?;
    Ok(Executing { stack_arn, last })
}

impl Executing<'_> {
    /// Reports on standard error each resource that is done, until all are.
    ///
    /// # Errors
    /// [`StackFailed`] if it is given up, and when CloudFormation cannot be asked.
    pub(super) async fn until_done(
        self,
        client: &Client,
        stack_name: &str,
        changes: &[ResourceChange],
    ) -> Result<()> {
        let mut last = self.last;
        let mut reasons = Vec::new();
        let status = until(async || {
            for event in events_after(client, self.stack_arn, last.as_deref()).await? {
                if is_news(&event, stack_name, changes) {
                    print_error(format_args!("{}\n", line(&event)));
                }
                if event.is_cause() {
                    let reason = event.reason.as_deref().unwrap_or("no reason is reported");
                    reasons.push(format!("{}: {reason}", event.logical_id));
                }
                if is_end(&event, stack_name) {
                    return Ok(Some(event.status));
                }
                last = Some(event.id);
            }
            Ok(None)
        })
        .await?;
        Ok(finished(stack_name, status, &reasons)?)
    }
}

/// Whether the event says that something of the change set is done, or failed. CloudFormation
/// reports the beginning of each too.
fn is_news(event: &StackEvent, stack_name: &str, changes: &[ResourceChange]) -> bool {
    let is_done = event.status.ends_with("_COMPLETE");
    let is_changed = event.logical_id == stack_name
        || changes
            .iter()
            .any(|change| change.logical_id == event.logical_id);
    is_done && is_changed || event.status.ends_with("_FAILED")
}

/// Whether the event tells that all is done, one way or the other.
fn is_end(event: &StackEvent, stack_name: &str) -> bool {
    let is_own = event.resource_type == STACK && event.logical_id == stack_name;
    // A creation that fails is rolled back, and its stack is deleted.
    is_own && !event.status.ends_with("_IN_PROGRESS") && event.status != "ROLLBACK_COMPLETE"
}

fn finished(stack_name: &str, status: String, reasons: &[String]) -> Result<(), StackFailed> {
    if matches!(status.as_str(), "CREATE_COMPLETE" | "UPDATE_COMPLETE") {
        return Ok(());
    }
    Err(StackFailed {
        stack_name: stack_name.to_owned(),
        status,
        reasons: if reasons.is_empty() {
            "its events tell no reason".to_owned()
        } else {
            reasons.join("; ")
        },
    })
}

fn line(event: &StackEvent) -> String {
    let status = style(&event.status).for_stderr();
    let status = if event.status.ends_with("_FAILED") {
        status.red()
    } else if event.status.ends_with("_COMPLETE") {
        status.green()
    } else {
        status.dim()
    };
    let reason = event.reason.as_deref().unwrap_or_default();
    let line = format!("    {status:<22} {:<34} {reason}", event.logical_id);
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(resource_type: &str, status: &str) -> StackEvent {
        StackEvent {
            id: "1".into(),
            logical_id: "spotmanager".into(),
            resource_type: resource_type.into(),
            status: status.into(),
            reason: None,
        }
    }

    #[test]
    fn it_ends_when_the_stack_itself_is_done() {
        for (resource_type, status, ends) in [
            (STACK, "CREATE_COMPLETE", true),
            (STACK, "UPDATE_ROLLBACK_COMPLETE", true),
            (STACK, "DELETE_COMPLETE", true),
            (STACK, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", false),
            (STACK, "ROLLBACK_COMPLETE", false),
            ("AWS::Lambda::Function", "CREATE_COMPLETE", false),
        ] {
            let event = event(resource_type, status);
            assert_eq!(is_end(&event, "spotmanager"), ends, "{status}");
        }
    }

    #[test]
    fn each_resource_that_changes_is_reported_once_when_it_is_done() {
        let changes = [ResourceChange {
            action: "Modify".into(),
            logical_id: "discoverFunction".into(),
            resource_type: "AWS::Lambda::Function".into(),
            replacement: None,
        }];
        for (logical_id, status, is_told) in [
            ("discoverFunction", "UPDATE_IN_PROGRESS", false),
            ("discoverFunction", "UPDATE_COMPLETE", true),
            ("startFunction", "UPDATE_COMPLETE", false),
            ("startFunction", "UPDATE_FAILED", true),
            ("spotmanager", "UPDATE_COMPLETE", true),
            ("spotmanager", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", false),
        ] {
            let mut event = event("AWS::Lambda::Function", status);
            event.logical_id = logical_id.into();
            let told = is_news(&event, "spotmanager", &changes);
            assert_eq!(told, is_told, "{logical_id} {status}");
        }
    }

    #[test]
    fn what_is_given_up_tells_why() {
        assert!(finished("sm", "UPDATE_COMPLETE".into(), &[]).is_ok());
        let reasons = ["startFunction: no such key".to_owned()];
        let failed = finished("sm", "DELETE_COMPLETE".into(), &reasons).unwrap_err();
        let expected = "the stack sm is DELETE_COMPLETE: startFunction: no such key";
        assert_eq!(failed.to_string(), expected);
    }
}

//! What CloudFormation does, told as it does it.

use anyhow::Result;
use console::style;
use spotmanager_aws::{
    change_sets::{Client, CreatedChangeSet, execute_change_set},
    stack_events::{StackEvent, events_after, newest_event},
};

use crate::pauses::until;

const STACK: &str = "AWS::CloudFormation::Stack";

/// CloudFormation gave the change up.
#[derive(Debug, thiserror::Error)]
#[error("the stack {stack_name} is {status}: {reasons}")]
struct StackFailed {
    stack_name: String,
    status: String,
    reasons: String,
}

/// Executes the change set, and tells on standard error what happens until it is done.
///
/// # Errors
/// [`StackFailed`] where it is given up, and when CloudFormation cannot be asked.
pub(super) async fn execute(
    client: &Client,
    change_set: &CreatedChangeSet,
    stack_name: &str,
) -> Result<()> {
    let stack = change_set.stack_arn.as_str();
    let mut last = newest_event(client, stack).await?;
    execute_change_set(client, &change_set.arn).await?;
    let mut reasons = Vec::new();
    let status = until(async || {
        for event in events_after(client, stack, last.as_deref()).await? {
            eprintln!("{}", line(&event));
            if event.is_cause() {
                let reason = event.reason.as_deref().unwrap_or("no reason is told");
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
    fn what_is_given_up_tells_why() {
        assert!(finished("sm", "UPDATE_COMPLETE".into(), &[]).is_ok());
        let reasons = ["startFunction: no such key".to_owned()];
        let failed = finished("sm", "DELETE_COMPLETE".into(), &reasons).unwrap_err();
        let expected = "the stack sm is DELETE_COMPLETE: startFunction: no such key";
        assert_eq!(failed.to_string(), expected);
    }
}

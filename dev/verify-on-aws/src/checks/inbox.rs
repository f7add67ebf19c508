//! What the notifications topic carries.

use std::{cell::Cell, time::Duration};

use serde_json::Value;

use super::queues::take;
use crate::{error::VerifyError, report::Finding, stage::Stage, throwaway::Deployed};

/// EventBridge and SNS take seconds.
const LONGEST: Duration = Duration::from_secs(120);

/// Waits for the decision of the newest execution.
///
/// # Errors
/// What a call fails with.
pub(super) async fn decision(stage: &Stage, deployed: &Deployed) -> Result<Finding, VerifyError> {
    let Some(execution) = &stage.execution else {
        let why = "no execution was started that could have decided";
        return Ok(Finding::NotRun(why.to_owned()));
    };
    let others = Cell::new(0);
    let received = stage
        .waits
        .until("the decision event", LONGEST, async || {
            for message in take(stage, &deployed.inbox_url).await? {
                let body = message.body.unwrap_or_default();
                let event: Value = serde_json::from_str(&body).unwrap_or_default();
                if is_decision(&event, execution) {
                    return Ok(Some(event));
                }
                others.set(others.get() + 1);
            }
            Ok(None)
        })
        .await;
    Ok(match received {
        Ok(event) => {
            let reason = event.pointer("/detail/reason").and_then(Value::as_str);
            Finding::Held(format!("received {}", reason.unwrap_or("no reason")))
        }
        Err(error @ VerifyError::TooLong { .. }) => {
            let others = others.get();
            Finding::DidNotHold(format!(
                "{error}; {others} other messages came; the metric FailedInvocations of the rule, and the dead-letter queue, say more"
            ))
        }
        Err(error) => return Err(error),
    })
}

fn is_decision(event: &Value, execution_arn: &str) -> bool {
    event["detail-type"] == "SpotManager Decision"
        && event["detail"]["execution_arn"] == execution_arn
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_decision_of_the_execution_counts() {
        let event =
            |kind: &str, arn: &str| json!({"detail-type": kind, "detail": {"execution_arn": arn}});
        assert!(is_decision(&event("SpotManager Decision", "a"), "a"));
        assert!(!is_decision(&event("SpotManager Decision", "b"), "a"));
        assert!(!is_decision(&event("SpotManager Failure", "a"), "a"));
    }
}

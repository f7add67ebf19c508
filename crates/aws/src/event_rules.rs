//! EventBridge's rules: whether they are on, and what they invoke.

use aws_sdk_eventbridge::types::{RuleState, Target};
use spotmanager_domain::resources::EventRule;

pub use aws_sdk_eventbridge::Client;

use crate::AwsError;

const NOT_FOUND: &str = "ResourceNotFoundException";

/// A rule of the default event bus with its targets; `None` if it does not exist.
/// See <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html> and
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTargetsByRule.html>.
///
/// # Errors
/// [`AwsError`] when a call fails.
pub async fn describe_rule(client: &Client, name: &str) -> Result<Option<EventRule>, AwsError> {
    let reply = client.describe_rule().name(name).send().await;
    let reply = match reply.map_err(|error| AwsError::new("events:DescribeRule", error)) {
        Err(error) if error.code == NOT_FOUND => return Ok(None),
        reply => reply?,
    };
    let Some(targets) = targets(client, name).await? else {
        return Ok(None);
    };
    let roles = targets.iter().filter_map(Target::role_arn);
    Ok(Some(EventRule {
        arn: reply.arn().unwrap_or_default().to_owned(),
        state: reply
            .state()
            .map(RuleState::as_str)
            .unwrap_or_default()
            .to_owned(),
        event_pattern: reply.event_pattern().unwrap_or_default().to_owned(),
        target_role_arns: roles.map(str::to_owned).collect(),
        target_arns: targets.iter().map(Target::arn).map(str::to_owned).collect(),
    }))
}

/// EventBridge's SDK has no paginator for it.
async fn targets(client: &Client, rule: &str) -> Result<Option<Vec<Target>>, AwsError> {
    let mut targets = Vec::new();
    let mut next_token = None;
    loop {
        let request = client.list_targets_by_rule().rule(rule);
        let reply = request.set_next_token(next_token.take()).send().await;
        match reply.map_err(|error| AwsError::new("events:ListTargetsByRule", error)) {
            Err(error) if error.code == NOT_FOUND => return Ok(None),
            Err(error) => return Err(error),
            Ok(reply) => {
                next_token = reply.next_token;
                targets.extend(reply.targets.unwrap_or_default());
            }
        }
        if next_token.is_none() {
            return Ok(Some(targets));
        }
    }
}

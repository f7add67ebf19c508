//! The subscriptions of SNS topics.

pub use aws_sdk_sns::Client;

use crate::{AwsError, topics::NOT_FOUND};

/// What SNS lists in place of the ARN of a subscription that nobody has confirmed.
/// See <https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html>.
const PENDING: &str = "PendingConfirmation";

/// A subscription as its topic lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its ARN; absent until it is confirmed.
    pub arn: Option<String>,
    /// Such as `lambda`.
    pub protocol: String,
    /// Where messages go: for `lambda` the ARN of a function, a version or an alias.
    pub endpoint: String,
}

/// A subscription's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionSettings {
    /// Whether nobody has confirmed it.
    pub is_pending: bool,
    /// Its filter policy, a JSON document.
    pub filter_policy: Option<String>,
    /// What the filter policy looks at: `MessageAttributes`, the default, or `MessageBody`.
    pub filter_policy_scope: Option<String>,
    /// Its redrive policy, a JSON document.
    pub redrive_policy: Option<String>,
}

/// The subscriptions of a topic; `None` if the topic does not exist.
/// See <https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html>.
///
/// # Errors
/// [`AwsError`] when a page cannot be read.
pub async fn of_topic(
    client: &Client,
    topic_arn: &str,
) -> Result<Option<Vec<Subscription>>, AwsError> {
    let mut listed = client
        .list_subscriptions_by_topic()
        .topic_arn(topic_arn)
        .into_paginator()
        .items()
        .send();
    let mut subscriptions = Vec::new();
    while let Some(one) = listed.next().await {
        match one.map_err(|error| AwsError::new("sns:ListSubscriptionsByTopic", error)) {
            Err(error) if NOT_FOUND.contains(&error.code.as_str()) => return Ok(None),
            Err(error) => return Err(error),
            Ok(one) => subscriptions.push(Subscription {
                arn: one
                    .subscription_arn()
                    .filter(|arn| *arn != PENDING)
                    .map(str::to_owned),
                protocol: one.protocol().unwrap_or_default().to_owned(),
                endpoint: one.endpoint().unwrap_or_default().to_owned(),
            }),
        }
    }
    Ok(Some(subscriptions))
}

/// A subscription's settings; `None` if it does not exist.
/// See <https://docs.aws.amazon.com/sns/latest/api/API_GetSubscriptionAttributes.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn settings(
    client: &Client,
    arn: &str,
) -> Result<Option<SubscriptionSettings>, AwsError> {
    let reply = client
        .get_subscription_attributes()
        .subscription_arn(arn)
        .send()
        .await
        .map_err(|error| AwsError::new("sns:GetSubscriptionAttributes", error));
    let reply = match reply {
        Err(error) if NOT_FOUND.contains(&error.code.as_str()) => return Ok(None),
        reply => reply?,
    };
    let attribute = |name: &str| {
        let value = reply.attributes()?.get(name)?;
        (!value.is_empty()).then(|| value.clone())
    };
    Ok(Some(SubscriptionSettings {
        is_pending: attribute("PendingConfirmation").as_deref() == Some("true"),
        filter_policy: attribute("FilterPolicy"),
        filter_policy_scope: attribute("FilterPolicyScope"),
        redrive_policy: attribute("RedrivePolicy"),
    }))
}

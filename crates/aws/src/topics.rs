//! SNS topics: whether they exist, who may publish, and what encrypts them.

pub use aws_sdk_sns::Client;

use crate::AwsError;

/// The codes of SNS for what does not exist.
pub(crate) const NOT_FOUND: [&str; 2] = ["NotFound", "NotFoundException"];

/// A topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its access policy, a JSON document.
    pub policy: String,
    /// The key that encrypts it: an id, an ARN or an alias; absent for a topic that is not
    /// encrypted.
    pub kms_key: Option<String>,
}

/// A topic's attributes; `None` if it does not exist.
/// See <https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn describe_topic(client: &Client, topic_arn: &str) -> Result<Option<Topic>, AwsError> {
    let reply = client
        .get_topic_attributes()
        .topic_arn(topic_arn)
        .send()
        .await
        .map_err(|error| AwsError::new("sns:GetTopicAttributes", error));
    let reply = match reply {
        Err(error) if NOT_FOUND.contains(&error.code.as_str()) => return Ok(None),
        reply => reply?,
    };
    let attribute = |name: &str| reply.attributes()?.get(name).cloned();
    Ok(Some(Topic {
        policy: attribute("Policy").unwrap_or_default(),
        kms_key: attribute("KmsMasterKeyId").filter(|key| !key.is_empty()),
    }))
}

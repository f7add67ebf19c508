//! What the ARN of a topic says.

/// A topic's name, of its ARN.
pub(crate) fn topic_name(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or_default()
}

/// The account of an ARN.
pub(crate) fn account_of(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}

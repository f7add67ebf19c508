//! The tags of CloudWatch's alarms.

pub use aws_sdk_cloudwatch::Client;

use crate::AwsError;

const NOT_FOUND: [&str; 2] = ["ResourceNotFound", "ResourceNotFoundException"];

/// The name of the CloudFormation stack that made an alarm, of the nested one where it is in one;
/// `None` where no stack made it,
/// or where it is gone.
/// See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListTagsForResource.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn stack_name(client: &Client, alarm_arn: &str) -> Result<Option<String>, AwsError> {
    let reply = client
        .list_tags_for_resource()
        .resource_arn(alarm_arn)
        .send()
        .await
        .map_err(|error| AwsError::new("cloudwatch:ListTagsForResource", error));
    let reply = match reply {
        // Deleted since it told of jobs, which wait all the same.
        Err(error) if NOT_FOUND.contains(&error.code.as_str()) => return Ok(None),
        reply => reply?,
    };
    Ok(reply
        .tags()
        .iter()
        .find(|tag| tag.key() == Some("aws:cloudformation:stack-name"))
        .and_then(|tag| tag.value())
        .map(str::to_owned))
}

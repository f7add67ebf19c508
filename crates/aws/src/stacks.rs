//! CloudFormation stacks and their resources.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::{ResourceStatus, Stack, StackResourceSummary, StackStatus};

pub use aws_sdk_cloudformation::Client;

use crate::AwsError;

/// A resource of a stack that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackResource {
    /// Its name in the template.
    pub logical_id: String,
    /// Its name or ARN in the service; a nested stack's is its ARN.
    pub physical_id: String,
    /// Such as `AWS::AutoScaling::AutoScalingGroup`.
    pub resource_type: String,
}

/// A stack's resources, without those that are deleted or not created yet.
/// `None` where there is no such stack.
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html>.
///
/// # Errors
/// [`AwsError`] when a page cannot be had.
pub async fn list_resources(
    client: &Client,
    stack: &str,
) -> Result<Option<Vec<StackResource>>, AwsError> {
    let mut pages = client
        .list_stack_resources()
        .stack_name(stack)
        .into_paginator()
        .send();
    let mut resources = Vec::new();
    while let Some(page) = pages.next().await {
        match page.map_err(|error| AwsError::new("cloudformation:ListStackResources", error)) {
            Ok(page) => resources.extend(
                page.stack_resource_summaries()
                    .iter()
                    .filter_map(stack_resource),
            ),
            Err(error) if is_no_such_stack(&error) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok(Some(resources))
}

/// A stack with what it was deployed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeployedStack {
    /// Such as `CREATE_COMPLETE`.
    pub status: String,
    /// Its parameters by their names.
    pub parameters: BTreeMap<String, String>,
    /// Its outputs by their names.
    pub outputs: BTreeMap<String, String>,
}

/// A stack's parameters and outputs. `None` where there is no such stack.
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn describe_stack(
    client: &Client,
    stack: &str,
) -> Result<Option<DeployedStack>, AwsError> {
    let stacks = client
        .describe_stacks()
        .stack_name(stack)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| AwsError::new("cloudformation:DescribeStacks", error));
    match stacks {
        Ok(stacks) => Ok(stacks.first().map(deployed_stack)),
        Err(error) if is_no_such_stack(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn deployed_stack(stack: &Stack) -> DeployedStack {
    let pair = |key: Option<&str>, value: Option<&str>| Some((key?.to_owned(), value?.to_owned()));
    let status = stack.stack_status().map(StackStatus::as_str);
    DeployedStack {
        status: status.unwrap_or_default().to_owned(),
        parameters: stack
            .parameters()
            .iter()
            .filter_map(|one| pair(one.parameter_key(), one.parameter_value()))
            .collect(),
        outputs: stack
            .outputs()
            .iter()
            .filter_map(|one| pair(one.output_key(), one.output_value()))
            .collect(),
    }
}

/// CloudFormation has no error code of its own for a stack that is not there.
fn is_no_such_stack(error: &AwsError) -> bool {
    error.code == "ValidationError" && error.message.contains("does not exist")
}

fn stack_resource(summary: &StackResourceSummary) -> Option<StackResource> {
    if summary.resource_status() == Some(&ResourceStatus::DeleteComplete) {
        return None;
    }
    Some(StackResource {
        logical_id: summary.logical_resource_id()?.to_owned(),
        physical_id: summary
            .physical_resource_id()
            .filter(|id| !id.is_empty())?
            .to_owned(),
        resource_type: summary.resource_type()?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(status: ResourceStatus, physical_id: Option<&str>) -> StackResourceSummary {
        StackResourceSummary::builder()
            .logical_resource_id("asgGPU")
            .set_physical_resource_id(physical_id.map(str::to_owned))
            .resource_type("AWS::AutoScaling::AutoScalingGroup")
            .resource_status(status)
            .build()
    }

    #[test]
    fn parameters_and_outputs_are_read_by_their_names() {
        use aws_sdk_cloudformation::types::{Output, Parameter};
        let parameter = Parameter::builder()
            .parameter_key("TopicSuffix")
            .parameter_value("-jobs");
        let output = Output::builder()
            .output_key("JobsTopicArn")
            .output_value("arn");
        let stack = Stack::builder()
            .stack_status(StackStatus::CreateComplete)
            .parameters(parameter.build())
            .outputs(output.build())
            .build();
        let stack = deployed_stack(&stack);
        assert_eq!(stack.status, "CREATE_COMPLETE");
        assert_eq!(stack.parameters["TopicSuffix"], "-jobs");
        assert_eq!(stack.outputs["JobsTopicArn"], "arn");
    }

    #[test]
    fn only_what_exists_is_listed() {
        use ResourceStatus::{CreateComplete, CreateInProgress, DeleteComplete};
        assert!(stack_resource(&summary(CreateComplete, Some("asg"))).is_some());
        assert_eq!(stack_resource(&summary(DeleteComplete, Some("asg"))), None);
        assert_eq!(stack_resource(&summary(CreateInProgress, None)), None);
    }
}

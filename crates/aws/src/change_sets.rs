//! Change sets: what CloudFormation would do to a stack, before it does it.
//! See <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html>.

use aws_sdk_cloudformation::types::{
    self, Capability, Change, ChangeSetStatus, ChangeSetType, OnStackFailure, Parameter,
};

pub use aws_sdk_cloudformation::Client;

use crate::AwsError;

/// What a change set is made of.
#[derive(Clone, Debug)]
pub struct NewChangeSet<'a> {
    /// The stack's name.
    pub stack_name: &'a str,
    /// Its own.
    pub name: &'a str,
    /// Whether it makes the stack.
    pub makes_stack: bool,
    /// The template, up to 51,200 bytes.
    pub template_body: &'a str,
    /// The parameters; those left out have the template's default.
    pub parameters: &'a [StackParameter],
}

/// A parameter of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackParameter {
    /// Its name.
    pub key: String,
    /// Its value; absent for the one that the stack has.
    pub value: Option<String>,
}

/// A change set that is being made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedChangeSet {
    /// Its ARN.
    pub arn: String,
    /// The ARN of its stack, which names it even when it is deleted.
    pub stack_arn: String,
}

/// What became of a change set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeSet {
    /// CloudFormation still compares.
    InProgress,
    /// It can be executed.
    Ready(Vec<ResourceChange>),
    /// The stack is as it would be.
    Empty,
    /// It cannot be made, for this reason.
    Failed(String),
}

/// What is done to a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceChange {
    /// `Add`, `Modify`, `Remove`, `Import` or `Dynamic`.
    pub action: String,
    /// Its name in the template.
    pub logical_id: String,
    /// Such as `AWS::Lambda::Function`.
    pub resource_type: String,
    /// `True`, `False` or `Conditional` where it is modified: whether another takes its place.
    pub replacement: Option<String>,
}

/// Makes a change set. A stack that it makes is deleted where that fails.
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html>.
///
/// # Errors
/// [`AwsError`] when the call fails, or CloudFormation refuses the template or a parameter.
pub async fn create_change_set(
    client: &Client,
    new: &NewChangeSet<'_>,
) -> Result<CreatedChangeSet, AwsError> {
    const CALL: &str = "cloudformation:CreateChangeSet";
    let (kind, on_failure) = if new.makes_stack {
        (ChangeSetType::Create, Some(OnStackFailure::Delete))
    } else {
        (ChangeSetType::Update, None)
    };
    let parameters = new.parameters.iter().map(|parameter| {
        Parameter::builder()
            .parameter_key(&parameter.key)
            .set_parameter_value(parameter.value.clone())
            .set_use_previous_value(parameter.value.is_none().then_some(true))
            .build()
    });
    let created = client
        .create_change_set()
        .stack_name(new.stack_name)
        .change_set_name(new.name)
        .change_set_type(kind)
        .set_on_stack_failure(on_failure)
        .template_body(new.template_body)
        .set_parameters(Some(parameters.collect()))
        .capabilities(Capability::CapabilityIam)
        .send()
        .await
        .map_err(|error| AwsError::new(CALL, error))?;
    match (created.id, created.stack_id) {
        (Some(arn), Some(stack_arn)) => Ok(CreatedChangeSet { arn, stack_arn }),
        _ => Err(AwsError::incomplete(CALL, "Id and StackId")),
    }
}

/// How a change set stands.
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html>.
///
/// # Errors
/// [`AwsError`] when a page cannot be had.
pub async fn describe_change_set(client: &Client, arn: &str) -> Result<ChangeSet, AwsError> {
    let mut pages = client
        .describe_change_set()
        .change_set_name(arn)
        .into_paginator()
        .send();
    let mut changes = Vec::new();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| AwsError::new("cloudformation:DescribeChangeSet", error))?;
        match page.status() {
            Some(ChangeSetStatus::CreateComplete) => {}
            Some(ChangeSetStatus::Failed) => {
                return Ok(failed(page.status_reason().unwrap_or_default()));
            }
            _ => return Ok(ChangeSet::InProgress),
        }
        changes.extend(page.changes().iter().filter_map(resource_change));
    }
    Ok(ChangeSet::Ready(changes))
}

/// CloudFormation has no status of its own for a change set without a change.
fn failed(reason: &str) -> ChangeSet {
    const NO_CHANGES: [&str; 2] = ["didn't contain changes", "No updates are to be performed"];
    if NO_CHANGES.iter().any(|told| reason.contains(told)) {
        ChangeSet::Empty
    } else {
        ChangeSet::Failed(reason.to_owned())
    }
}

fn resource_change(change: &Change) -> Option<ResourceChange> {
    let change = change.resource_change()?;
    let replacement = change.replacement().map(types::Replacement::as_str);
    Some(ResourceChange {
        action: change.action()?.as_str().to_owned(),
        logical_id: change.logical_resource_id()?.to_owned(),
        resource_type: change.resource_type()?.to_owned(),
        replacement: replacement.map(str::to_owned),
    })
}

/// Executes a change set.
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn execute_change_set(client: &Client, arn: &str) -> Result<(), AwsError> {
    client
        .execute_change_set()
        .change_set_name(arn)
        .send()
        .await
        .map_err(|error| AwsError::new("cloudformation:ExecuteChangeSet", error))?;
    Ok(())
}

/// Deletes a change set.
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn delete_change_set(client: &Client, arn: &str) -> Result<(), AwsError> {
    client
        .delete_change_set()
        .change_set_name(arn)
        .send()
        .await
        .map_err(|error| AwsError::new("cloudformation:DeleteChangeSet", error))?;
    Ok(())
}

/// Deletes a stack, as the one in review that a change set leaves which is not executed.
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn delete_stack(client: &Client, stack: &str) -> Result<(), AwsError> {
    client
        .delete_stack()
        .stack_name(stack)
        .send()
        .await
        .map_err(|error| AwsError::new("cloudformation:DeleteStack", error))?;
    Ok(())
}

/// The names of a template's parameters.
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplateSummary.html>.
///
/// # Errors
/// [`AwsError`] when the call fails, or CloudFormation cannot read the template.
pub async fn template_parameters(
    client: &Client,
    template_body: &str,
) -> Result<Vec<String>, AwsError> {
    let summary = client
        .get_template_summary()
        .template_body(template_body)
        .send()
        .await
        .map_err(|error| AwsError::new("cloudformation:GetTemplateSummary", error))?;
    let keys = summary
        .parameters()
        .iter()
        .filter_map(|parameter| parameter.parameter_key().map(str::to_owned));
    Ok(keys.collect())
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudformation::types::{ChangeAction, Replacement, ResourceChange as Described};

    use super::*;

    #[test]
    fn a_change_set_without_a_change_is_told_from_one_that_failed() {
        for reason in [
            "The submitted information didn't contain changes. Submit different information.",
            "No updates are to be performed.",
        ] {
            assert_eq!(failed(reason), ChangeSet::Empty, "{reason}");
        }
        let reason = "Template error: no such resource";
        assert_eq!(failed(reason), ChangeSet::Failed(reason.into()));
    }

    #[test]
    fn a_change_names_its_resource_and_whether_another_takes_its_place() {
        let described = Described::builder()
            .action(ChangeAction::Modify)
            .logical_resource_id("startFunction")
            .resource_type("AWS::Lambda::Function")
            .replacement(Replacement::Conditional)
            .build();
        let change = Change::builder().resource_change(described).build();
        let expected = ResourceChange {
            action: "Modify".into(),
            logical_id: "startFunction".into(),
            resource_type: "AWS::Lambda::Function".into(),
            replacement: Some("Conditional".into()),
        };
        assert_eq!(resource_change(&change), Some(expected));
        assert_eq!(resource_change(&Change::builder().build()), None);
    }
}

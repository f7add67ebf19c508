//! CloudFormation stacks, tagged as this command's own.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_cloudformation::types::{Capability, Parameter, Stack, StackStatus, Tag};
use spotmanager_aws::{
    AwsError, change_sets::delete_stack, stack_events::events_after, stacks::list_resources,
};

use crate::{
    error::VerifyError,
    names::{Names, TAG},
    region::Region,
    waits::Waits,
};

/// The longest that a stack may take; a nested one with Auto Scaling groups takes minutes.
const LONGEST: Duration = Duration::from_secs(20 * 60);

/// What a stack is made of.
#[derive(Clone, Debug)]
pub(crate) struct Wanted<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Up to 51,200 bytes.
    pub(crate) template: &'a str,
    /// Those that the template has no default for, or another one.
    pub(crate) parameters: &'a [(&'a str, &'a str)],
}

impl Wanted<'_> {
    fn parameters(&self) -> Vec<Parameter> {
        let parameter = |(key, value): &(&str, &str)| {
            Parameter::builder()
                .parameter_key(*key)
                .parameter_value(*value)
                .build()
        };
        self.parameters.iter().map(parameter).collect()
    }
}

fn tag(names: &Names) -> Tag {
    Tag::builder().key(TAG).value(names.suffix()).build()
}

/// Sends CreateStack or UpdateStack, which take the same; the SDK has no trait for it.
macro_rules! send {
    ($request:expr, $wanted:expr, $names:expr) => {
        $request
            .stack_name($wanted.name)
            .template_body($wanted.template)
            .set_parameters(Some($wanted.parameters()))
            .capabilities(Capability::CapabilityIam)
            .tags(tag($names))
            .send()
            .await
    };
}

/// Creates a stack, waits until all of it is there, and returns its outputs.
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>.
///
/// # Errors
/// [`VerifyError::Stack`] with CloudFormation's reason, or what a call fails with.
pub(crate) async fn create(
    region: &Region,
    names: &Names,
    waits: &Waits,
    wanted: &Wanted<'_>,
) -> Result<BTreeMap<String, String>, VerifyError> {
    waits.go_on()?;
    send!(region.cloud_formation.create_stack(), wanted, names)
        .map_err(|error| AwsError::new("cloudformation:CreateStack", error))?;
    let what = format!("creating stack {}", wanted.name);
    settle(
        region,
        waits,
        wanted.name,
        &what,
        &StackStatus::CreateComplete,
    )
    .await
}

/// Updates a stack to other parameters or another template, and waits until that is done.
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html>.
///
/// # Errors
/// [`VerifyError::Stack`] with CloudFormation's reason, or what a call fails with.
pub(crate) async fn update(
    region: &Region,
    names: &Names,
    waits: &Waits,
    wanted: &Wanted<'_>,
) -> Result<BTreeMap<String, String>, VerifyError> {
    waits.go_on()?;
    send!(region.cloud_formation.update_stack(), wanted, names)
        .map_err(|error| AwsError::new("cloudformation:UpdateStack", error))?;
    let what = format!("updating stack {}", wanted.name);
    settle(
        region,
        waits,
        wanted.name,
        &what,
        &StackStatus::UpdateComplete,
    )
    .await
}

/// Waits until a stack has this status; any other that is not on the way to it is a failure.
async fn settle(
    region: &Region,
    waits: &Waits,
    name: &str,
    what: &str,
    wanted: &StackStatus,
) -> Result<BTreeMap<String, String>, VerifyError> {
    waits
        .until(what, LONGEST, async || {
            let stack = described(region, name).await?;
            let status = stack.as_ref().and_then(Stack::stack_status);
            let text = status.map_or("gone", StackStatus::as_str).to_owned();
            if status == Some(wanted) {
                return Ok(stack.map(|stack| outputs(&stack)));
            }
            if text.ends_with("_IN_PROGRESS") && !text.contains("ROLLBACK") {
                return Ok(None);
            }
            Err(VerifyError::Stack {
                name: name.to_owned(),
                status: text,
                reason: reasons(region, name).await?,
            })
        })
        .await
}

/// Deletes a stack of this run, waits until it is gone, and returns what CloudFormation kept of it,
/// each by type and name. A stack that is not there is deleted already.
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html>.
///
/// # Errors
/// [`VerifyError::NotOurs`], [`VerifyError::Stack`] with CloudFormation's reason, or what a call
/// fails with.
pub(crate) async fn delete(
    region: &Region,
    names: &Names,
    waits: &Waits,
    name: &str,
) -> Result<Vec<String>, VerifyError> {
    // An update or a roll-back cannot be interrupted.
    let what = format!("the end of the update of stack {name}");
    let arn = waits
        .until(&what, LONGEST, async || {
            let Some(stack) = described(region, name).await? else {
                return Ok(Some(None));
            };
            if !is_ours(&stack, names) {
                return Err(VerifyError::NotOurs {
                    what: format!("stack {name}"),
                    tag: format!("{TAG}={}", names.suffix()),
                });
            }
            let status = stack.stack_status().map_or("", StackStatus::as_str);
            let is_busy = status.ends_with("_IN_PROGRESS")
                && (status.starts_with("UPDATE") || status.starts_with("ROLLBACK"));
            Ok((!is_busy).then_some(stack.stack_id))
        })
        .await?;
    // A deleted stack is found by its ARN only.
    let Some(arn) = arn else {
        return Ok(Vec::new());
    };
    // A second attempt deletes what something else still held at the first one.
    match delete_once(region, waits, name, &arn).await {
        Err(VerifyError::Stack { .. }) => delete_once(region, waits, name, &arn).await?,
        ended => ended?,
    }
    let kept = Box::pin(list_resources(&region.cloud_formation, &arn)).await?;
    let kept = kept.unwrap_or_default().into_iter();
    Ok(kept
        .map(|one| format!("{} {}", one.resource_type, one.physical_id))
        .collect())
}

async fn delete_once(
    region: &Region,
    waits: &Waits,
    name: &str,
    arn: &str,
) -> Result<(), VerifyError> {
    delete_stack(&region.cloud_formation, name).await?;
    let what = format!("deleting stack {name}");
    waits
        .until(&what, LONGEST, async || {
            let stack = described(region, arn).await?;
            let status = stack.as_ref().and_then(Stack::stack_status);
            match status {
                None | Some(StackStatus::DeleteComplete) => Ok(Some(())),
                Some(StackStatus::DeleteFailed) => Err(VerifyError::Stack {
                    name: name.to_owned(),
                    status: "DELETE_FAILED".to_owned(),
                    reason: reasons(region, arn).await?,
                }),
                Some(_) => Ok(None),
            }
        })
        .await
}

/// An output of a stack; absent if there is no such stack or output.
///
/// # Errors
/// [`VerifyError::Aws`] if the call fails.
pub(crate) async fn output(
    region: &Region,
    name: &str,
    key: &str,
) -> Result<Option<String>, VerifyError> {
    let stack = described(region, name).await?;
    Ok(stack.and_then(|stack| outputs(&stack).remove(key)))
}

async fn described(region: &Region, stack: &str) -> Result<Option<Stack>, VerifyError> {
    let describe = region
        .cloud_formation
        .describe_stacks()
        .stack_name(stack)
        .send();
    match Box::pin(describe)
        .await
        .map_err(|error| AwsError::new("cloudformation:DescribeStacks", error))
    {
        Ok(reply) => Ok(reply.stacks.and_then(|mut stacks| stacks.pop())),
        // CloudFormation has no error code of its own for a stack that is not there.
        Err(error) if error.message.contains("does not exist") => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn is_ours(stack: &Stack, names: &Names) -> bool {
    let is_tag = |tag: &Tag| tag.key() == Some(TAG) && tag.value() == Some(names.suffix());
    stack.tags().iter().any(is_tag)
}

fn outputs(stack: &Stack) -> BTreeMap<String, String> {
    let pairs = stack.outputs().iter().filter_map(|output| {
        let (key, value) = (output.output_key()?, output.output_value()?);
        Some((key.to_owned(), value.to_owned()))
    });
    pairs.collect()
}

/// Why resources failed, without those that were given up because of another.
async fn reasons(region: &Region, stack: &str) -> Result<String, VerifyError> {
    let events = events_after(&region.cloud_formation, stack, None).await?;
    let causes = events.into_iter().filter(|event| event.is_cause());
    let causes: Vec<_> = causes
        .map(|event| {
            let reason = event.reason.unwrap_or_else(|| "no reason given".to_owned());
            format!("{}: {reason}", event.logical_id)
        })
        .collect();
    Ok(causes.join("; "))
}

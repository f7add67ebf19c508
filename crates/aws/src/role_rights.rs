//! What a role's own policies let it do, as IAM itself works it out.

use aws_sdk_iam::types::{
    ContextEntry, ContextKeyTypeEnum, EvaluationResult, PolicyEvaluationDecisionType,
};

pub use aws_sdk_iam::Client;

use crate::AwsError;

/// A condition key with the value that a service sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextKey {
    /// Such as `events:source`.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether the service sends a list of values, of which this is the only one.
    pub is_list: bool,
}

/// What a role may not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedAction {
    /// Such as `lambda:InvokeFunction`.
    pub action: String,
    /// The resource on which it may not do it; `*` for an action that takes no resource.
    pub resource_arn: String,
}

/// What a role may not do, of these actions on these resources, if the services send these condition
/// keys; `None` if there is no such role. What an organization's policies forbid is not among it.
/// See <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>.
///
/// # Errors
/// [`AwsError`] when a call fails.
pub async fn refused(
    client: &Client,
    role_arn: &str,
    actions: &[&str],
    resource_arns: &[String],
    context: &[ContextKey],
) -> Result<Option<Vec<RefusedAction>>, AwsError> {
    let context: Vec<_> = context.iter().map(entry).collect();
    let mut refused = Vec::new();
    // One resource a call: an answer names the resource only if each is answered by itself.
    for resource_arn in resource_arns {
        let mut results = client
            .simulate_principal_policy()
            .policy_source_arn(role_arn)
            .set_action_names(Some(actions.iter().map(|one| (*one).to_owned()).collect()))
            .resource_arns(resource_arn)
            .set_context_entries((!context.is_empty()).then(|| context.clone()))
            .into_paginator()
            .items()
            .send();
        let mut allowed = Vec::new();
        while let Some(result) = results.next().await {
            match result.map_err(|error| AwsError::new("iam:SimulatePrincipalPolicy", error)) {
                Err(error) if error.code == "NoSuchEntity" => return Ok(None),
                Err(error) => return Err(error),
                Ok(result) if allows(&result) => {
                    allowed.push(result.eval_action_name().to_ascii_lowercase());
                }
                Ok(_) => {}
            }
        }
        let lacking = actions.iter().filter(|action| {
            let action = action.to_ascii_lowercase();
            !allowed.contains(&action)
        });
        refused.extend(lacking.map(|action| RefusedAction {
            action: (*action).to_owned(),
            resource_arn: resource_arn.clone(),
        }));
    }
    Ok(Some(refused))
}

fn entry(key: &ContextKey) -> ContextEntry {
    ContextEntry::builder()
        .context_key_name(&key.name)
        .context_key_type(if key.is_list {
            ContextKeyTypeEnum::StringList
        } else {
            ContextKeyTypeEnum::String
        })
        .context_key_values(&key.value)
        .build()
}

fn allows(result: &EvaluationResult) -> bool {
    *result.eval_decision() == PolicyEvaluationDecisionType::Allowed
}

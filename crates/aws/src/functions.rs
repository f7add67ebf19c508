//! Lambda functions: their state, their variables, their concurrency and who may invoke them.

use std::collections::BTreeMap;

use aws_sdk_lambda::{
    operation::get_function_configuration::GetFunctionConfigurationOutput,
    types::{LastUpdateStatus, State},
};

pub use aws_sdk_lambda::Client;

use crate::AwsError;

const NOT_FOUND: &str = "ResourceNotFoundException";

/// A function, a version of it or an alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionRef<'a> {
    /// The function's name or ARN.
    pub name: &'a str,
    /// The version or alias; absent for the function itself.
    pub qualifier: Option<&'a str>,
}

/// A function's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// The role under which it runs.
    pub role_arn: String,
    /// `Active`, `Pending`, `Inactive` or `Failed`.
    pub state: String,
    /// Why it is in that state.
    pub state_reason: Option<String>,
    /// `Successful`, `InProgress` or `Failed`.
    pub last_update_status: String,
    /// Why the last update has that status.
    pub last_update_reason: Option<String>,
    /// Its environment variables.
    pub variables: BTreeMap<String, String>,
    /// Why the variables cannot be read, such as a KMS key that the caller may not use.
    pub variables_problem: Option<String>,
}

/// A function's configuration; `None` if it does not exist.
/// See <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn describe_function(
    client: &Client,
    function: FunctionRef<'_>,
) -> Result<Option<Function>, AwsError> {
    let reply = client
        .get_function_configuration()
        .function_name(function.name)
        .set_qualifier(function.qualifier.map(str::to_owned))
        .send()
        .await
        .map_err(|error| AwsError::new("lambda:GetFunctionConfiguration", error));
    match reply {
        Err(error) if error.code == NOT_FOUND => Ok(None),
        reply => Ok(Some(configured(&reply?))),
    }
}

fn configured(reply: &GetFunctionConfigurationOutput) -> Function {
    let environment = reply.environment();
    let problem = environment.and_then(|environment| environment.error());
    let variables = environment.and_then(|environment| environment.variables());
    Function {
        role_arn: reply.role().unwrap_or_default().to_owned(),
        state: reply.state().map(State::as_str).unwrap_or_default().into(),
        state_reason: reason(reply.state_reason()),
        last_update_status: reply
            .last_update_status()
            .map(LastUpdateStatus::as_str)
            .unwrap_or_default()
            .into(),
        last_update_reason: reason(reply.last_update_status_reason()),
        variables: variables.into_iter().flatten().map(own).collect(),
        variables_problem: problem.map(|problem| {
            let code = problem.error_code().unwrap_or("an error without a code");
            format!("{code}: {}", problem.message().unwrap_or("no message"))
        }),
    }
}

fn reason(reason: Option<&str>) -> Option<String> {
    reason
        .filter(|reason| !reason.is_empty())
        .map(str::to_owned)
}

fn own((name, value): (&String, &String)) -> (String, String) {
    (name.clone(), value.clone())
}

/// How many instances of a function may run at once, 0 for none; `None` if it has no limit of its
/// own.
/// See <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn reserved_concurrency(client: &Client, name: &str) -> Result<Option<i32>, AwsError> {
    let reply = client
        .get_function_concurrency()
        .function_name(name)
        .send()
        .await
        .map_err(|error| AwsError::new("lambda:GetFunctionConcurrency", error))?;
    Ok(reply.reserved_concurrent_executions())
}

/// The policy that says who may invoke a function, a JSON document; `None` if it has none, or does
/// not exist, for which Lambda has one code.
/// See <https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn policy(
    client: &Client,
    function: FunctionRef<'_>,
) -> Result<Option<String>, AwsError> {
    let reply = client
        .get_policy()
        .function_name(function.name)
        .set_qualifier(function.qualifier.map(str::to_owned))
        .send()
        .await
        .map_err(|error| AwsError::new("lambda:GetPolicy", error));
    match reply {
        Err(error) if error.code == NOT_FOUND => Ok(None),
        reply => Ok(reply?.policy().map(str::to_owned)),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_lambda::types::{EnvironmentError, EnvironmentResponse};

    use super::*;

    #[test]
    fn variables_that_cannot_be_decrypted_are_a_problem_and_not_none() {
        let error = EnvironmentError::builder()
            .error_code("AccessDeniedException")
            .message("Lambda was unable to decrypt your environment variables");
        let environment = EnvironmentResponse::builder().error(error.build());
        let reply = GetFunctionConfigurationOutput::builder()
            .state(State::Active)
            .state_reason("")
            .last_update_status(LastUpdateStatus::InProgress)
            .environment(environment.build())
            .build();
        let function = configured(&reply);
        assert_eq!(function.state, "Active");
        assert_eq!(function.state_reason, None);
        assert_eq!(function.last_update_status, "InProgress");
        let problem = function.variables_problem.unwrap();
        assert!(problem.starts_with("AccessDeniedException: "), "{problem}");
    }
}

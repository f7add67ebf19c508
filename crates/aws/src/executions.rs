//! Executions of the state machine.

use aws_sdk_sfn::operation::start_execution::StartExecutionError;

pub use aws_sdk_sfn::Client;

use crate::AwsError;

/// Whether an execution was started now or had been before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Started {
    /// It was started now, or runs since an earlier call with the same name and input, which
    /// Step Functions answers alike.
    Now {
        /// Its ARN.
        execution_arn: String,
    },
    /// An execution of that name exists, or existed within the last 90 days.
    Before,
}

/// Starts an execution under a name that makes it the only one of its kind.
/// See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>.
///
/// # Errors
/// [`AwsError`] when the call fails otherwise than with `ExecutionAlreadyExists`.
pub async fn start_execution(
    client: &Client,
    state_machine_arn: &str,
    name: &str,
    input: &str,
) -> Result<Started, AwsError> {
    let reply = client
        .start_execution()
        .state_machine_arn(state_machine_arn)
        .name(name)
        .input(input)
        .send()
        .await;
    match reply {
        Ok(started) => Ok(Started::Now {
            execution_arn: started.execution_arn().to_owned(),
        }),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(StartExecutionError::is_execution_already_exists) =>
        {
            Ok(Started::Before)
        }
        Err(error) => Err(AwsError::new("states:StartExecution", error)),
    }
}

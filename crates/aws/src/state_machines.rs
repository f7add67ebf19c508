//! State machines.

use aws_sdk_sfn::types::{StateMachineStatus, StateMachineType};

pub use aws_sdk_sfn::Client;

use crate::AwsError;

/// The ARNs of the account's standard state machines in the region; express ones keep no
/// executions.
/// See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachines.html>.
///
/// # Errors
/// [`AwsError`] when a page cannot be had.
pub async fn standard(client: &Client) -> Result<Vec<String>, AwsError> {
    let mut machines = client.list_state_machines().into_paginator().items().send();
    let mut arns = Vec::new();
    while let Some(machine) = machines.next().await {
        let machine = machine.map_err(|error| AwsError::new("states:ListStateMachines", error))?;
        if *machine.r#type() == StateMachineType::Standard {
            arns.push(machine.state_machine_arn().to_owned());
        }
    }
    Ok(arns)
}

/// A state machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateMachine {
    /// `ACTIVE` or `DELETING`.
    pub status: String,
    /// The role under which it invokes functions.
    pub role_arn: String,
}

/// A state machine; `None` if it does not exist.
/// See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn describe(client: &Client, arn: &str) -> Result<Option<StateMachine>, AwsError> {
    const NONE: [&str; 2] = ["StateMachineDoesNotExist", "InvalidArn"];
    let reply = client
        .describe_state_machine()
        .state_machine_arn(arn)
        .send()
        .await
        .map_err(|error| AwsError::new("states:DescribeStateMachine", error));
    let reply = match reply {
        Err(error) if NONE.contains(&error.code.as_str()) => return Ok(None),
        reply => reply?,
    };
    let status = reply.status().map(StateMachineStatus::as_str);
    Ok(Some(StateMachine {
        status: status.unwrap_or_default().to_owned(),
        role_arn: reply.role_arn().to_owned(),
    }))
}

/// A state machine's status, `ACTIVE` or `DELETING`; `None` if it does not exist.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn status(client: &Client, arn: &str) -> Result<Option<String>, AwsError> {
    Ok(describe(client, arn).await?.map(|machine| machine.status))
}

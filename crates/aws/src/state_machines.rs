//! State machines.

use aws_sdk_sfn::types::StateMachineType;

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

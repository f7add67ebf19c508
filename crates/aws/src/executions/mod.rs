//! Executions of the state machine.

use aws_sdk_sfn::{
    operation::{
        describe_execution::DescribeExecutionOutput, start_execution::StartExecutionError,
    },
    types::{ExecutionListItem, ExecutionStatus},
};
use jiff::{SignedDuration, Timestamp, Unit};

mod of_pair;

pub use aws_sdk_sfn::Client;
pub use of_pair::{Other, Own, arn_of, ended_since, is_late, others, sort_by_age};

use crate::{AwsError, time::timestamp};

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

const LIST: &str = "states:ListExecutions";

/// An execution as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its ARN.
    pub execution_arn: String,
    /// Its name.
    pub name: String,
    /// When it began, UTC.
    pub started_at: Timestamp,
}

/// The executions of a state machine that run, newest first; the list is eventually consistent.
/// See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html>.
///
/// # Errors
/// [`AwsError`] when a page cannot be read or holds an invalid time.
pub async fn running(client: &Client, state_machine_arn: &str) -> Result<Vec<Listed>, AwsError> {
    let mut pages = client
        .list_executions()
        .state_machine_arn(state_machine_arn)
        .status_filter(ExecutionStatus::Running)
        .into_paginator()
        .send();
    let mut running = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| AwsError::new(LIST, error))?;
        for execution in page.executions() {
            running.push(listed(execution)?);
        }
    }
    Ok(running)
}

/// How far back a list goes for executions that ended lately: as long as the state machine lets one
/// run, seconds.
const LONGEST_SECONDS: i64 = 64_800;

/// The executions of a state machine that succeeded at `since` or later, newest first; the list is
/// eventually consistent.
/// See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html>.
///
/// # Errors
/// [`AwsError`] when a page cannot be read or holds an invalid time.
pub async fn succeeded_since(
    client: &Client,
    state_machine_arn: &str,
    since: Timestamp,
) -> Result<Vec<Listed>, AwsError> {
    let mut executions = client
        .list_executions()
        .state_machine_arn(state_machine_arn)
        .status_filter(ExecutionStatus::Succeeded)
        .into_paginator()
        .items()
        .send();
    let oldest = since - SignedDuration::from_secs(LONGEST_SECONDS);
    let mut succeeded = Vec::new();
    while let Some(execution) = executions.next().await {
        let execution = execution.map_err(|error| AwsError::new(LIST, error))?;
        let stopped_at = execution.stop_date().and_then(timestamp);
        let listed = listed(&execution)?;
        if listed.started_at < oldest {
            break;
        }
        if stopped_at.is_some_and(|at| at >= since) {
            succeeded.push(listed);
        }
    }
    Ok(succeeded)
}

/// The newest executions of a state machine, newest first, at most `most`.
/// See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html>.
///
/// # Errors
/// [`AwsError`] when a page cannot be read or holds an invalid time.
pub async fn newest(
    client: &Client,
    state_machine_arn: &str,
    most: usize,
) -> Result<Vec<Listed>, AwsError> {
    let mut executions = client
        .list_executions()
        .state_machine_arn(state_machine_arn)
        .into_paginator()
        .items()
        .send();
    let mut newest = Vec::new();
    while newest.len() < most {
        let Some(execution) = executions.next().await else {
            break;
        };
        let execution = execution.map_err(|error| AwsError::new(LIST, error))?;
        newest.push(listed(&execution)?);
    }
    Ok(newest)
}

fn listed(execution: &ExecutionListItem) -> Result<Listed, AwsError> {
    Ok(Listed {
        execution_arn: execution.execution_arn().to_owned(),
        name: execution.name().to_owned(),
        // Sent as a fraction, which is not exact; a context object has milliseconds.
        started_at: timestamp(execution.start_date())
            .and_then(|at| at.round(Unit::Millisecond).ok())
            .ok_or_else(|| AwsError::incomplete(LIST, "startDate"))?,
    })
}

/// What an execution was started with; `None` once it has ended.
/// See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn input_while_running(
    client: &Client,
    execution_arn: &str,
) -> Result<Option<String>, AwsError> {
    let reply = describe(client, execution_arn).await?;
    let runs = *reply.status() == ExecutionStatus::Running;
    Ok(reply.input.filter(|_| runs))
}

/// What an execution was started with; `None` where there is no such execution.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn input(client: &Client, execution_arn: &str) -> Result<Option<String>, AwsError> {
    match describe(client, execution_arn).await {
        Ok(reply) => Ok(Some(reply.input.unwrap_or_default())),
        Err(error) if error.code == "ExecutionDoesNotExist" => Ok(None),
        Err(error) => Err(error),
    }
}

/// How an execution stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It runs.
    Running,
    /// It succeeded, with this output in JSON.
    Succeeded(String),
    /// It failed, was aborted or timed out.
    Failed,
}

/// How an execution stands; `None` if there is no such execution.
/// See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn standing(client: &Client, execution_arn: &str) -> Result<Option<Standing>, AwsError> {
    match describe(client, execution_arn).await {
        Ok(reply) => Ok(Some(match reply.status() {
            ExecutionStatus::Running | ExecutionStatus::PendingRedrive => Standing::Running,
            ExecutionStatus::Succeeded => Standing::Succeeded(reply.output.unwrap_or_default()),
            _ => Standing::Failed,
        })),
        Err(error) if error.code == "ExecutionDoesNotExist" => Ok(None),
        Err(error) => Err(error),
    }
}

async fn describe(
    client: &Client,
    execution_arn: &str,
) -> Result<DescribeExecutionOutput, AwsError> {
    client
        .describe_execution()
        .execution_arn(execution_arn)
        .send()
        .await
        .map_err(|error| AwsError::new("states:DescribeExecution", error))
}

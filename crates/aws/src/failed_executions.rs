//! Executions of the state machine that did not end well.

use std::cmp::Reverse;

use aws_sdk_sfn::types::{ExecutionListItem, ExecutionStatus};
use jiff::Timestamp;

pub use aws_sdk_sfn::Client;

use crate::{AwsError, time::timestamp};

/// An execution that did not end well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedExecution {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// `FAILED`, `TIMED_OUT` or `ABORTED`.
    pub status: String,
    /// When it ended, UTC.
    pub stopped_at: Timestamp,
}

/// How an execution can end other than well.
const NOT_WELL: [ExecutionStatus; 3] = [
    ExecutionStatus::Failed,
    ExecutionStatus::TimedOut,
    ExecutionStatus::Aborted,
];

/// The executions that did not end well, of those that ended at `since` or later, the newest end
/// first. They are listed by their start, so that none that began before `began_since` is among
/// them.
/// See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html>.
///
/// # Errors
/// [`AwsError`] when a page cannot be read.
pub async fn failed_since(
    client: &Client,
    state_machine_arn: &str,
    since: Timestamp,
    began_since: Timestamp,
) -> Result<Vec<FailedExecution>, AwsError> {
    let mut failed = Vec::new();
    for status in NOT_WELL {
        let mut executions = client
            .list_executions()
            .state_machine_arn(state_machine_arn)
            .status_filter(status)
            .into_paginator()
            .items()
            .send();
        while let Some(execution) = executions.next().await {
            let execution =
                execution.map_err(|error| AwsError::new("states:ListExecutions", error))?;
            if timestamp(execution.start_date()).is_some_and(|at| at < began_since) {
                break;
            }
            failed.extend(ended(&execution).filter(|one| one.stopped_at >= since));
        }
    }
    failed.sort_by_key(|one| Reverse(one.stopped_at));
    Ok(failed)
}

fn ended(execution: &ExecutionListItem) -> Option<FailedExecution> {
    Some(FailedExecution {
        arn: execution.execution_arn().to_owned(),
        name: execution.name().to_owned(),
        status: execution.status().as_str().to_owned(),
        stopped_at: timestamp(execution.stop_date()?)?,
    })
}

/// The error of an execution and its cause; empty where it has none.
/// See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn error_of(client: &Client, execution_arn: &str) -> Result<[String; 2], AwsError> {
    let reply = client
        .describe_execution()
        .execution_arn(execution_arn)
        .send()
        .await
        .map_err(|error| AwsError::new("states:DescribeExecution", error))?;
    Ok([reply.error, reply.cause].map(Option::unwrap_or_default))
}

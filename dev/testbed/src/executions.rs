//! The executions of the state machine.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;
use aws_config::SdkConfig;
use aws_sdk_sfn::{
    Client,
    operation::describe_execution::DescribeExecutionOutput,
    types::{ExecutionListItem, ExecutionStatus},
};
use serde_json::Value;
use spotmanager_aws::execution_history::{ExecutionHistory, read_history};

use crate::{Queue, poll};

/// The executions of one state machine.
#[derive(Clone, Debug)]
pub struct Executions {
    client: Client,
    state_machine_arn: String,
}

impl Executions {
    /// The executions of `state_machine_arn`.
    #[must_use]
    pub fn of(config: &SdkConfig, state_machine_arn: &str) -> Self {
        Self {
            client: Client::new(config),
            state_machine_arn: state_machine_arn.to_owned(),
        }
    }

    /// The ARN of every execution so far, newest first.
    ///
    /// # Errors
    /// When Step Functions fails.
    pub async fn list(&self) -> Result<Vec<String>> {
        let all = self.all().await?;
        Ok(all.into_iter().map(|one| one.execution_arn).collect())
    }

    /// Whether any execution runs.
    ///
    /// # Errors
    /// When Step Functions fails.
    pub async fn any_runs(&self) -> Result<bool> {
        let running = self
            .client
            .list_executions()
            .state_machine_arn(&self.state_machine_arn)
            .status_filter(ExecutionStatus::Running)
            .max_results(1);
        let running = Box::pin(running.send()).await?;
        Ok(!running.executions().is_empty())
    }

    /// How many executions have each status, such as `SUCCEEDED`.
    ///
    /// # Errors
    /// When Step Functions fails.
    pub async fn count_by_status(&self) -> Result<BTreeMap<String, usize>> {
        let mut counts = BTreeMap::new();
        for execution in self.all().await? {
            let status = execution.status().as_str().to_owned();
            *counts.entry(status).or_default() += 1;
        }
        Ok(counts)
    }

    async fn all(&self) -> Result<Vec<ExecutionListItem>> {
        let executions = self
            .client
            .list_executions()
            .state_machine_arn(&self.state_machine_arn)
            .into_paginator()
            .items()
            .send();
        Ok(executions.try_collect().await?)
    }

    /// Waits for an execution that is not among `known`.
    ///
    /// # Errors
    /// When none comes within `at_most`.
    pub async fn next_after(&self, known: &[String], at_most: Duration) -> Result<String> {
        poll("starting an execution", at_most, async || {
            let arns = self.list().await?;
            Ok(arns.into_iter().find(|arn| !known.contains(arn)))
        })
        .await
    }

    /// Waits until the first execution has ended that was started with something at this JSON
    /// pointer and is not among `known`, and reads how it went.
    ///
    /// # Errors
    /// When none comes, or it does not end, each within `at_most`.
    pub async fn answer_to_event(
        &self,
        pointer: &str,
        known: &[String],
        at_most: Duration,
    ) -> Result<ExecutionHistory> {
        let arn = poll("starting an execution", at_most, async || {
            // The oldest, which leads where a row of failed launches starts several.
            for arn in self.list().await?.into_iter().rev() {
                if !known.contains(&arn) && self.has_input(&arn, pointer).await? {
                    return Ok(Some(arn));
                }
            }
            Ok(None)
        })
        .await?;
        self.ended(&arn, at_most).await
    }

    async fn has_input(&self, arn: &str, pointer: &str) -> Result<bool> {
        Ok(self.input(arn).await?.pointer(pointer).is_some())
    }

    /// What an execution was started with.
    ///
    /// # Errors
    /// When there is no such execution.
    pub async fn input(&self, arn: &str) -> Result<Value> {
        let described = self.describe(arn).await?;
        Ok(serde_json::from_str(described.input().unwrap_or_default())?)
    }

    async fn describe(&self, arn: &str) -> Result<DescribeExecutionOutput> {
        let described = self.client.describe_execution().execution_arn(arn);
        // Boxed, so that the SDK's futures do not lie too deep in all that wait for this one.
        Ok(Box::pin(described.send()).await?)
    }

    /// Starts an execution by hand.
    ///
    /// # Errors
    /// When Step Functions refuses the input.
    pub async fn start(&self, input: &Value) -> Result<String> {
        let reply = self
            .client
            .start_execution()
            .state_machine_arn(&self.state_machine_arn)
            .input(input.to_string())
            .send()
            .await?;
        Ok(reply.execution_arn().to_owned())
    }

    /// Waits until the execution has entered a state.
    ///
    /// # Errors
    /// When it has not within `at_most`.
    pub async fn reaches(&self, arn: &str, state: &str, at_most: Duration) -> Result<()> {
        poll(&format!("reaching {state}"), at_most, async || {
            let history = read_history(&self.client, arn).await?;
            Ok(history.states().contains(&state).then_some(()))
        })
        .await
    }

    /// Waits until the execution has ended, and reads how it went.
    ///
    /// # Errors
    /// When it does not end within `at_most`.
    pub async fn ended(&self, arn: &str, at_most: Duration) -> Result<ExecutionHistory> {
        poll("the execution", at_most, async || {
            let described = self.describe(arn).await?;
            Ok((*described.status() != ExecutionStatus::Running).then_some(()))
        })
        .await?;
        Ok(read_history(&self.client, arn).await?)
    }

    /// Starts an execution by hand, and waits until it has ended.
    ///
    /// # Errors
    /// When Step Functions refuses the input, or the execution does not end within `at_most`.
    pub async fn run(&self, input: &Value, at_most: Duration) -> Result<ExecutionHistory> {
        let arn = self.start(input).await?;
        self.ended(&arn, at_most).await
    }

    /// Sends a job, and waits until the execution has ended that answers the queue's alarm.
    ///
    /// # Errors
    /// When no execution is started, or it does not end, each within `at_most`.
    pub async fn answer_to_job(
        &self,
        queue: &Queue,
        at_most: Duration,
    ) -> Result<ExecutionHistory> {
        self.answer_to_jobs(queue, 1, at_most).await
    }

    /// Sends so many jobs, and waits until the execution has ended that answers the queue's alarm.
    ///
    /// # Errors
    /// When no execution is started, or it does not end, each within `at_most`.
    pub async fn answer_to_jobs(
        &self,
        queue: &Queue,
        jobs: usize,
        at_most: Duration,
    ) -> Result<ExecutionHistory> {
        // Listed before the first job, for the alarm may rise before the last.
        let known = self.list().await?;
        for _ in 0..jobs {
            queue.send_job().await?;
        }
        self.answer_to_event("/alarm", &known, at_most).await
    }
}

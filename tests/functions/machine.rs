//! Executions of other state machines, which only wait: what a function finds next to its own.

use std::time::Duration;

use anyhow::Result;
use aws_sdk_sfn::Client;
use jiff::Timestamp;
use serde_json::{Value, json};
use spotmanager_testbed::{Executions, Stage};

const PATIENCE: Duration = Duration::from_secs(240);
/// Longer than the tests run, seconds of AWS.
pub(crate) const FOREVER: u32 = 10_000_000;

/// A state machine whose executions wait, and then put out their input.
pub(crate) struct Machine {
    pub(crate) name: String,
    pub(crate) arn: String,
    client: Client,
    executions: Executions,
}

impl Machine {
    /// Each execution waits for so many seconds of AWS.
    pub(crate) async fn create(stage: &Stage, name: &str, seconds: u32) -> Result<Self> {
        let client = Client::new(&stage.config);
        let shared = stage.spot_manager().await?;
        let shared = shared.stack.output("StateMachineArn")?;
        let shared = client.describe_state_machine().state_machine_arn(shared);
        let role_arn = shared.send().await?.role_arn;
        let wait = json!({"Type": "Wait", "Seconds": seconds, "End": true});
        let definition = json!({"StartAt": "Wait", "States": {"Wait": wait}});
        let created = client
            .create_state_machine()
            .name(name)
            .role_arn(role_arn)
            .definition(definition.to_string());
        let arn = created.send().await?.state_machine_arn;
        Ok(Self {
            name: name.to_owned(),
            executions: Executions::of(&stage.config, &arn),
            arn,
            client,
        })
    }

    /// Starts an execution, and says its ARN.
    pub(crate) async fn start(&self, name: &str, input: &Value) -> Result<String> {
        let started = self
            .client
            .start_execution()
            .state_machine_arn(&self.arn)
            .name(name)
            .input(input.to_string());
        Ok(started.send().await?.execution_arn)
    }

    /// Waits until an execution has ended.
    pub(crate) async fn ended(&self, arn: &str) -> Result<()> {
        self.executions.ended(arn, PATIENCE).await?;
        Ok(())
    }

    /// Starts an execution, and waits until it has ended.
    pub(crate) async fn run(&self, name: &str, input: &Value) -> Result<()> {
        let arn = self.start(name, input).await?;
        self.ended(&arn).await
    }

    /// A time just after an execution began: the fraction that Step Functions sends is not exact.
    pub(crate) async fn just_after(&self, arn: &str) -> Result<Timestamp> {
        let described = self.client.describe_execution().execution_arn(arn);
        let began_at = described.send().await?.start_date.to_millis()?;
        Ok(Timestamp::from_millisecond(began_at + 2)?)
    }
}

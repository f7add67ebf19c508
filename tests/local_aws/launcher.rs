//! Calling LaunchInstances on a group, and what came of it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use aws_config::SdkConfig;
use aws_sdk_autoscaling::{
    Client,
    config::{Builder, retry::RetryConfig},
    error::ProvideErrorMetadata,
    operation::launch_instances::{LaunchInstancesOutput, builders::LaunchInstancesFluentBuilder},
    types::{Activity, AutoScalingGroup},
};
use spotmanager_fake_aws::LaunchRules;
use spotmanager_testbed::{Stage, group_size};

/// What bringing capacity may take before a test gives up on it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);
/// The zone that most calls name, which is the groups' second.
pub(crate) const ZONE: &str = "us-east-1b";

/// A group with a stack and an instance type of its own.
pub(crate) struct Launcher<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) group: String,
    pub(crate) instance_type: String,
    pub(crate) client: Client,
}

impl<'a> Launcher<'a> {
    /// The on-demand group of a stack that it creates, whose MaxSize is 5.
    pub(crate) async fn on_demand(stage: &'a Stage, stack: &str) -> Result<Self> {
        Self::of(stage, stack, "on-demand", &[]).await
    }

    /// The same, of either market and with parameters of the stack.
    pub(crate) async fn of(
        stage: &'a Stage,
        stack: &str,
        market: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Self> {
        let instance_type = format!("t.{stack}");
        let mut all = vec![("InstanceType", &*instance_type), ("MaxSize", "5")];
        all.extend_from_slice(parameters);
        stage.groups(stack, &all).await?;
        Ok(Self {
            stage,
            group: format!("{stack}-{market}"),
            instance_type,
            client: client(&stage.config),
        })
    }

    /// A call for so much of the group's size, to be sent.
    pub(crate) fn ask(&self, units: i32, token: &str) -> LaunchInstancesFluentBuilder {
        self.client
            .launch_instances()
            .auto_scaling_group_name(&self.group)
            .requested_capacity(units)
            .client_token(format!("{}/{token}", self.group))
    }

    /// The same, into the zone of most calls.
    pub(crate) fn ask_in_zone(&self, units: i32, token: &str) -> LaunchInstancesFluentBuilder {
        self.ask(units, token).availability_zones(ZONE)
    }

    pub(crate) fn rules(&self, rules: LaunchRules) {
        self.stage.local.set_launch_rules(&self.group, rules);
    }

    /// Checks what the group is asked to have.
    pub(crate) async fn expect_desired(&self, expected: i32) -> Result<()> {
        let desired = group_size(&self.stage.config, &self.group).await?.desired;
        ensure!(desired == expected, "{desired} instead of {expected}");
        Ok(())
    }

    /// The group as it is described.
    pub(crate) async fn described(&self) -> Result<AutoScalingGroup> {
        let reply = self
            .client
            .describe_auto_scaling_groups()
            .auto_scaling_group_names(&self.group)
            .send()
            .await?;
        let mut groups = reply.auto_scaling_groups.unwrap_or_default();
        groups.pop().context("the group is gone")
    }

    /// The group's activities, the newest first.
    pub(crate) async fn activities(&self) -> Result<Vec<Activity>> {
        let reply = self
            .client
            .describe_scaling_activities()
            .auto_scaling_group_name(&self.group)
            .send()
            .await?;
        Ok(reply.activities.unwrap_or_default())
    }
}

/// A client that sends each call once.
pub(crate) fn client(config: &SdkConfig) -> Client {
    let once = Builder::from(config).retry_config(RetryConfig::disabled());
    Client::from_conf(once.build())
}

/// The ids of everything that launched.
pub(crate) fn ids(output: &LaunchInstancesOutput) -> Vec<&str> {
    let collections = output.instances().iter();
    collections
        .flat_map(|one| one.instance_ids())
        .map(String::as_str)
        .collect()
}

/// The codes of all errors.
pub(crate) fn codes(output: &LaunchInstancesOutput) -> Vec<&str> {
    let errors = output.errors().iter();
    errors.filter_map(|error| error.error_code()).collect()
}

/// Checks that a call launched so many instances, and with which errors.
pub(crate) fn expect_launched(
    output: &LaunchInstancesOutput,
    instances: usize,
    errors: &[&str],
) -> Result<()> {
    ensure!(ids(output).len() == instances, "{output:#?}");
    ensure!(codes(output) == errors, "{output:#?}");
    Ok(())
}

/// Checks that a call is refused with this code, for a reason that names `part`.
pub(crate) async fn expect_refused(
    ask: LaunchInstancesFluentBuilder,
    code: &str,
    part: &str,
) -> Result<()> {
    let refused = match ask.send().await {
        Ok(output) => anyhow::bail!("no {code}, but {output:#?}"),
        Err(refused) => refused,
    };
    let message = refused.message().unwrap_or_default();
    ensure!(
        refused.code() == Some(code) && message.contains(part),
        "no {code} with {part}: {refused:#?}"
    );
    Ok(())
}

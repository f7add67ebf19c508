//! A pair of groups of known names, with a SpotManager of its own and as many executions as a test
//! wants.

use anyhow::{Context, Result, bail, ensure};
use aws_sdk_autoscaling::Client;
use serde_json::{Value, json};
use spotmanager_fake_aws::{Fault, Purchase};
use spotmanager_testbed::{GroupSize, Queue, SpotManager, Stage, group_size, poll, wait_for_size};

use crate::workers::PATIENCE;

/// Both groups, and the SpotManager that serves them.
pub(crate) struct Pair<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) name: &'a str,
    pub(crate) spot_manager: SpotManager,
    queue: Queue,
}

impl<'a> Pair<'a> {
    /// Deploys both groups with this MaxSize, whose spot price is below the limit, and a SpotManager
    /// with these parameters.
    pub(crate) async fn deploy(
        stage: &'a Stage,
        name: &'a str,
        max_size: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Self> {
        let spot_manager = stage
            .deploy(&format!("{name}-sm"), name, parameters)
            .await?;
        let instance_type = format!("t.{name}");
        stage.price(&instance_type, "0.20")?;
        let parameters = [
            ("InstanceType", instance_type.as_str()),
            ("MaxSize", max_size),
        ];
        let stack = stage.groups(name, &parameters).await?;
        Ok(Self {
            stage,
            name,
            spot_manager,
            queue: Queue::new(&stage.config, stack.output("QueueUrl")?),
        })
    }

    pub(crate) fn spot(&self) -> String {
        format!("{}-spot", self.name)
    }

    pub(crate) fn on_demand(&self) -> String {
        format!("{}-on-demand", self.name)
    }

    /// From now on no zone has spot capacity.
    pub(crate) fn no_spot(&self) {
        let instance_type = format!("t.{}", self.name);
        self.stage.no_capacity(&instance_type, Purchase::Spot);
    }

    /// From now on every zone has spot capacity again.
    pub(crate) fn spot_again(&self) {
        let instance_type = format!("t.{}", self.name);
        self.stage.capacity_again(&instance_type, Purchase::Spot);
    }

    /// Gives each group so many instances, and waits until it has them.
    pub(crate) async fn have(&self, spot: usize, on_demand: usize) -> Result<()> {
        for (group, size) in [(self.spot(), spot), (self.on_demand(), on_demand)] {
            self.ask(&group, size).await?;
        }
        for (group, size) in [(self.spot(), spot), (self.on_demand(), on_demand)] {
            wait_for_size(&self.stage.config, &group, size, PATIENCE).await?;
        }
        Ok(())
    }

    async fn ask(&self, group: &str, size: usize) -> Result<()> {
        Client::new(&self.stage.config)
            .set_desired_capacity()
            .auto_scaling_group_name(group)
            .desired_capacity(i32::try_from(size)?)
            .send()
            .await?;
        Ok(())
    }

    pub(crate) async fn send_jobs(&self, jobs: usize) -> Result<()> {
        for _ in 0..jobs {
            self.queue.send_job().await?;
        }
        Ok(())
    }

    /// Starts an execution that asks for more, with settings of its own.
    pub(crate) async fn start(&self, settings: Value) -> Result<String> {
        let input = json!({"stack_name": self.name, "settings": settings});
        self.spot_manager.executions.start(&input).await
    }

    /// Starts a return to spot, with settings of its own.
    pub(crate) async fn start_return(&self, settings: Value) -> Result<String> {
        let input = json!({
            "stack_name": self.name,
            "purpose": "return_to_spot",
            "settings": settings,
        });
        self.spot_manager.executions.start(&input).await
    }

    pub(crate) async fn reaches(&self, arn: &str, state: &str) -> Result<()> {
        let executions = &self.spot_manager.executions;
        executions.reaches(arn, state, PATIENCE).await
    }

    /// Waits until the execution has ended, and checks in which state.
    pub(crate) async fn expect_end(&self, arn: &str, state: &str) -> Result<()> {
        let history = self.spot_manager.executions.ended(arn, PATIENCE).await?;
        crate::workers::expect_last(&history, state)
    }

    /// Lets the next calls of a function go wrong, so many of them.
    pub(crate) fn fail(&self, function: &str, action: &str, fault: Fault, times: usize) {
        let function = self.function(function);
        self.stage
            .local
            .fail_function(&function, action, fault, times);
    }

    /// Checks that what was to go wrong with a function's calls did.
    pub(crate) fn expect_struck(&self, function: &str) -> Result<()> {
        let struck = self.stage.local.mend_function(&self.function(function));
        ensure!(struck > 0, "no call of {function} went wrong");
        Ok(())
    }

    pub(crate) fn function(&self, function: &str) -> String {
        format!("{}-{function}", self.spot_manager.stack.name)
    }

    /// Waits until *start* has looked so many times after any of these instances, until so many
    /// executions answer each of these losses, and until none runs any more.
    pub(crate) async fn expect_answered(
        &self,
        instances: &[String],
        times: usize,
        losses: &[(&str, usize)],
    ) -> Result<()> {
        let start = self.function("start");
        poll("every delivery", PATIENCE, async || {
            let calls = self.stage.local.calls().into_iter();
            // Every deployment hears of every instance.
            let looks = calls.filter(|call| {
                call.function.as_ref() == Some(&start)
                    && call.action == "DescribeAutoScalingInstances"
                    && instances.iter().any(|id| call.body.contains(id))
            });
            Ok((looks.count() == times).then_some(()))
        })
        .await?;
        for (loss, executions) in losses {
            poll(&format!("an answer to each {loss}"), PATIENCE, async || {
                Ok((self.answers(loss).await? == *executions).then_some(()))
            })
            .await?;
        }
        poll("the end of all executions", PATIENCE, async || {
            Ok((!self.spot_manager.executions.any_runs().await?).then_some(()))
        })
        .await?;
        for (loss, executions) in losses {
            let answers = self.answers(loss).await?;
            ensure!(answers == *executions, "{answers} answers to {loss}");
        }
        Ok(())
    }

    /// How many executions answer this loss.
    pub(crate) async fn answers(&self, loss: &str) -> Result<usize> {
        let executions = &self.spot_manager.executions;
        let mut answers = 0;
        for arn in executions.list().await? {
            let input = executions.input(&arn).await?;
            let kind = input.pointer("/loss/kind").and_then(Value::as_str);
            answers += usize::from(kind == Some(loss));
        }
        Ok(answers)
    }

    /// Checks how many instances each group asks for and has in service.
    pub(crate) async fn expect_sizes(&self, spot: usize, on_demand: usize) -> Result<()> {
        let expected = [spot, on_demand].map(GroupSize::settled);
        let found = self.sizes().await?;
        if found != expected {
            let executions = self.executions().await?.join("\n");
            bail!("{found:?} instead of {expected:?}:\n{executions}");
        }
        Ok(())
    }

    /// The way of each execution, and what it did.
    async fn executions(&self) -> Result<Vec<String>> {
        let executions = &self.spot_manager.executions;
        let mut lines = Vec::new();
        for arn in executions.list().await? {
            let history = executions.ended(&arn, PATIENCE).await?;
            let states = history.states().join(" ");
            let sentences = history.steps.iter().filter_map(|step| {
                let sentence = step.output.get("sentence")?.as_str()?;
                Some(format!("{}: {sentence}", step.state))
            });
            let sentences = sentences.collect::<Vec<_>>().join("\n  ");
            lines.push(format!("{arn}: {states}\n  {sentences}"));
        }
        Ok(lines)
    }

    /// The size of the spot group and of the on-demand group.
    pub(crate) async fn sizes(&self) -> Result<[GroupSize; 2]> {
        let config = &self.stage.config;
        Ok([
            group_size(config, &self.spot()).await?,
            group_size(config, &self.on_demand()).await?,
        ])
    }

    /// Checks how many instances each group has launched, from its creation on.
    pub(crate) async fn expect_launches(&self, spot: usize, on_demand: usize) -> Result<()> {
        for (group, expected) in [(self.spot(), spot), (self.on_demand(), on_demand)] {
            let activities = Client::new(&self.stage.config)
                .describe_scaling_activities()
                .auto_scaling_group_name(&group)
                .into_paginator()
                .items()
                .send();
            let activities: Vec<_> = activities.try_collect().await?;
            let launched = activities.iter().filter(|activity| {
                let description = activity.description().unwrap_or_default();
                description.starts_with("Launching a new EC2 instance: ")
            });
            let launched = launched.count();
            ensure!(
                launched == expected,
                "{group} launched {launched} instead of {expected}: {activities:#?}"
            );
        }
        Ok(())
    }

    /// The ids of the instances of a group.
    pub(crate) async fn instances(&self, group: &str) -> Result<Vec<String>> {
        let reply = Client::new(&self.stage.config)
            .describe_auto_scaling_groups()
            .auto_scaling_group_names(group)
            .send()
            .await?;
        let group = reply.auto_scaling_groups().first().context("no group")?;
        let ids = group.instances().iter();
        let ids = ids.filter_map(|instance| instance.instance_id());
        Ok(ids.map(str::to_owned).collect())
    }
}

//! The whole of it: SpotManager, and a stack of workers whose alarm it answers.

use std::time::Duration;

use anyhow::Result;
use aws_config::SdkConfig;

use crate::{
    ARCHITECTURE, BUCKET, Checkout, Executions, Queue, Stack, create_stack, wait_for_size,
};

/// SpotManager, deployed for one stack of workers.
#[derive(Clone, Debug)]
pub struct SpotManager {
    /// Its stack.
    pub stack: Stack,
    /// The executions of its state machine.
    pub executions: Executions,
}

impl SpotManager {
    /// Creates the stack `name` from `infra/spotmanager.yaml`, which answers the alarms of the
    /// stack `workers`. `parameters` come before the template's own defaults.
    ///
    /// # Errors
    /// When CloudFormation refuses.
    pub async fn deploy(
        config: &SdkConfig,
        checkout: &Checkout,
        name: &str,
        workers: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Self> {
        let template = checkout.read("infra/spotmanager.yaml")?;
        Self::deploy_template(config, &template, name, workers, parameters).await
    }

    /// The same with a template of one's own.
    ///
    /// # Errors
    /// When CloudFormation refuses.
    pub async fn deploy_template(
        config: &SdkConfig,
        template: &str,
        name: &str,
        workers: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Self> {
        let mut all = vec![
            ("WorkersStackName", workers),
            ("ArtifactBucket", BUCKET),
            ("Architecture", ARCHITECTURE),
        ];
        all.extend_from_slice(parameters);
        let stack = create_stack(config, name, template, &all).await?;
        let executions = Executions::of(config, stack.output("StateMachineArn")?);
        Ok(Self { stack, executions })
    }

    /// The topic that the workers' alarm tells.
    ///
    /// # Errors
    /// When the stack has no such output.
    pub fn jobs_topic_arn(&self) -> Result<&str> {
        self.stack.output("JobsTopicArn")
    }
}

/// Workers in a nested stack, as `infra/workers-nested.yaml` has them.
#[derive(Clone, Debug)]
pub struct Workers {
    /// Their stack.
    pub stack: Stack,
    /// The queue that they drain.
    pub queue: Queue,
    /// AutoScalingGroupName of the spot group.
    pub spot_group: String,
    /// AutoScalingGroupName of the on-demand group.
    pub on_demand_group: String,
}

impl Workers {
    /// Creates the stack `name`, whose alarm for jobs tells `jobs_topic_arn`.
    ///
    /// # Errors
    /// When CloudFormation refuses.
    pub async fn deploy(
        config: &SdkConfig,
        checkout: &Checkout,
        name: &str,
        jobs_topic_arn: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Self> {
        let mut all = vec![("JobsTopicArn", jobs_topic_arn), ("ArtifactBucket", BUCKET)];
        all.extend_from_slice(parameters);
        let template = checkout.read("infra/workers-nested.yaml")?;
        let stack = create_stack(config, name, &template, &all).await?;
        Ok(Self {
            queue: Queue::new(config, stack.output("QueueUrl")?),
            spot_group: stack.output("SpotGroupName")?.to_owned(),
            on_demand_group: stack.output("OnDemandGroupName")?.to_owned(),
            stack,
        })
    }

    /// Does every job, and waits until the alarm for no more jobs has emptied both groups.
    ///
    /// # Errors
    /// When a group is not empty within `at_most`.
    pub async fn finish(&self, config: &SdkConfig, at_most: Duration) -> Result<()> {
        self.queue.drain().await?;
        for group in [&self.spot_group, &self.on_demand_group] {
            wait_for_size(config, group, 0, at_most).await?;
        }
        Ok(())
    }
}

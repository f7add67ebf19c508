//! The stacks of workers, and the SpotManager that serves all of them.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_sdk_sns::Client as Sns;
use aws_sdk_sqs::{Client as Sqs, types::QueueAttributeName};
use spotmanager_testbed::{Executions, GroupSize, SpotManager, Stage, create_stack, group_size};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

use crate::{deliveries::Delivery, load::Load};

const INSTANCE_TYPE: &str = "t.load";

/// The stacks of workers, with a topic each, and the SpotManager that serves them.
pub(crate) struct Farms {
    spot_manager: SpotManager,
    /// The topics by the stacks' numbers.
    topics: Vec<String>,
}

/// What became of the alarms.
pub(crate) struct Outcome {
    /// How many executions have each status.
    pub(crate) executions: BTreeMap<String, usize>,
    /// The sizes of each stack's groups, spot and on-demand.
    pub(crate) groups: Vec<[GroupSize; 2]>,
    /// Events that nobody answered.
    pub(crate) dead_letters: usize,
}

impl Farms {
    /// Deploys them all, with room for twice the instances that are to come.
    pub(crate) async fn deploy(stage: &Stage, load: &Load) -> Result<Self> {
        // Each alarm is for an instance of its own, however soon after another it comes.
        let parameters = [("HonorCooldown", "false")];
        let spot_manager = stage.deploy("load-sm", "load", &parameters).await?;
        let function = spot_manager.stack.output("StartFunctionName")?.to_owned();
        stage.price(INSTANCE_TYPE, "0.20")?;
        let permission = stage.checkout.read("tests/stacks/topics-permission.yaml")?;
        let parameters = [
            ("FunctionName", function.as_str()),
            ("TopicNames", "load-*-jobs-to-do"),
        ];
        create_stack(&stage.config, "load-permission", &permission, &parameters).await?;

        let max_size = (2 * load.per_stack()).to_string();
        let parameters = [
            ("InstanceType", INSTANCE_TYPE),
            ("MaxSize", max_size.as_str()),
            ("JobsFunctionName", function.as_str()),
        ];
        let mut topics = Vec::with_capacity(load.stacks);
        for number in 0..load.stacks {
            let stack = stage.groups(&format!("load-{number}"), &parameters).await?;
            topics.push(stack.output("JobsTopicArn")?.to_owned());
        }
        Ok(Self {
            spot_manager,
            topics,
        })
    }

    /// The executions of the one machine.
    pub(crate) fn executions(&self) -> &Executions {
        &self.spot_manager.executions
    }

    /// Publishes each message at its time after `begin`.
    pub(crate) async fn deliver(
        &self,
        stage: &Stage,
        load: &Load,
        deliveries: Vec<Delivery>,
        begin: Instant,
    ) -> Result<()> {
        let client = Sns::new(&stage.config);
        let mut publishing = JoinSet::new();
        for delivery in deliveries {
            let due = begin + load.real(delivery.at_seconds);
            let publish = client
                .publish()
                .topic_arn(&self.topics[delivery.stack])
                .message(delivery.message());
            publishing.spawn(async move {
                sleep_until(due).await;
                Box::pin(publish.send()).await
            });
        }
        while let Some(published) = publishing.join_next().await {
            published??;
        }
        Ok(())
    }

    /// Looks what became of the alarms.
    pub(crate) async fn outcome(&self, stage: &Stage) -> Result<Outcome> {
        let mut groups = Vec::with_capacity(self.topics.len());
        for number in 0..self.topics.len() {
            let size = async |market: &str| {
                group_size(&stage.config, &format!("load-{number}-{market}")).await
            };
            groups.push([size("spot").await?, size("on-demand").await?]);
        }
        let dead_letters = self.spot_manager.stack.output("DeadLetterQueueUrl")?;
        Ok(Outcome {
            executions: self.executions().count_by_status().await?,
            groups,
            dead_letters: messages(&stage.config, dead_letters).await?,
        })
    }
}

/// How many messages lie in a queue.
async fn messages(config: &SdkConfig, queue_url: &str) -> Result<usize> {
    let name = QueueAttributeName::ApproximateNumberOfMessages;
    let reply = Sqs::new(config)
        .get_queue_attributes()
        .queue_url(queue_url)
        .attribute_names(name.clone())
        .send()
        .await?;
    let number = reply.attributes().and_then(|all| all.get(&name));
    Ok(number.context("the queue tells no number")?.parse()?)
}

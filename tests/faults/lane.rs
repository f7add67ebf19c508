//! A deployment for the runs of one scenario, one after the other.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use aws_sdk_autoscaling::Client;
use aws_sdk_sqs::Client as Sqs;
use serde_json::json;
use spotmanager_aws::execution_history::ExecutionHistory;
use spotmanager_fake_aws::{Fault, Purchase};
use spotmanager_testbed::{
    GroupSize, SpotManager, Stage, TestAlarm, group_size, poll, wait_for_size,
};

use crate::{
    combination::Combination,
    outcome::{Ended, Outcome, Size},
    scenario::Scenario,
};

/// How many runs go on at once: they mostly wait.
pub(crate) const AT_ONCE: usize = 12;
/// What a run may take, with all retries of SDK and machine.
const TIME_BOUND: Duration = Duration::from_secs(180);

/// The lanes that nobody uses just now.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    idle: Mutex<Vec<Lane>>,
    deployed: AtomicUsize,
}

impl Lanes {
    /// An idle lane for the scenario, else a new one.
    pub(crate) async fn take(&self, stage: &Stage, scenario: Scenario) -> Result<Lane> {
        let idle = {
            let mut lanes = self.lanes();
            let place = lanes.iter().position(|lane| lane.scenario == scenario);
            place.map(|place| lanes.swap_remove(place))
        };
        match idle {
            Some(lane) => Ok(lane),
            None => {
                let number = self.deployed.fetch_add(1, Ordering::Relaxed);
                Lane::deploy(stage, number, scenario).await
            }
        }
    }

    /// Takes a lane back that can be used again.
    pub(crate) fn give_back(&self, lane: Lane) {
        self.lanes().push(lane);
    }

    fn lanes(&self) -> std::sync::MutexGuard<'_, Vec<Lane>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A SpotManager and two groups of their own.
#[derive(Debug)]
pub(crate) struct Lane {
    scenario: Scenario,
    name: String,
    spot_manager: SpotManager,
    alarm: TestAlarm,
}

impl Lane {
    async fn deploy(stage: &Stage, number: usize, scenario: Scenario) -> Result<Self> {
        let name = format!("faults-{number}");
        let mut parameters = vec![
            ("QueueLogicalId", "queue"),
            ("MinimumPlacementScore", "1"),
            ("MaximumPercentOfOnDemand", "100"),
            ("StackNameFrom", "alarm-tags"),
            ("MaxRounds", "1"),
            ("HonorCooldown", "false"),
        ];
        if matches!(
            scenario,
            Scenario::Interruption | Scenario::Recommendation | Scenario::NextToAnother
        ) {
            parameters.push(("ReplaceLostCapacity", "true"));
        }
        if matches!(scenario, Scenario::AlarmByPolicy | Scenario::NoSpotCapacity) {
            parameters.push(("LaunchBy", "scaling-policy"));
        }
        if !matches!(
            scenario,
            Scenario::Alarm | Scenario::AlarmByPolicy | Scenario::AlarmByLaunches
        ) {
            // A run does not concern the next one on the lane.
            parameters.push(("LaunchFailureWindowSeconds", "0"));
        }
        let instance_type = format!("t.{name}");
        let of_groups = [("InstanceType", instance_type.as_str()), ("MaxSize", "3")];
        let groups = stage.groups(&name, &of_groups).await?;
        if scenario == Scenario::AlarmByLaunches {
            parameters.push(("LaunchBy", "launch-instances"));
            let templates = groups.output("LaunchTemplateArns")?;
            parameters.push(("LaunchTemplateArns", templates));
        }
        let spot_manager = stage
            .deploy(&format!("{name}-sm"), &name, &parameters)
            .await?;
        let topic_arn = spot_manager.jobs_topic_arn()?;
        let alarm = TestAlarm::create(&stage.config, &name, topic_arn).await?;
        let lane = Self {
            scenario,
            name,
            spot_manager,
            alarm,
        };
        stage.price(&instance_type, "0.20")?;
        let market = stage.local.market();
        market.set_on_demand_price(&instance_type, "0.50".parse()?);
        if scenario == Scenario::AlarmByLaunches {
            let spot = Client::new(&stage.config).suspend_processes();
            let spot = spot.auto_scaling_group_name(lane.spot_group());
            spot.scaling_processes("AZRebalance").send().await?;
        }
        lane.launch_on_demand_by_configuration(stage).await?;
        Ok(lane)
    }

    /// A launch configuration is read by a call of its own.
    async fn launch_on_demand_by_configuration(&self, stage: &Stage) -> Result<()> {
        let client = Client::new(&stage.config);
        client
            .create_launch_configuration()
            .launch_configuration_name(&self.name)
            .image_id("ami-00000000000000001")
            .instance_type(self.instance_type())
            .send()
            .await?;
        client
            .update_auto_scaling_group()
            .auto_scaling_group_name(self.on_demand_group())
            .launch_configuration_name(&self.name)
            .send()
            .await?;
        Ok(())
    }

    /// Runs the scenario with what goes wrong in it, and says what it ended in.
    pub(crate) async fn run(&self, stage: &Stage, combination: &Combination) -> Result<Outcome> {
        self.reset(stage).await?;
        // Where a look fails at once, spot is stood down before its instance comes, on any machine.
        let fails_at_once = matches!(combination.fault, Fault::AccessDenied | Fault::EmptyAnswer);
        let is_slow = combination.function == "verify" && fails_at_once;
        let launch_seconds = if is_slow { 150.0 } else { 30.0 };
        let market = stage.local.market();
        market.set_launch_seconds(&self.instance_type(), launch_seconds);
        let ended = match self.scenario {
            Scenario::Alarm
            | Scenario::AlarmByPolicy
            | Scenario::AlarmByLaunches
            | Scenario::NoSpotCapacity => {
                self.break_it(stage, combination);
                let known = self.spot_manager.executions.list().await?;
                self.alarm.rise().await?;
                self.answered(stage, &known).await?
            }
            Scenario::Interruption => {
                self.have(stage, &self.spot_group(), 1).await?;
                self.break_it(stage, combination);
                let known = self.spot_manager.executions.list().await?;
                let instance = stage.local.interrupt(&self.spot_group()).await?;
                let ended = self.answered(stage, &known).await?;
                self.without(stage, &instance).await?;
                ended
            }
            Scenario::Recommendation => {
                self.have(stage, &self.spot_group(), 1).await?;
                // No launch fails, of which an event would come.
                market.set_launch_seconds(&self.instance_type(), 100_000.0);
                self.break_it(stage, combination);
                let known = self.spot_manager.executions.list().await?;
                stage.local.recommend_rebalance(&self.spot_group()).await?;
                self.answered(stage, &known).await?
            }
            Scenario::NextToAnother => {
                self.have(stage, &self.spot_group(), 1).await?;
                stage.no_capacity(&self.instance_type(), Purchase::Spot);
                let executions = &self.spot_manager.executions;
                // The other one looks late, so that it runs for long enough.
                let settings = json!({"verify_interval_seconds": 600});
                let other = json!({"stack_name": self.name, "settings": settings});
                let other = executions.start(&other).await?;
                executions
                    .reaches(&other, "WaitForCapacity", TIME_BOUND)
                    .await?;
                self.break_it(stage, combination);
                let known = executions.list().await?;
                let instance = stage.local.interrupt(&self.spot_group()).await?;
                let ended = self.answered(stage, &known).await?;
                executions.ended(&other, TIME_BOUND).await?;
                self.without(stage, &instance).await?;
                ended
            }
            Scenario::ReturnToSpot => {
                self.have(stage, &self.on_demand_group(), 1).await?;
                self.break_it(stage, combination);
                let input = json!({"stack_name": self.name, "purpose": "return_to_spot"});
                let executions = &self.spot_manager.executions;
                ended(&executions.run(&input, TIME_BOUND).await?)
            }
            Scenario::AnotherLeads => {
                let input = json!({"stack_name": self.name});
                let executions = &self.spot_manager.executions;
                // The leader looks late, so that it leads for long enough.
                let settings = json!({"verify_interval_seconds": 600});
                let leading = json!({"stack_name": self.name, "settings": settings});
                let leader = executions.start(&leading).await?;
                wait_for_size(&stage.config, &self.spot_group(), 1, TIME_BOUND).await?;
                self.break_it(stage, combination);
                let history = executions.run(&input, TIME_BOUND).await?;
                executions.ended(&leader, TIME_BOUND).await?;
                ended(&history)
            }
        };
        let spot = match self.scenario {
            // What has no capacity may go on asking.
            Scenario::NoSpotCapacity => group_size(&stage.config, &self.spot_group()).await?,
            _ => settled(stage, &self.spot_group()).await?,
        };
        let outcome = Outcome {
            ended,
            spot: Size(spot),
            on_demand: Size(settled(stage, &self.on_demand_group()).await?),
        };
        let struck = self.mend(stage, combination.function);
        ensure!(struck > 0, "the call was not made: {outcome:?}");
        // Else a group that was not stood down goes on failing to launch.
        self.have(stage, &self.spot_group(), 0).await?;
        Ok(outcome)
    }

    fn break_it(&self, stage: &Stage, combination: &Combination) {
        let Combination {
            scenario,
            function,
            action,
            fault,
            times,
        } = *combination;
        let name = self.function(function);
        // A warm function keeps on-demand prices; a new one asks for them.
        stage.local.kill(&self.function("evaluate"));
        if scenario == Scenario::ReturnToSpot {
            // Scaling up comes before, and goes right.
            let group = self.on_demand_group();
            stage.local.fail(action, &group, fault, times);
        } else {
            stage.local.fail_function(&name, action, fault, times);
        }
    }

    fn mend(&self, stage: &Stage, function: &str) -> usize {
        stage.local.mend_function(&self.function(function))
            + stage.local.mend(&self.on_demand_group())
    }

    /// Empties both groups, with capacity for whatever the scenario wants.
    async fn reset(&self, stage: &Stage) -> Result<()> {
        let url = self.spot_manager.stack.output("DeadLetterQueueUrl")?;
        let purge = Sqs::new(&stage.config).purge_queue().queue_url(url);
        purge.send().await?;
        stage.capacity_again(&self.instance_type(), Purchase::Spot);
        for group in [self.spot_group(), self.on_demand_group()] {
            self.have(stage, &group, 0).await?;
        }
        if self.scenario == Scenario::NoSpotCapacity {
            stage.no_capacity(&self.instance_type(), Purchase::Spot);
        }
        Ok(())
    }

    async fn have(&self, stage: &Stage, group: &str, size: usize) -> Result<()> {
        Client::new(&stage.config)
            .set_desired_capacity()
            .auto_scaling_group_name(group)
            .desired_capacity(i32::try_from(size)?)
            .send()
            .await?;
        wait_for_size(&stage.config, group, size, TIME_BOUND).await
    }

    /// Waits until EC2 has taken the instance.
    async fn without(&self, stage: &Stage, instance_id: &str) -> Result<()> {
        let client = Client::new(&stage.config);
        poll("taking the instance", TIME_BOUND, async || {
            let described = client.describe_auto_scaling_instances();
            let described = described.instance_ids(instance_id).send().await?;
            Ok(described.auto_scaling_instances().is_empty().then_some(()))
        })
        .await
    }

    /// Waits for the end of the execution that is not among `known`, or for the event that Lambda
    /// gave up on.
    async fn answered(&self, stage: &Stage, known: &[String]) -> Result<Ended> {
        let executions = &self.spot_manager.executions;
        let arn = poll("answering the event", TIME_BOUND, async || {
            let arns = executions.list().await?;
            if let Some(arn) = arns.into_iter().find(|arn| !known.contains(arn)) {
                return Ok(Some(Some(arn)));
            }
            Ok(self.has_dead_letter(stage).await?.then_some(None))
        })
        .await?;
        match arn {
            Some(arn) => Ok(ended(&executions.ended(&arn, TIME_BOUND).await?)),
            None => Ok(Ended::DeadLetterQueue),
        }
    }

    /// Whether an event was given up on, which is then taken out of the queue.
    async fn has_dead_letter(&self, stage: &Stage) -> Result<bool> {
        let client = Sqs::new(&stage.config);
        let url = self.spot_manager.stack.output("DeadLetterQueueUrl")?;
        let received = client.receive_message().queue_url(url).send().await?;
        let Some(message) = received.messages().first() else {
            return Ok(false);
        };
        let handle = message.receipt_handle().context("no ReceiptHandle")?;
        let deletion = client.delete_message().queue_url(url);
        deletion.receipt_handle(handle).send().await?;
        Ok(true)
    }

    fn instance_type(&self) -> String {
        format!("t.{}", self.name)
    }

    fn spot_group(&self) -> String {
        format!("{}-spot", self.name)
    }

    fn on_demand_group(&self) -> String {
        format!("{}-on-demand", self.name)
    }

    fn function(&self, function: &str) -> String {
        format!("{}-{function}", self.spot_manager.stack.name)
    }
}

/// A group's size once it has what it asks for.
async fn settled(stage: &Stage, group: &str) -> Result<GroupSize> {
    poll("settling", TIME_BOUND, async || {
        let size = group_size(&stage.config, group).await?;
        Ok((GroupSize::settled(size.in_service) == size).then_some(size))
    })
    .await
}

fn ended(history: &ExecutionHistory) -> Ended {
    match &history.error {
        Some(error) => Ended::Failed(error.clone()),
        None => Ended::In(
            history
                .states()
                .last()
                .copied()
                .unwrap_or_default()
                .to_owned(),
        ),
    }
}

//! *start*: from an event to one execution, however often the event is delivered.
//!
//! An alarm's SNS message asks for capacity; EventBridge tells of spot instances that are taken
//! back or cannot be launched, and when to look whether spot can take over again.

mod alarm;
mod error;
pub mod execution_name;
mod idle;
mod managed_group;
mod return_to_spot;
mod service_event;
pub mod stack_name;
mod told;

use serde_json::Value;
use spotmanager_aws::{
    alarm_tags,
    auto_scaling::{self, describe_groups, describe_instance},
    executions::{self, Client, Started},
};
use spotmanager_domain::{
    AlarmEvent, CapacityLoss, ExecutionInput, LossKind, Purpose, SettingError, Settings,
    StartOutcome, StartOutput, WorkerPair, WorkerPairs, execution_name::of_recommendation,
    price::Pool, stack_name_of,
};

pub use alarm::Message;
pub use error::StartError;
pub use service_event::{Asked, ServiceEvent};
pub use told::{Told, read};

use crate::managed_group::Managed;

/// The step with its clients and its deployment's settings.
#[derive(Debug)]
pub struct Start {
    auto_scaling: auto_scaling::Client,
    client: Client,
    state_machine_arn: String,
    topic_suffix: String,
    tags: Option<alarm_tags::Client>,
    pairs: Result<Managed, SettingError>,
}

impl Start {
    /// Reads `STATE_MACHINE_ARN`, `TOPIC_SUFFIX`, `STACK_NAME_FROM`, `WORKERS_STACK_NAME`,
    /// `WORKER_PAIRS`, `SPOT_GROUP_LOGICAL_ID`, `ON_DEMAND_GROUP_LOGICAL_ID` and
    /// `QUEUE_LOGICAL_ID` from the environment.
    pub fn new(
        config: &spotmanager_aws::SdkConfig,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let text = |name| variable(name).unwrap_or_default();
        let or_default = |name, default: String| {
            variable(name)
                .filter(|id| !id.is_empty())
                .unwrap_or(default)
        };
        let defaults = Settings::default();
        Self {
            auto_scaling: auto_scaling::Client::new(config),
            client: Client::new(config),
            state_machine_arn: text("STATE_MACHINE_ARN"),
            topic_suffix: text("TOPIC_SUFFIX"),
            tags: (text("STACK_NAME_FROM") == "alarm-tags")
                .then(|| alarm_tags::Client::new(config)),
            pairs: WorkerPairs::read(&text("WORKER_PAIRS")).map(|pairs| Managed {
                pairs,
                own_stack: text("WORKERS_STACK_NAME"),
                spot_group_logical_id: or_default(
                    "SPOT_GROUP_LOGICAL_ID",
                    defaults.spot_group_logical_id,
                ),
                on_demand_group_logical_id: or_default(
                    "ON_DEMAND_GROUP_LOGICAL_ID",
                    defaults.on_demand_group_logical_id,
                ),
                queue_logical_id: text("QUEUE_LOGICAL_ID"),
            }),
        }
    }

    /// Starts one execution for every record that tells of an alarm's transition into ALARM, or
    /// for the one thing that EventBridge tells.
    ///
    /// # Errors
    /// The first record's [`StartError`], after all records were tried: Lambda then delivers the
    /// event again, and the records that were started before are recognised by their name.
    pub async fn run(&self, event: Value) -> Result<StartOutput, StartError> {
        let managed = self.configuration()?;
        let messages = match read(&event)? {
            Told::BySns(messages) => messages,
            Told::ByEventBridge { event, asked } => {
                // Boxed, for the SDK's futures are nested deeper than the compiler follows.
                let records = Box::pin(self.answer(managed, event, asked)).await?;
                tracing::info!(outcomes = ?records, "event handled");
                return Ok(StartOutput { records });
            }
        };
        let mut records = Vec::with_capacity(messages.len());
        let mut failed = None;
        for message in messages {
            let outcome = match message {
                Ok(message) => Box::pin(self.start(managed, message)).await,
                Err(error) => Err(error),
            };
            match outcome {
                Ok(outcome) => {
                    tracing::info!(outcome = ?outcome, "record handled");
                    records.push(outcome);
                }
                Err(error) => {
                    tracing::error!(error = %error, "record failed");
                    failed.get_or_insert(error);
                }
            }
        }
        failed.map_or(Ok(StartOutput { records }), Err)
    }

    fn configuration(&self) -> Result<&Managed, StartError> {
        if self.state_machine_arn.is_empty() {
            return Err(StartError::NotConfigured {
                variable: "STATE_MACHINE_ARN",
                expected: "the ARN of the state machine",
            });
        }
        self.pairs.as_ref().map_err(|error| error.clone().into())
    }

    async fn start(&self, managed: &Managed, message: Message) -> Result<StartOutcome, StartError> {
        let alarm = match message {
            Message::IntoAlarm(alarm) => alarm,
            Message::Other(reason) => return Ok(StartOutcome::Ignored { reason }),
        };
        let pair = self.pair_of(managed, &alarm).await?;
        let execution_name = execution_name::for_alarm(&pair.stack_name, &alarm);
        let input = ExecutionInput {
            alarm: Some(alarm),
            ..input(pair)
        };
        self.execute(execution_name, input).await
    }

    /// The pair that an alarm asks for: as configured, else by the alarm's own CloudFormation tags
    /// where these are looked at, else by the topic's name.
    async fn pair_of(
        &self,
        managed: &Managed,
        alarm: &AlarmEvent,
    ) -> Result<WorkerPair, StartError> {
        let topic_name = alarm.topic_arn.rsplit(':').next().unwrap_or_default();
        if let Some(pair) = managed.pairs.asked_for_by(&alarm.alarm_name, topic_name) {
            return Ok(pair.clone());
        }
        if let (Some(client), Some(alarm_arn)) = (&self.tags, &alarm.alarm_arn)
            && let Some(stack_name) = alarm_tags::stack_name(client, alarm_arn).await?
        {
            return Ok(managed.pair_of_stack(&stack_name));
        }
        let stack_name = stack_name::from_topic(&alarm.topic_arn, &self.topic_suffix)?;
        Ok(managed.pairs.of_stack(&stack_name))
    }

    async fn answer(
        &self,
        managed: &Managed,
        event: ServiceEvent,
        asked: Asked,
    ) -> Result<Vec<StartOutcome>, StartError> {
        let (what, loss) = match asked {
            Asked::Nothing(reason) => return Ok(vec![StartOutcome::Ignored { reason }]),
            Asked::ReturnToSpot => return self.return_to_spot(managed, event.time).await,
            Asked::Replace { kind, instance_id } => {
                let Some(instance) = describe_instance(&self.auto_scaling, &instance_id).await?
                else {
                    return Ok(vec![StartOutcome::Ignored {
                        reason: format!("{instance_id} belongs to no Auto Scaling group"),
                    }]);
                };
                let loss = CapacityLoss {
                    kind,
                    event_id: event.id,
                    time: event.time,
                    auto_scaling_group_name: instance.auto_scaling_group_name,
                    instance_id: Some(instance_id.clone()),
                    pool: instance.instance_type.map(|instance_type| Pool {
                        instance_type,
                        availability_zone: instance.availability_zone,
                    }),
                    recommended: None,
                    at_min_size: false,
                };
                (instance_id, loss)
            }
            Asked::LookAfter {
                auto_scaling_group_name,
                activity_id,
            } => {
                let loss = CapacityLoss {
                    kind: LossKind::LaunchUnsuccessful,
                    event_id: event.id,
                    time: event.time,
                    auto_scaling_group_name,
                    instance_id: None,
                    pool: None,
                    recommended: None,
                    at_min_size: false,
                };
                (activity_id, loss)
            }
        };
        let name = &loss.auto_scaling_group_name;
        let groups = describe_groups(&self.auto_scaling, [name.as_str()]).await?;
        let Some(pair) = groups
            .first()
            .and_then(|group| managed.pair_of_spot_group(&group.tags))
        else {
            return Ok(vec![StartOutcome::Ignored {
                reason: format!("{name} is not the spot group of a stack that is served"),
            }]);
        };
        let stack_name = &pair.stack_name;
        // An event that is delivered twice has the same time, and names the same instance or activity.
        let name = if loss.kind == LossKind::RebalanceRecommendation {
            of_recommendation(stack_name_of(stack_name), &what)
        } else {
            let kind = format!("{:?}", loss.kind);
            execution_name::for_event(stack_name, loss.time, &[&kind, &what])
        };
        let input = ExecutionInput {
            loss: Some(loss),
            ..input(pair)
        };
        Ok(vec![self.execute(name, input).await?])
    }

    async fn execute(
        &self,
        execution_name: String,
        input: ExecutionInput,
    ) -> Result<StartOutcome, StartError> {
        let stack_name = input.stack_name.clone();
        tracing::info!(
            execution = execution_name,
            stack_name,
            "an event asks for an execution"
        );
        let input = serde_json::to_string(&input).map_err(StartError::Input)?;
        let started = executions::start_execution(
            &self.client,
            &self.state_machine_arn,
            &execution_name,
            &input,
        )
        .await?;
        Ok(match started {
            Started::Now { execution_arn } => StartOutcome::Started {
                stack_name,
                execution_name,
                execution_arn,
            },
            Started::Before => StartOutcome::AlreadyStarted {
                stack_name,
                execution_name,
            },
        })
    }
}

/// What an execution for the pair is started with.
fn input(pair: WorkerPair) -> ExecutionInput {
    ExecutionInput {
        stack_name: pair.stack_name,
        settings: pair.settings,
        purpose: Purpose::ScaleUp,
        loss: None,
        alarm: None,
        round: None,
    }
}

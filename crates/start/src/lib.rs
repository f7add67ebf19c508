//! *start*: from an event to one execution, however often the event is delivered.
//!
//! An alarm's SNS message asks for capacity; EventBridge tells of spot instances that are taken
//! back or cannot be launched, and when to look whether spot can take over again.

mod alarm;
mod error;
mod execution_name;
mod managed_group;
mod service_event;
mod stack_name;

use aws_lambda_events::sns::{SnsEvent, SnsRecord};
use serde_json::Value;
use spotmanager_aws::{
    auto_scaling::{self, describe_groups, describe_instance},
    executions::{self, Client, Started},
};
use spotmanager_contract::{
    CapacityLoss, ExecutionInput, LossKind, Purpose, Settings, SettingsOverride, StartOutcome,
    StartOutput,
};
use spotmanager_decision::price::Pool;
use spotmanager_function::read_event;

pub use error::StartError;

use crate::{
    alarm::Message,
    managed_group::Managed,
    service_event::{Asked, ServiceEvent},
};

/// The step with its clients and its deployment's settings.
#[derive(Debug)]
pub struct Start {
    auto_scaling: auto_scaling::Client,
    client: Client,
    state_machine_arn: String,
    topic_suffix: String,
    managed: Managed,
}

impl Start {
    /// Reads `STATE_MACHINE_ARN`, `TOPIC_SUFFIX`, `WORKERS_STACK_NAME` and `SPOT_GROUP_LOGICAL_ID`
    /// from the environment.
    pub fn new(
        config: &spotmanager_aws::SdkConfig,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let text = |name| variable(name).unwrap_or_default();
        let logical_id = text("SPOT_GROUP_LOGICAL_ID");
        Self {
            auto_scaling: auto_scaling::Client::new(config),
            client: Client::new(config),
            state_machine_arn: text("STATE_MACHINE_ARN"),
            topic_suffix: text("TOPIC_SUFFIX"),
            managed: Managed {
                stack_name: text("WORKERS_STACK_NAME"),
                spot_group_logical_id: if logical_id.is_empty() {
                    Settings::default().spot_group_logical_id
                } else {
                    logical_id
                },
            },
        }
    }

    /// Starts one execution for every record that tells of an alarm's transition into ALARM, or
    /// for the one thing that EventBridge tells.
    ///
    /// # Errors
    /// The first record's [`StartError`], after all records were tried: Lambda then delivers the
    /// event again, and the records that were started before are recognised by their name.
    pub async fn run(&self, event: Value) -> Result<StartOutput, StartError> {
        self.check_configuration()?;
        if ServiceEvent::is(&event) {
            // Boxed, for the SDK's futures are nested deeper than the compiler follows.
            let outcome = Box::pin(self.answer(read_event(&event)?)).await?;
            tracing::info!(outcome = ?outcome, "event handled");
            return Ok(StartOutput {
                records: vec![outcome],
            });
        }
        let event: SnsEvent = read_event(&event)?;
        let mut records = Vec::with_capacity(event.records.len());
        let mut failed = None;
        for record in event.records {
            match Box::pin(self.start(record)).await {
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

    fn check_configuration(&self) -> Result<(), StartError> {
        if self.state_machine_arn.is_empty() {
            return Err(StartError::NotConfigured {
                variable: "STATE_MACHINE_ARN",
                expected: "the ARN of the state machine",
            });
        }
        Ok(())
    }

    async fn start(&self, record: SnsRecord) -> Result<StartOutcome, StartError> {
        let topic_arn = record.sns.topic_arn;
        let alarm = match alarm::read(&record.sns.message, &topic_arn)? {
            Message::IntoAlarm(alarm) => alarm,
            Message::Other(reason) => return Ok(StartOutcome::Ignored { reason }),
        };
        let stack_name = stack_name::from_topic(&topic_arn, &self.topic_suffix)?;
        let execution_name = execution_name::for_alarm(&stack_name, &alarm);
        self.execute(
            execution_name,
            ExecutionInput {
                alarm: Some(alarm),
                ..input(stack_name)
            },
        )
        .await
    }

    async fn answer(&self, event: ServiceEvent) -> Result<StartOutcome, StartError> {
        let stack_name = &self.managed.stack_name;
        if stack_name.is_empty() {
            return Err(StartError::NotConfigured {
                variable: "WORKERS_STACK_NAME",
                expected: "the stack of the workers",
            });
        }
        let (what, loss) = match event.asked()? {
            Asked::Nothing(reason) => return Ok(StartOutcome::Ignored { reason }),
            Asked::ReturnToSpot => {
                let at = event.time.to_string();
                let name =
                    execution_name::for_event(stack_name, event.time, &["return_to_spot", &at]);
                let input = ExecutionInput {
                    purpose: Purpose::ReturnToSpot,
                    ..input(stack_name.clone())
                };
                return self.execute(name, input).await;
            }
            Asked::Replace { kind, instance_id } => {
                let Some(instance) = describe_instance(&self.auto_scaling, &instance_id).await?
                else {
                    return Ok(StartOutcome::Ignored {
                        reason: format!("{instance_id} belongs to no Auto Scaling group"),
                    });
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
                };
                (activity_id, loss)
            }
        };
        if !self.manages(&loss.auto_scaling_group_name).await? {
            return Ok(StartOutcome::Ignored {
                reason: format!(
                    "{} is not the spot group {} of {stack_name}",
                    loss.auto_scaling_group_name, self.managed.spot_group_logical_id
                ),
            });
        }
        // An event that is delivered twice, or told twice, names the same instance or activity.
        let kind = format!("{:?}", loss.kind);
        let name = execution_name::for_event(stack_name, loss.time, &[&kind, &what]);
        let input = ExecutionInput {
            loss: Some(loss),
            ..input(stack_name.clone())
        };
        self.execute(name, input).await
    }

    async fn manages(&self, auto_scaling_group_name: &str) -> Result<bool, StartError> {
        let groups = describe_groups(&self.auto_scaling, [auto_scaling_group_name]).await?;
        Ok(groups
            .first()
            .is_some_and(|group| self.managed.has_spot_group(&group.tags)))
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

/// The least that an execution is started with.
fn input(stack_name: String) -> ExecutionInput {
    ExecutionInput {
        stack_name,
        settings: SettingsOverride::default(),
        purpose: Purpose::ScaleUp,
        loss: None,
        alarm: None,
        round: None,
    }
}

//! *start*: from an alarm's SNS message to one execution, however often SNS delivers it.

mod alarm;
mod error;
mod execution_name;
mod stack_name;

use aws_lambda_events::sns::{SnsEvent, SnsRecord};
use spotmanager_aws::executions::{self, Client, Started};
use spotmanager_contract::{ExecutionInput, SettingsOverride, StartOutcome, StartOutput};

pub use error::StartError;

use crate::alarm::Message;

/// The step with its client and its deployment's settings.
#[derive(Debug)]
pub struct Start {
    client: Client,
    state_machine_arn: String,
    topic_suffix: String,
}

impl Start {
    /// Reads `STATE_MACHINE_ARN` and `TOPIC_SUFFIX` from the environment.
    pub fn new(
        config: &spotmanager_aws::SdkConfig,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Self {
        Self {
            client: Client::new(config),
            state_machine_arn: variable("STATE_MACHINE_ARN").unwrap_or_default(),
            topic_suffix: variable("TOPIC_SUFFIX").unwrap_or_default(),
        }
    }

    /// Starts one execution for every record that tells of an alarm's transition into ALARM.
    ///
    /// # Errors
    /// The first record's [`StartError`], after all records were tried: Lambda then delivers the
    /// event again, and the records that were started before are recognised by their name.
    pub async fn run(&self, event: SnsEvent) -> Result<StartOutput, StartError> {
        if self.state_machine_arn.is_empty() {
            return Err(StartError::NotConfigured {
                variable: "STATE_MACHINE_ARN",
                expected: "the ARN of the state machine",
            });
        }
        let mut records = Vec::with_capacity(event.records.len());
        let mut failed = None;
        for record in event.records {
            match self.start(record).await {
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

    async fn start(&self, record: SnsRecord) -> Result<StartOutcome, StartError> {
        let topic_arn = record.sns.topic_arn;
        let alarm = match alarm::read(&record.sns.message, &topic_arn)? {
            Message::IntoAlarm(alarm) => alarm,
            Message::Other(reason) => return Ok(StartOutcome::Ignored { reason }),
        };
        let stack_name = stack_name::from_topic(&topic_arn, &self.topic_suffix)?;
        let execution_name = execution_name::for_alarm(&alarm);
        tracing::info!(
            execution = execution_name,
            stack_name,
            "an alarm asks for capacity"
        );
        let input = ExecutionInput {
            stack_name: stack_name.clone(),
            settings: SettingsOverride::default(),
            alarm: Some(alarm),
        };
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

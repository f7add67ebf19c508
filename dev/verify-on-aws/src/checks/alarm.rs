//! The jobs alarm, set into ALARM, and what comes of it.

use std::time::Duration;

use aws_sdk_cloudwatch::types::StateValue;
use spotmanager_aws::AwsError;

use super::{dead_letters, executions::Known};
use crate::{error::VerifyError, stage::Stage, throwaway::Deployed};

/// SNS and Lambda take seconds; a function's first start is slower.
const LONGEST: Duration = Duration::from_secs(180);

/// What came of a transition into ALARM.
#[derive(Debug)]
pub(super) enum Answer {
    /// An execution, by its ARN.
    Execution(String),
    /// The alarm's message in the dead-letter queue, by who gave it up.
    DeadLetter(String),
}

/// Sets the jobs alarm into ALARM, and waits for an execution or a dead letter.
/// See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html>.
///
/// # Errors
/// [`VerifyError::TooLong`] if neither comes, or what a call fails with.
pub(super) async fn answer(stage: &Stage, deployed: &Deployed) -> Result<Answer, VerifyError> {
    let mut known = Known::all(stage, deployed).await?;
    // Actions come of transitions only.
    for state in [StateValue::Ok, StateValue::Alarm] {
        set(stage, &deployed.jobs_alarm, state).await?;
    }
    let is_ours = |input: &serde_json::Value| {
        input
            .pointer("/alarm/alarm_name")
            .and_then(|name| name.as_str())
            == Some(deployed.jobs_alarm.as_str())
    };
    let what = "an execution or a dead letter after the alarm";
    stage
        .waits
        .until(what, LONGEST, async || {
            if let Some(arn) = known.next(stage, deployed, is_ours).await? {
                return Ok(Some(Answer::Execution(arn)));
            }
            let letter = dead_letters::of_the_alarm(stage, deployed).await?;
            Ok(letter.map(Answer::DeadLetter))
        })
        .await
}

async fn set(stage: &Stage, alarm: &str, state: StateValue) -> Result<(), VerifyError> {
    stage
        .region
        .cloud_watch
        .set_alarm_state()
        .alarm_name(alarm)
        .state_value(state)
        .state_reason("SpotManager is verified")
        .send()
        .await
        .map_err(|error| AwsError::new("cloudwatch:SetAlarmState", error))?;
    Ok(())
}

/// An alarm's state, and why it has it.
///
/// # Errors
/// [`VerifyError::Aws`] if the call fails.
pub(super) async fn state(
    stage: &Stage,
    alarm: &str,
) -> Result<(Option<StateValue>, String), VerifyError> {
    let reply = stage
        .region
        .cloud_watch
        .describe_alarms()
        .alarm_names(alarm)
        .send()
        .await
        .map_err(|error| AwsError::new("cloudwatch:DescribeAlarms", error))?;
    let alarm = reply.metric_alarms.and_then(|mut alarms| alarms.pop());
    Ok(
        alarm.map_or((None, "the alarm is gone".to_owned()), |alarm| {
            (alarm.state_value, alarm.state_reason.unwrap_or_default())
        }),
    )
}

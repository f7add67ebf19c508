//! EventBridge Scheduler's schedules: whether they are on, and what they invoke.

use aws_sdk_scheduler::types::ScheduleState;
use spotmanager_domain::resources::Schedule;

pub use aws_sdk_scheduler::Client;

use crate::AwsError;

/// A schedule by its group and name; `None` if it does not exist.
/// See <https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html>.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn describe_schedule(
    client: &Client,
    group: &str,
    name: &str,
) -> Result<Option<Schedule>, AwsError> {
    let request = client.get_schedule().group_name(group).name(name);
    let reply = request.send().await;
    let reply = match reply.map_err(|error| AwsError::new("scheduler:GetSchedule", error)) {
        Err(error) if error.code == "ResourceNotFoundException" => return Ok(None),
        reply => reply?,
    };
    let target = reply.target();
    Ok(Some(Schedule {
        state: reply
            .state()
            .map(ScheduleState::as_str)
            .unwrap_or_default()
            .to_owned(),
        expression: reply.schedule_expression().unwrap_or_default().to_owned(),
        timezone: reply
            .schedule_expression_timezone()
            .unwrap_or("UTC")
            .to_owned(),
        target_arn: target
            .map(|target| target.arn())
            .unwrap_or_default()
            .to_owned(),
        role_arn: target
            .map(|target| target.role_arn())
            .unwrap_or_default()
            .to_owned(),
    }))
}

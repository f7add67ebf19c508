//! What the checks on LaunchInstances share: one call as *scale* makes it, and the group around it.

use std::time::Duration;

use spotmanager_aws::{
    AwsError,
    auto_scaling::{LaunchAnswer, describe_groups, launch_instances},
};
use spotmanager_domain::{
    ClientToken, LaunchInstancesCall, NoClientToken, RetryStrategy, resources::AutoScalingGroup,
};

use crate::{error::VerifyError, stage::Stage};

/// How long AWS may take until what a call did is seen by another one.
pub(super) const SEEN: Duration = Duration::from_secs(60);
/// For how long a group is watched that should stay as it is.
const WATCHED: Duration = Duration::from_secs(5);

/// A call, by which a check goes on where an earlier one ended.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    pub(super) call: LaunchInstancesCall,
    pub(super) answer: LaunchAnswer,
}

/// One instance in the first zone of a group, under a token of this run.
///
/// # Errors
/// [`VerifyError::Incomplete`] if the group has no zone.
pub(super) async fn one(
    stage: &Stage,
    group: &str,
    token: &str,
) -> Result<LaunchInstancesCall, VerifyError> {
    let described = describe(stage, group).await?;
    let zone = described.availability_zones.first().cloned();
    let token = format!("{}/{token}", stage.names.spotmanager());
    let client_token = ClientToken::try_from(token).map_err(|error: NoClientToken| {
        incomplete("autoscaling:LaunchInstances", &error.to_string())
    })?;
    Ok(LaunchInstancesCall {
        auto_scaling_group_name: group.to_owned(),
        requested_capacity: 1,
        client_token,
        availability_zones: [zone.ok_or_else(|| incomplete(DESCRIBE, "AvailabilityZones"))?],
        retry_strategy: RetryStrategy::None,
    })
}

const DESCRIBE: &str = "autoscaling:DescribeAutoScalingGroups";

fn incomplete(call: &'static str, field: &str) -> VerifyError {
    VerifyError::Incomplete {
        call,
        field: field.to_owned(),
    }
}

/// Makes the call; what AWS refuses is an answer too.
pub(super) async fn launch(
    stage: &Stage,
    call: &LaunchInstancesCall,
) -> Result<LaunchAnswer, AwsError> {
    launch_instances(&stage.region.auto_scaling, call).await
}

/// A group as it is.
///
/// # Errors
/// [`VerifyError::Aws`] if the call fails.
pub(super) async fn describe(stage: &Stage, group: &str) -> Result<AutoScalingGroup, VerifyError> {
    let found = describe_groups(&stage.region.auto_scaling, [group]).await?;
    let found = found.into_iter().next();
    found.ok_or_else(|| incomplete(DESCRIBE, group))
}

/// What the group's DesiredCapacity is once it has this value, or after a while if it does not come
/// to it.
///
/// # Errors
/// [`VerifyError::Aws`] if the call fails.
pub(super) async fn desired(
    stage: &Stage,
    group: &str,
    expected: i32,
    at_most: Duration,
) -> Result<i32, VerifyError> {
    let what = format!("DesiredCapacity {expected} of {group}");
    let comes = stage.waits.until(&what, at_most, async || {
        let desired = describe(stage, group).await?.capacity.desired_capacity;
        Ok((desired == expected).then_some(desired))
    });
    match comes.await {
        Err(VerifyError::TooLong { .. }) => {
            Ok(describe(stage, group).await?.capacity.desired_capacity)
        }
        come => come,
    }
}

/// What the group's DesiredCapacity is if it does not rise above this value within seconds.
///
/// # Errors
/// [`VerifyError::Aws`] if the call fails.
pub(super) async fn still(stage: &Stage, group: &str, below: i32) -> Result<i32, VerifyError> {
    desired(stage, group, below + 1, WATCHED).await
}

/// The group's newest activity, for the reader of the report: nothing rests on it.
pub(super) async fn newest_activity(stage: &Stage, group: &str) -> String {
    let describe = stage.region.auto_scaling.describe_scaling_activities();
    let activities = describe.auto_scaling_group_name(group).max_records(1);
    let activities = activities.send().await;
    let newest = activities.map(|found| found.activities().first().cloned());
    match newest {
        Ok(Some(newest)) => {
            let parts = [newest.cause(), newest.status_message()];
            let parts: Vec<_> = parts.into_iter().flatten().collect();
            format!("activity: {}", parts.join(" "))
        }
        Ok(None) => "no activity".to_owned(),
        Err(error) => AwsError::new("autoscaling:DescribeScalingActivities", error).to_string(),
    }
}

/// An answer, in one line.
pub(super) fn summary(answer: &Result<LaunchAnswer, AwsError>) -> String {
    match answer {
        Err(error) => format!("{}: {}", error.code, error.message),
        Ok(answer) => {
            let instances = answer.instances.iter().map(|some| {
                let ids = some.instance_ids.join(", ");
                format!(
                    "{ids} ({} in {})",
                    some.instance_type, some.availability_zone
                )
            });
            let errors = answer
                .errors
                .iter()
                .map(|error| format!("{}: {}", error.code, error.message));
            let all: Vec<_> = instances.chain(errors).collect();
            if all.is_empty() {
                "neither instances nor errors".to_owned()
            } else {
                all.join("; ")
            }
        }
    }
}

/// The ids of an answer.
pub(super) fn ids(answer: &LaunchAnswer) -> Vec<&str> {
    let all = answer.instances.iter().flat_map(|some| &some.instance_ids);
    let mut ids: Vec<_> = all.map(String::as_str).collect();
    ids.sort_unstable();
    ids
}

/// Ends the instances of groups.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetDesiredCapacity.html>.
///
/// # Errors
/// [`VerifyError::Aws`] if a call fails.
pub(super) async fn empty(stage: &Stage, groups: &[String]) -> Result<(), VerifyError> {
    for group in groups {
        stage
            .region
            .auto_scaling
            .set_desired_capacity()
            .auto_scaling_group_name(group)
            .desired_capacity(0)
            .honor_cooldown(false)
            .send()
            .await
            .map_err(|error| AwsError::new("autoscaling:SetDesiredCapacity", error))?;
    }
    Ok(())
}

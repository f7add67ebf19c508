//! What a group did.

use aws_sdk_autoscaling::{Client, types};
use jiff::Timestamp;
use spotmanager_domain::activity::Activity;

use crate::{AwsError, time::timestamp};

/// The group's scaling activities that began at `since` or later, newest first.
///
/// Auto Scaling lists what is in progress first and then the newest, so reading ends with the
/// first older one that has ended.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub async fn activities_since(
    client: &Client,
    auto_scaling_group_name: &str,
    since: Timestamp,
) -> Result<Vec<Activity>, AwsError> {
    let mut pages = client
        .describe_scaling_activities()
        .auto_scaling_group_name(auto_scaling_group_name)
        .into_paginator()
        .send();
    let mut activities = Vec::new();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| AwsError::new("autoscaling:DescribeScalingActivities", error))?;
        let mut is_last = false;
        for listed in page.activities() {
            match activity(listed) {
                Some(activity) if activity.started_at >= since => activities.push(activity),
                _ => is_last |= listed.end_time().is_some(),
            }
        }
        if is_last {
            break;
        }
    }
    Ok(activities)
}

fn activity(activity: &types::Activity) -> Option<Activity> {
    Some(Activity {
        started_at: timestamp(activity.start_time()?)?,
        status_code: activity
            .status_code()
            .map(|code| code.as_str().to_owned())
            .unwrap_or_default(),
        status_message: activity.status_message().map(str::to_owned),
        cause: activity.cause().unwrap_or_default().to_owned(),
        availability_zone: activity.details().and_then(availability_zone),
        launches: activity
            .description()
            .is_some_and(|text| text.starts_with("Launching")),
    })
}

/// The zone in an activity's details, which are JSON in a string.
fn availability_zone(details: &str) -> Option<String> {
    let details: serde_json::Value = serde_json::from_str(details).ok()?;
    Some(details.get("Availability Zone")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::availability_zone;

    #[test]
    fn the_zone_is_read_from_the_details() {
        let details = r#"{"Subnet ID":"subnet-1","Availability Zone":"eu-west-1a"}"#;
        assert_eq!(availability_zone(details).as_deref(), Some("eu-west-1a"));
        assert_eq!(availability_zone("{}"), None);
        assert_eq!(availability_zone("no JSON"), None);
    }
}

//! Failed launches, as Auto Scaling tells EventBridge of them.
//! See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html>.

use serde_json::json;

use super::{AutoScaling, activity::Activity, group::Group};
use crate::{LocalAwsError, services::service_event::ServiceEvent};

impl AutoScaling {
    /// Publishes an event for every launch that failed since this was called last.
    ///
    /// Events are produced on a best effort basis: one that is not taken is lost.
    pub(crate) async fn tell_failed_launches(&self) {
        let failures: Vec<Activity> = {
            let mut state = self.state.lock().await;
            let groups = state.groups.values_mut();
            groups.flat_map(Group::new_failures).collect()
        };
        for activity in failures {
            if let Err(error) = self.tell(&activity).await {
                eprintln!("the local AWS's failed launches: {error}");
            }
        }
    }

    async fn tell(&self, activity: &Activity) -> Result<(), LocalAwsError> {
        // The front does not hear of a group's deletion.
        let Some(group) = self.described(&activity.group).await? else {
            return Ok(());
        };
        launch_unsuccessful(&group.arn, activity)
            .publish(&self.emulator)
            .await
    }
}

fn launch_unsuccessful(group_arn: &str, activity: &Activity) -> ServiceEvent {
    let ended_at = activity.ended_at.unwrap_or(activity.started_at);
    ServiceEvent {
        source: "aws.autoscaling",
        detail_type: "EC2 Instance Launch Unsuccessful",
        resources: vec![group_arn.to_owned()],
        detail: json!({
            "StatusCode": "Failed",
            "Description": activity.description,
            "AutoScalingGroupName": activity.group,
            "ActivityId": activity.id,
            "Details": {
                "Availability Zone": activity.zone,
                "Subnet ID": activity.subnet,
            },
            "RequestId": activity.id,
            "StatusMessage": activity.message.as_deref().unwrap_or_default(),
            "EndTime": format!("{ended_at:.3}"),
            // There is none, as the launch failed.
            "EC2InstanceId": "",
            "StartTime": format!("{:.3}", activity.started_at),
            "Cause": activity.cause,
            "Origin": "EC2",
            "Destination": "AutoScalingGroup",
        }),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::services::auto_scaling::activity::Status;

    #[test]
    fn the_event_tells_which_group_where_and_why() {
        let at = Timestamp::UNIX_EPOCH;
        let activity = Activity {
            id: "1".into(),
            group: "workers".into(),
            description: "Launching a new EC2 instance.  Status Reason: none left".into(),
            cause: "At 1970-01-01T00:00:00Z an instance was started".into(),
            started_at: at,
            ended_at: Some(at),
            status: Status::Failed,
            message: Some("none left".into()),
            zone: "us-east-1a".into(),
            subnet: "subnet-a".into(),
        };
        let event = launch_unsuccessful("arn", &activity);
        assert_eq!(event.resources, ["arn"]);
        assert_eq!(event.detail["AutoScalingGroupName"], "workers");
        assert_eq!(event.detail["StatusMessage"], "none left");
        assert_eq!(event.detail["Details"]["Subnet ID"], "subnet-a");
        assert_eq!(event.detail["EndTime"], "1970-01-01T00:00:00.000Z");
    }
}

//! What EC2 does to a group's instances of its own accord.
//! See <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-interruptions.html>.

use jiff::Timestamp;
use serde_json::json;

use super::{AutoScaling, group::later};
use crate::{
    LocalAwsError, Purchase,
    emulator::{ACCOUNT, REGION},
    services::service_event::ServiceEvent,
};

/// From the warning to the end of the instance, seconds.
const NOTICE: f64 = 120.0;
/// The least of it that passes in real time, in which what answers the warning runs.
const LEAST_NOTICE: f64 = 10.0;

impl AutoScaling {
    pub(crate) async fn interrupt(&self, group: &str) -> Result<String, LocalAwsError> {
        let lost_at = later(
            Timestamp::now(),
            (NOTICE * self.time_scale).max(LEAST_NOTICE),
        );
        let (id, zone) = self.choose_spot(group, Some(lost_at)).await?;
        interruption_warning(&id, &zone)
            .publish(&self.emulator)
            .await?;
        Ok(id)
    }

    pub(crate) async fn recommend_rebalance(&self, group: &str) -> Result<String, LocalAwsError> {
        let (id, _) = self.choose_spot(group, None).await?;
        rebalance_recommendation(&id)
            .publish(&self.emulator)
            .await?;
        Ok(id)
    }

    pub(crate) async fn reclaim(&self, group: &str) -> Result<String, LocalAwsError> {
        let now = Timestamp::now();
        let chosen = {
            let mut state = self.state.lock().await;
            let group = state.groups.get_mut(group);
            group.and_then(|group| group.choose(Some(now), now))
        };
        let (id, _) = chosen.ok_or_else(|| none(group, "instance"))?;
        self.tick().await;
        Ok(id)
    }

    /// Chooses a spot instance in service, which EC2 takes at `lost_at`, if at all.
    async fn choose_spot(
        &self,
        group: &str,
        lost_at: Option<Timestamp>,
    ) -> Result<(String, String), LocalAwsError> {
        let mut state = self.state.lock().await;
        let chosen = state
            .groups
            .get_mut(group)
            // EC2 does neither to an on-demand instance.
            .filter(|group| group.definition.purchase == Purchase::Spot)
            .and_then(|group| group.choose(lost_at, Timestamp::now()));
        chosen.ok_or_else(|| none(group, "spot instance"))
    }
}

fn none(group: &str, what: &'static str) -> LocalAwsError {
    LocalAwsError::NoInstance {
        group: group.to_owned(),
        what,
    }
}

/// See <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html>.
fn interruption_warning(instance_id: &str, zone: &str) -> ServiceEvent {
    ServiceEvent {
        source: "aws.ec2",
        detail_type: "EC2 Spot Instance Interruption Warning",
        // This event's own form of an ARN, with a zone and without an account.
        resources: vec![format!("arn:aws:ec2:{zone}:instance/{instance_id}")],
        detail: json!({ "instance-id": instance_id, "instance-action": "terminate" }),
    }
}

/// See <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html>.
fn rebalance_recommendation(instance_id: &str) -> ServiceEvent {
    ServiceEvent {
        source: "aws.ec2",
        detail_type: "EC2 Instance Rebalance Recommendation",
        resources: vec![format!(
            "arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{instance_id}"
        )],
        detail: json!({ "instance-id": instance_id }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_events_name_the_instance_as_aws_does() {
        let warning = interruption_warning("i-1", "us-east-1a");
        assert_eq!(warning.resources, ["arn:aws:ec2:us-east-1a:instance/i-1"]);
        assert_eq!(
            warning.detail,
            json!({ "instance-id": "i-1", "instance-action": "terminate" })
        );
        let recommendation = rebalance_recommendation("i-1");
        assert_eq!(
            recommendation.resources,
            ["arn:aws:ec2:us-east-1:000000000000:instance/i-1"]
        );
        assert_eq!(recommendation.detail, json!({ "instance-id": "i-1" }));
    }
}

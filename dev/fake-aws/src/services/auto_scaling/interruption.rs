//! What EC2 does to a group's instances of its own accord.
//! See <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-interruptions.html>.

use jiff::Timestamp;
use serde_json::json;

use super::{AutoScaling, group::later};
use crate::{
    LocalAwsError, Purchase,
    emulator::{ACCOUNT, REGION},
    services::service_event::{ServiceEvent, publish_all},
};

/// From the warning to the end of the instance, seconds.
const NOTICE: f64 = 120.0;
/// The least of it that passes in real time, in which what answers the warning runs.
const LEAST_NOTICE: f64 = 10.0;
/// The same for each of several instances, as what answers their warnings shares the processors.
const LEAST_NOTICE_EACH: f64 = 3.0;

impl AutoScaling {
    /// Warns of so many instances at once, of each so many times.
    pub(crate) async fn interrupt(
        &self,
        group: &str,
        count: u32,
        deliveries: u32,
    ) -> Result<Vec<String>, LocalAwsError> {
        let notice = (NOTICE * self.time_scale)
            .max(LEAST_NOTICE)
            .max(LEAST_NOTICE_EACH * f64::from(count));
        let lost_at = later(Timestamp::now(), notice);
        let chosen = self.choose_spot(group, count, Some(lost_at)).await?;
        let warnings = chosen
            .iter()
            .map(|(id, zone)| interruption_warning(id, zone));
        let warnings: Vec<_> = warnings.collect();
        publish_all(&self.emulator, &warnings, deliveries).await?;
        Ok(chosen.into_iter().map(|(id, _)| id).collect())
    }

    /// Recommends to replace so many instances at once, of each so many times.
    pub(crate) async fn recommend_rebalance(
        &self,
        group: &str,
        count: u32,
        deliveries: u32,
    ) -> Result<Vec<String>, LocalAwsError> {
        let chosen = self.choose_spot(group, count, None).await?;
        let ids: Vec<_> = chosen.into_iter().map(|(id, _)| id).collect();
        let recommendations: Vec<_> = ids.iter().map(|id| rebalance_recommendation(id)).collect();
        publish_all(&self.emulator, &recommendations, deliveries).await?;
        Ok(ids)
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

    /// Chooses so many spot instances in service, which EC2 takes at `lost_at`, if at all.
    async fn choose_spot(
        &self,
        group: &str,
        count: u32,
        lost_at: Option<Timestamp>,
    ) -> Result<Vec<(String, String)>, LocalAwsError> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let mut state = self.state.lock().await;
        let chosen = state
            .groups
            .get_mut(group)
            // EC2 does neither to an on-demand instance.
            .filter(|group| group.definition.purchase == Purchase::Spot)
            .and_then(|group| group.choose_several(count, lost_at, Timestamp::now()));
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

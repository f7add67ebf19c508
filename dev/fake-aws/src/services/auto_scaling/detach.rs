//! DetachInstances: instances leave a group and run on.
//! See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DetachInstances.html>.

use jiff::Timestamp;

use super::{AutoScaling, scale::no_group};
use crate::{
    LocalAwsError,
    front::{reply::Reply, request::Request},
};

impl AutoScaling {
    pub(super) async fn detach_instances(&self, request: &Request) -> Result<Reply, LocalAwsError> {
        let name = request.get("AutoScalingGroupName").unwrap_or_default();
        let Some(described) = self.described(name).await? else {
            return Ok(no_group(name));
        };
        let required = "ShouldDecrementDesiredCapacity";
        let decrement = match request.get(required) {
            Some("true") => true,
            Some("false") => false,
            _ => return Ok(refusal(&format!("{required} should be a boolean"))),
        };
        let now = Timestamp::now();
        let mut state = self.state.lock().await;
        let group = self.group(&mut state, &described).await?;
        let activities = match group.detach(&request.list("InstanceIds.member"), decrement, now) {
            Ok(activities) => activities,
            Err(message) => return Ok(refusal(&message)),
        };
        group.tick(now, &self.market, self.time_scale);
        let mut content = String::new();
        for activity in &activities {
            activity.write(&mut content);
        }
        Ok(Reply::auto_scaling(
            "DetachInstances",
            &format!("<Activities>{content}</Activities>"),
        ))
    }
}

fn refusal(message: &str) -> Reply {
    Reply::auto_scaling_error("ValidationError", message)
}

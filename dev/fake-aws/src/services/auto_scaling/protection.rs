//! SetInstanceProtection: instances that scale-in does not end.
//! See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetInstanceProtection.html>.

use jiff::Timestamp;

use super::{AutoScaling, scale::no_group};
use crate::{
    LocalAwsError,
    front::{reply::Reply, request::Request},
};

impl AutoScaling {
    pub(super) async fn set_instance_protection(
        &self,
        request: &Request,
    ) -> Result<Reply, LocalAwsError> {
        let name = request.get("AutoScalingGroupName").unwrap_or_default();
        let Some(described) = self.described(name).await? else {
            return Ok(no_group(name));
        };
        let is_protected = request.get("ProtectedFromScaleIn") == Some("true");
        let now = Timestamp::now();
        let mut state = self.state.lock().await;
        let group = self.group(&mut state, &described).await?;
        let protected = group.protect(&request.list("InstanceIds.member"), is_protected, now);
        Ok(match protected {
            Ok(()) => Reply::auto_scaling("SetInstanceProtection", ""),
            Err(message) => Reply::auto_scaling_error("ValidationError", &message),
        })
    }
}

//! Suspended processes: which of a group's are. That a group goes on without them is not simulated but
//! for the rebalancing of zones, which no group does here.
//! See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SuspendProcesses.html>.

use super::{AutoScaling, scale::no_group};
use crate::{
    LocalAwsError,
    front::{reply::Reply, request::Request},
};

/// The process that may be suspended here.
const AZ_REBALANCE: &str = "AZRebalance";

impl AutoScaling {
    pub(super) async fn suspend_processes(
        &self,
        request: &Request,
    ) -> Result<Reply, LocalAwsError> {
        let name = request.get("AutoScalingGroupName").unwrap_or_default();
        if self.described(name).await?.is_none() {
            return Ok(no_group(name));
        }
        let processes = request.list("ScalingProcesses.member");
        if processes != [AZ_REBALANCE] {
            return Ok(Reply::auto_scaling_error(
                "ValidationError",
                &format!("Here only {AZ_REBALANCE} can be suspended."),
            ));
        }
        let mut state = self.state.lock().await;
        state.without_rebalancing.insert(name.to_owned());
        Ok(Reply::auto_scaling_done("SuspendProcesses"))
    }

    pub(super) async fn resume_processes(&self, request: &Request) -> Reply {
        let name = request.get("AutoScalingGroupName").unwrap_or_default();
        let processes = request.list("ScalingProcesses.member");
        if processes.is_empty() || processes.contains(&AZ_REBALANCE) {
            let mut state = self.state.lock().await;
            state.without_rebalancing.remove(name);
        }
        Reply::auto_scaling_done("ResumeProcesses")
    }
}

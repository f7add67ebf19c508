//! Warm pools: which groups have one. What is in them is not simulated.
//! See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutWarmPool.html>.

use super::{AutoScaling, scale::no_group};
use crate::{
    LocalAwsError, Purchase,
    front::{reply::Reply, request::Request, xml::WarmPoolConfiguration},
};

impl AutoScaling {
    pub(super) async fn put_warm_pool(&self, request: &Request) -> Result<Reply, LocalAwsError> {
        let name = request.get("AutoScalingGroupName").unwrap_or_default();
        let Some(described) = self.described(name).await? else {
            return Ok(no_group(name));
        };
        let mut state = self.state.lock().await;
        let group = self.group(&mut state, &described).await?;
        let is_spot = group.definition.purchase == Purchase::Spot;
        if is_spot || described.mixed_instances_policy.is_some() {
            return Ok(Reply::auto_scaling_error(
                "ValidationError",
                "You can't add a warm pool to an Auto Scaling group that has a mixed instances policy or that requests Spot Instances.",
            ));
        }
        let min_size = request.get("MinSize").and_then(|size| size.parse().ok());
        let pool = WarmPoolConfiguration {
            min_size: min_size.unwrap_or_default(),
            pool_state: request.get("PoolState").unwrap_or("Stopped").to_owned(),
        };
        state.warm_pools.insert(name.to_owned(), pool);
        Ok(Reply::auto_scaling("PutWarmPool", ""))
    }
}

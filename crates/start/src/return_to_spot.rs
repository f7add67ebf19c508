//! What the schedule asks for: to check if spot can take over again.

use jiff::Timestamp;
use spotmanager_aws::auto_scaling::describe_groups_of_logical_ids;
use spotmanager_domain::{ExecutionInput, Purpose, StartOutcome, WorkerPair};

use crate::{Start, StartError, execution_name, idle, input, managed_group::Managed};

impl Start {
    /// Checks every pair. If one cannot be started, the scheduler's next try starts it, and
    /// recognises the others. A pair that has nothing to return from starts nothing, unless its
    /// queue is due to be read.
    pub(crate) async fn return_to_spot(
        &self,
        managed: &Managed,
        at: Timestamp,
    ) -> Result<Vec<StartOutcome>, StartError> {
        let mut outcomes = Vec::new();
        let idle = self.idle_pairs(managed).await;
        for pair in managed.all() {
            let is_idle = idle.contains(&pair);
            if is_idle && managed.queue_of(&pair).is_empty() {
                outcomes.push(StartOutcome::Ignored {
                    reason: format!(
                        "{} has no on-demand instance to return from",
                        pair.stack_name
                    ),
                });
                continue;
            }
            let (at, why) = if is_idle {
                (idle::queue_read_at(at), "read_queue")
            } else {
                (at, "return_to_spot")
            };
            let group = pair.spot_group_logical_id(&managed.spot_group_logical_id);
            let what = [why, &at.to_string(), group];
            let name = execution_name::for_event(&pair.stack_name, at, &what);
            let input = ExecutionInput {
                purpose: Purpose::ReturnToSpot,
                ..input(pair)
            };
            outcomes.push(self.execute(name, input).await?);
        }
        Ok(outcomes)
    }

    /// The pairs that certainly have nothing to return from. A group that is not found, or that
    /// cannot be described, is a doubt: its pair is not idle.
    async fn idle_pairs(&self, managed: &Managed) -> Vec<WorkerPair> {
        let groups =
            describe_groups_of_logical_ids(&self.auto_scaling, managed.on_demand_group_ids()).await;
        match groups {
            Ok(groups) => managed.idle(&groups),
            Err(error) => {
                tracing::warn!(error = %error, "the on-demand groups could not be described");
                Vec::new()
            }
        }
    }
}

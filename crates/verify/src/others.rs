//! The executions of the same pair of groups.

use spotmanager_aws::{
    AwsError,
    auto_scaling::{describe_capacity, describe_instance},
    executions::{self, Own, Standing},
};
use spotmanager_domain::{
    Deployed, Market, Purpose,
    flow::{Flow, Others, Progress, Replacement, Step},
};

use crate::{Verify, VerifyError};

impl Verify {
    /// Which run next to this one. What cannot be asked for is not waited for: jobs must not wait.
    pub(crate) async fn others(
        &self,
        flow: Flow<'_>,
        progress: &Progress,
    ) -> Result<Others, VerifyError> {
        let settings = &flow.discovery.settings;
        let deployed = flow.discovery.deployed.clone().unwrap_or(Deployed {
            dry_run: false,
            spot_group_logical_id: settings.spot_group_logical_id.clone(),
        });
        let own = Own {
            execution: flow.execution,
            stack_name: &flow.discovery.stack_name,
            deployed: &deployed,
            spot_group_logical_id: &settings.spot_group_logical_id,
        };
        let running = passing(executions::others(&self.sfn, &own).await)?.unwrap_or_default();
        let mut others = Others {
            lost_has_left: self.lost_has_left(flow).await?,
            on_demand_desired: self.on_demand_desired(flow).await?,
            ..Others::default()
        };
        for other in running {
            let count = if other.purpose == Purpose::ReturnToSpot {
                &mut others.returns
            } else if own.began_after(&other.listed) {
                &mut others.before
            } else {
                &mut others.after
            };
            *count = count.saturating_add(1);
        }
        // A return to spot gives way to those that run, and must know whose growth it is.
        let attempt = progress.attempt.as_ref();
        let is_unclear = attempt.is_some_and(|attempt| attempt.unclear > 0);
        if flow.falls_back() || is_unclear {
            let ended = passing(executions::ended_since(&self.sfn, &own).await)?;
            for other in ended.unwrap_or_default() {
                let count = match other.purpose {
                    Purpose::ReturnToSpot => &mut others.ended_returns,
                    Purpose::ScaleUp => &mut others.ended,
                };
                *count = count.saturating_add(1);
            }
        }
        Ok(others)
    }

    /// What the on-demand group asks for, if it may take over.
    async fn on_demand_desired(&self, flow: Flow<'_>) -> Result<Option<i32>, VerifyError> {
        if !flow.falls_back() {
            return Ok(None);
        }
        let name = &flow.group(Market::OnDemand).auto_scaling_group_name;
        let capacity = describe_capacity(&self.client, name).await?;
        Ok(Some(capacity.desired_capacity))
    }

    /// Whether the instance that EC2 may take back has left its group. In doubt it has not.
    async fn lost_has_left(&self, flow: Flow<'_>) -> Result<bool, VerifyError> {
        let loss = flow.discovery.loss.as_ref().filter(|_| !flow.falls_back());
        let Some(instance_id) = loss.and_then(|loss| loss.instance_id.as_deref()) else {
            return Ok(false);
        };
        let found = passing(describe_instance(&self.client, instance_id).await)?;
        Ok(found.is_some_and(|instance| instance.is_none()))
    }

    /// What became of the replacement that a rebalance recommendation asked for. In doubt it did not
    /// come.
    pub(crate) async fn replacement(
        &self,
        flow: Flow<'_>,
        name: &str,
    ) -> Result<Replacement, VerifyError> {
        let machine = flow.execution.state_machine_arn.as_deref();
        let Some(arn) = machine.and_then(|machine| executions::arn_of(machine, name)) else {
            return Ok(Replacement::DidNotCome);
        };
        let standing = passing(executions::standing(&self.sfn, &arn).await)?.flatten();
        Ok(match standing {
            Some(Standing::Running) => Replacement::Underway,
            Some(Standing::Succeeded(output)) if is_capacity_arrived(&output) => Replacement::Came,
            _ => Replacement::DidNotCome,
        })
    }
}

/// Whether an execution's output is that of the last state `CapacityArrived`.
fn is_capacity_arrived(output: &str) -> bool {
    let output: serde_json::Value = serde_json::from_str(output).unwrap_or_default();
    output["ended"] == Step::CapacityArrived.state()
}

/// What a call returned; `None` if it is refused for good.
fn passing<T>(result: Result<T, AwsError>) -> Result<Option<T>, VerifyError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_passing() => Err(error.into()),
        Err(error) => {
            tracing::warn!(error = %error, "what this check depends on is not known");
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_capacity_arrived;

    #[test]
    fn only_the_output_of_that_state_says_that_capacity_arrived() {
        assert!(is_capacity_arrived(r#"{"ended":"CapacityArrived"}"#));
        assert!(!is_capacity_arrived(r#"{"ended":"NothingToDo"}"#));
        assert!(!is_capacity_arrived("[]"));
        assert!(!is_capacity_arrived(""));
    }
}

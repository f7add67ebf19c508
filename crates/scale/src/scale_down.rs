//! Executing the scale-down policy, once, after spot has taken over.

use spotmanager_aws::auto_scaling::{Client, describe_capacity, execute_policy};
use spotmanager_domain::{
    ExecutePolicyCall, ScaleOutcome, ScaleOutput, ScalingCall,
    scaling::{ScaleDownPlan, plan_scale_down},
};

use crate::{ScaleError, output, request::Request};

pub(crate) async fn run(
    client: &Client,
    request: &Request<'_>,
    honor_cooldown: bool,
) -> Result<ScaleOutput, ScaleError> {
    let group = request.group;
    let name = &group.auto_scaling_group_name;
    let policy = group
        .scale_down_policy
        .as_ref()
        .ok_or(ScaleError::NoScaleDownPolicy)?;
    let current = describe_capacity(client, name).await?;

    let mut would_call = None;
    let (outcome, sentence) = match plan_scale_down(group.capacity, current, policy) {
        ScaleDownPlan::Execute => {
            let call = ExecutePolicyCall::of(name, policy, honor_cooldown);
            let (outcome, did) = if request.dry_run {
                would_call = Some(ScalingCall::ExecutePolicy(call));
                (ScaleOutcome::WouldScaleDown, "Dry run: would execute")
            } else {
                execute_policy(client, &call).await?;
                (ScaleOutcome::ScaledDown, "Executed")
            };
            (outcome, format!("{did} {} on {name}.", policy.policy_name))
        }
        ScaleDownPlan::AlreadyScaled => (
            ScaleOutcome::AlreadyScaledDown,
            format!(
                "{name} has been scaled since the round began, from {} to {}: not again.",
                group.capacity.desired_capacity, current.desired_capacity
            ),
        ),
        ScaleDownPlan::TakesOther(taken) => {
            return Err(ScaleError::TakesOther {
                policy: policy.policy_name.clone(),
                group: name.clone(),
                taken,
            });
        }
    };
    Ok(ScaleOutput {
        would_call,
        policy_name: policy.policy_name.clone(),
        ..output(
            request,
            outcome,
            sentence,
            current.desired_capacity,
            current,
        )
    })
}

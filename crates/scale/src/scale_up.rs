//! Executing the scale-up policy, once.

use spotmanager_aws::auto_scaling::{Client, activities_since, describe_capacity, execute_policy};
use spotmanager_domain::{
    Capacity, ExecutePolicyCall, ScaleOutcome, ScaleOutput, ScalingCall,
    scaling::{ScaleUpPlan, plan_first_scale_up, plan_scale_up},
};

use crate::{ScaleError, output, request::Request};

pub(crate) async fn run(
    client: &Client,
    request: &Request<'_>,
    honor_cooldown: bool,
    is_first: bool,
) -> Result<ScaleOutput, ScaleError> {
    let group = request.group;
    let name = &group.auto_scaling_group_name;
    let policy = &group.scale_up_policy;
    let (current, activities) = tokio::join!(
        describe_capacity(client, name),
        activities_since(client, name, request.round_began_at),
    );
    let (current, activities) = (current?, activities?);

    let mut would_call = None;
    let plan = if is_first {
        plan_first_scale_up(group.capacity, current, policy)
    } else {
        plan_scale_up(group.capacity, current, policy, &activities)
    };
    let (outcome, baseline_capacity, sentence) = match plan {
        ScaleUpPlan::Execute => {
            let call = ExecutePolicyCall::of(name, policy, honor_cooldown);
            let (outcome, did) = if request.dry_run {
                would_call = Some(ScalingCall::ExecutePolicy(call));
                (ScaleOutcome::WouldScale, "Dry run: would execute")
            } else {
                execute_policy(client, &call)
                    .await
                    .map_err(ScaleError::sent)?;
                (ScaleOutcome::Scaled, "Executed")
            };
            (
                outcome,
                current.desired_capacity,
                format!("{did} {} on {name}.", policy.policy_name),
            )
        }
        ScaleUpPlan::AlreadyScaled => (
            ScaleOutcome::AlreadyScaled,
            group.capacity.desired_capacity,
            format!(
                "{name} has been scaled since the round began, from {} to {}: not again.",
                group.capacity.desired_capacity, current.desired_capacity
            ),
        ),
        ScaleUpPlan::NoEffect => (
            ScaleOutcome::NoEffect,
            current.desired_capacity,
            format!(
                "{} adds nothing to {name} at {}: {} of {}.",
                policy.policy_name,
                current.desired_capacity,
                policy.adjustment_type,
                policy.scaling_adjustment
            ),
        ),
        ScaleUpPlan::GroupFull => (
            ScaleOutcome::GroupFull,
            current.desired_capacity,
            format!("{name} is at its MaxSize of {}.", current.max_size),
        ),
    };
    let target_capacity = policy.target_from(Capacity {
        desired_capacity: baseline_capacity,
        ..current
    });
    Ok(ScaleOutput {
        would_call,
        target_capacity: Some(target_capacity),
        ..output(request, outcome, sentence, baseline_capacity, current)
    })
}

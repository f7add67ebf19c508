//! Executing the scale-up policy, once.

use spotmanager_aws::auto_scaling::{Client, activities_since, describe_capacity, execute_policy};
use spotmanager_contract::{ScaleInput, ScaleOutcome, ScaleOutput};
use spotmanager_decision::scaling::{ScaleUpPlan, plan_scale_up};

use crate::ScaleError;

pub(crate) async fn run(client: &Client, input: &ScaleInput) -> Result<ScaleOutput, ScaleError> {
    let group = &input.group;
    let name = &group.auto_scaling_group_name;
    let policy = &group.scale_up_policy;
    let (current, activities) = tokio::join!(
        describe_capacity(client, name),
        activities_since(client, name, input.execution.started_at),
    );
    let (current, activities) = (current?, activities?);

    let plan = plan_scale_up(group.capacity, current, &policy.policy_name, &activities);
    let (outcome, baseline_capacity, sentence) = match plan {
        ScaleUpPlan::Execute => {
            execute_policy(client, name, policy, input.honor_cooldown).await?;
            (
                ScaleOutcome::Scaled,
                current.desired_capacity,
                format!("Executed {} on {name}.", policy.policy_name),
            )
        }
        ScaleUpPlan::AlreadyScaled => (
            ScaleOutcome::AlreadyScaled,
            group.capacity.desired_capacity,
            format!(
                "{name} has been scaled since the execution began, from {} to {}: not again.",
                group.capacity.desired_capacity, current.desired_capacity
            ),
        ),
        ScaleUpPlan::GroupFull => (
            ScaleOutcome::GroupFull,
            current.desired_capacity,
            format!("{name} is at its MaxSize of {}.", current.max_size),
        ),
    };
    Ok(ScaleOutput {
        action: input.action,
        outcome,
        sentence,
        market: group.market,
        auto_scaling_group_name: name.clone(),
        policy_name: policy.policy_name.clone(),
        baseline_capacity,
        capacity_before: current,
    })
}

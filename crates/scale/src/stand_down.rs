//! Taking back what was asked for and did not arrive.
//!
//! A group that failed to launch keeps its raised DesiredCapacity and keeps trying, so a fallback
//! that does not lower it again may buy twice.

use spotmanager_aws::auto_scaling::{Client, describe_capacity, set_desired_capacity};
use spotmanager_contract::{ScaleInput, ScaleOutcome, ScaleOutput};
use spotmanager_decision::scaling::{StandDownPlan, plan_stand_down};

use crate::ScaleError;

pub(crate) async fn run(client: &Client, input: &ScaleInput) -> Result<ScaleOutput, ScaleError> {
    let group = &input.group;
    let name = &group.auto_scaling_group_name;
    let baseline_capacity = input.baseline_capacity.ok_or(ScaleError::NoBaseline)?;
    let current = describe_capacity(client, name).await?;

    let (outcome, sentence) = match plan_stand_down(baseline_capacity, current) {
        StandDownPlan::Lower(desired_capacity) => {
            set_desired_capacity(client, name, desired_capacity).await?;
            (
                ScaleOutcome::StoodDown,
                format!(
                    "Lowered DesiredCapacity of {name} from {} to {desired_capacity}.",
                    current.desired_capacity
                ),
            )
        }
        StandDownPlan::AlreadyDown => (
            ScaleOutcome::AlreadyDown,
            format!("{name} asks for no more than {}.", current.desired_capacity),
        ),
        StandDownPlan::CapacityArrived => (
            ScaleOutcome::CapacityArrived,
            format!(
                "{name} has {} instances in service after all.",
                current.in_service
            ),
        ),
    };
    Ok(ScaleOutput {
        action: input.action,
        outcome,
        sentence,
        market: group.market,
        auto_scaling_group_name: name.clone(),
        policy_name: group.scale_up_policy.policy_name.clone(),
        baseline_capacity,
        capacity_before: current,
    })
}

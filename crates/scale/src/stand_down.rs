//! Taking back what was asked for and did not arrive.
//!
//! A group that failed to launch keeps its raised DesiredCapacity and keeps trying, so a fallback
//! that does not lower it again may buy twice.

use spotmanager_aws::auto_scaling::{Client, describe_capacities, set_desired_capacity};
use spotmanager_domain::{
    Capacity, ScaleOutcome, ScaleOutput, ScalingCall, SetDesiredCapacityCall,
    scaling::StandDownPlan,
};

use crate::{ScaleError, output, request::Request};

pub(crate) async fn run(
    client: &Client,
    request: &Request<'_>,
    baseline_capacity: i32,
    plan: impl FnOnce(Capacity) -> StandDownPlan,
) -> Result<ScaleOutput, ScaleError> {
    let name = &request.group.auto_scaling_group_name;
    let on_demand = request
        .on_demand_group
        .map(|group| group.auto_scaling_group_name.as_str());
    let (current, on_demand) = describe_capacities(client, name, on_demand).await?;

    let mut would_call = None;
    let (outcome, target_capacity, sentence) = match plan(current) {
        StandDownPlan::Lower(desired_capacity) => {
            let call = SetDesiredCapacityCall {
                auto_scaling_group_name: name.clone(),
                desired_capacity,
                // A cooldown would keep the group trying to buy in addition to the fallback.
                honor_cooldown: false,
            };
            let change = format!(
                "DesiredCapacity of {name} from {} to {desired_capacity}",
                current.desired_capacity
            );
            let (outcome, sentence) = if request.dry_run {
                would_call = Some(ScalingCall::SetDesiredCapacity(call));
                (
                    ScaleOutcome::WouldStandDown,
                    format!("Dry run: would lower {change}."),
                )
            } else {
                set_desired_capacity(client, &call).await?;
                (ScaleOutcome::StoodDown, format!("Lowered {change}."))
            };
            (outcome, Some(desired_capacity), sentence)
        }
        StandDownPlan::AlreadyDown => (
            ScaleOutcome::AlreadyDown,
            None,
            format!("{name} asks for no more than {}.", current.desired_capacity),
        ),
        StandDownPlan::CapacityArrived => (
            ScaleOutcome::CapacityArrived,
            None,
            format!(
                "{name} has {} instances in service after all.",
                current.in_service
            ),
        ),
    };
    Ok(ScaleOutput {
        would_call,
        target_capacity,
        on_demand_capacity: on_demand,
        ..output(request, outcome, sentence, baseline_capacity, current)
    })
}

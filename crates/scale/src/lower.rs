//! Lowering DesiredCapacity because the other group serves, to the same value at every attempt.

use spotmanager_aws::auto_scaling::{Client, describe_capacity, set_desired_capacity};
use spotmanager_domain::{
    Market, ScaleOutcome, ScaleOutput, ScalingCall, SetDesiredCapacityCall,
    scaling::{LowerPlan, plan_lower},
};

use crate::{ScaleError, output, request::Request};

pub(crate) async fn run(
    client: &Client,
    request: &Request<'_>,
    from: i32,
    to: i32,
) -> Result<ScaleOutput, ScaleError> {
    let name = &request.group.auto_scaling_group_name;
    let current = describe_capacity(client, name).await?;

    let mut would_call = None;
    let (outcome, to, sentence) = match plan_lower(from, to, current) {
        LowerPlan::Lower(to) => {
            let call = SetDesiredCapacityCall {
                auto_scaling_group_name: name.clone(),
                desired_capacity: to,
                // What replaces it is in service, so there is no cooldown to wait for.
                honor_cooldown: false,
            };
            let change = format!("DesiredCapacity of {name} from {from} to {to}");
            let (outcome, sentence) = if request.dry_run {
                would_call = Some(ScalingCall::SetDesiredCapacity(call));
                (
                    ScaleOutcome::WouldScaleDown,
                    format!("Dry run: would lower {change}."),
                )
            } else {
                let set = set_desired_capacity(client, &call).await;
                set.map_err(match request.group.market {
                    Market::OnDemand => ScaleError::sent,
                    // A repetition looks again: a group that is lowered already is left alone.
                    Market::Spot => ScaleError::Aws,
                })?;
                (ScaleOutcome::ScaledDown, format!("Lowered {change}."))
            };
            (outcome, to, sentence)
        }
        LowerPlan::AlreadyLowered => (
            ScaleOutcome::AlreadyScaledDown,
            to,
            format!(
                "{name} asks for {}, and asked for {from} before: it is not lowered again.",
                current.desired_capacity
            ),
        ),
        LowerPlan::HasGrown => (
            ScaleOutcome::NotScaledDown,
            to,
            format!(
                "{name} asks for {} by now, and asked for {from} before: it is left as it is.",
                current.desired_capacity
            ),
        ),
    };
    Ok(ScaleOutput {
        would_call,
        target_capacity: Some(to),
        ..output(request, outcome, sentence, from, current)
    })
}

//! Raising DesiredCapacity, to the same value at every attempt.

use spotmanager_aws::auto_scaling::{Client, describe_capacity, set_desired_capacity};
use spotmanager_domain::{
    ScaleOutcome, ScaleOutput, ScalingCall, SetDesiredCapacityCall,
    scaling::{RaisePlan, plan_raise},
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
    let (outcome, target_capacity, sentence) = match plan_raise(from, to, current) {
        RaisePlan::Raise(to) => {
            let call = SetDesiredCapacityCall {
                auto_scaling_group_name: name.clone(),
                desired_capacity: to,
                // What launches already has been counted, so there is no cooldown to wait for.
                honor_cooldown: false,
            };
            let change = format!(
                "DesiredCapacity of {name} from {} to {to}",
                current.desired_capacity
            );
            let (outcome, sentence) = if request.dry_run {
                would_call = Some(ScalingCall::SetDesiredCapacity(call));
                (
                    ScaleOutcome::WouldScale,
                    format!("Dry run: would raise {change}."),
                )
            } else {
                let set = set_desired_capacity(client, &call).await;
                set.map_err(ScaleError::sent)?;
                (ScaleOutcome::Scaled, format!("Raised {change}."))
            };
            (outcome, to, sentence)
        }
        RaisePlan::AlreadyRaised => (
            if request.dry_run {
                ScaleOutcome::WouldScale
            } else {
                ScaleOutcome::AlreadyScaled
            },
            to,
            format!(
                "{name} asks for {} already, and {to} were to be asked for.",
                current.desired_capacity
            ),
        ),
        RaisePlan::GroupFull => (
            ScaleOutcome::GroupFull,
            to,
            format!(
                "{name} cannot be asked for more: it asks for {}, its MaxSize is {}, and \
                 MaximumCapacityOfBothGroups, if set, may leave no room.",
                current.desired_capacity, current.max_size
            ),
        ),
    };
    let sentence = match request.why_not_launched {
        Some(why) => format!("{sentence} LaunchInstances was not called, because {name} {why}."),
        None => sentence,
    };
    Ok(ScaleOutput {
        would_call,
        target_capacity: Some(target_capacity),
        ..output(request, outcome, sentence, from, current)
    })
}

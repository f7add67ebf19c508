//! Taking an instance out of its group that EC2 takes back.
//!
//! The group would replace it two minutes later. The instance itself goes on with its job until EC2
//! stops it.

use spotmanager_aws::auto_scaling::{Client, describe_capacity, detach_instance};
use spotmanager_domain::{ScaleOutcome, ScaleOutput};

use crate::{ScaleError, output, request::Request};

pub(crate) async fn run(
    client: &Client,
    request: &Request<'_>,
    instance_id: &str,
    decrements: bool,
) -> Result<ScaleOutput, ScaleError> {
    let name = &request.group.auto_scaling_group_name;
    let discovered = request.group.capacity;
    let is_detached = detach_instance(client, name, instance_id, decrements).await?;
    let current = describe_capacity(client, name).await?;
    let (outcome, sentence) = if is_detached {
        let then = if decrements {
            "asks for one less"
        } else {
            "launches another one instead"
        };
        (
            ScaleOutcome::Detached,
            format!("Detached {instance_id} from {name}, which {then}."),
        )
    } else if decrements && current.desired_capacity <= discovered.desired_capacity {
        // As discovered the group asks for one less already: an earlier attempt took effect.
        (
            ScaleOutcome::Detached,
            format!("{instance_id} was detached from {name} before."),
        )
    } else {
        (
            ScaleOutcome::AlreadyDetached,
            format!("{instance_id} is not part of {name} any more."),
        )
    };
    let baseline_capacity = current.desired_capacity;
    Ok(output(
        request,
        outcome,
        sentence,
        baseline_capacity,
        current,
    ))
}

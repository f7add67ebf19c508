//! Taking an instance out of its group that EC2 takes back.
//!
//! The group would replace it two minutes later, in addition to the replacement that is on its
//! way. The instance itself goes on with its job until EC2 stops it.

use spotmanager_aws::auto_scaling::{Client, describe_capacity, detach_instance};
use spotmanager_domain::{ScaleOutcome, ScaleOutput};

use crate::{ScaleError, output, request::Request};

pub(crate) async fn run(
    client: &Client,
    request: &Request<'_>,
    instance_id: &str,
) -> Result<ScaleOutput, ScaleError> {
    let name = &request.group.auto_scaling_group_name;
    let current = describe_capacity(client, name).await?;
    let (outcome, sentence) = if detach_instance(client, name, instance_id).await? {
        (
            ScaleOutcome::Detached,
            format!("Detached {instance_id} from {name}, which asks for one less."),
        )
    } else if describe_capacity(client, name).await?.desired_capacity
        <= request.group.capacity.desired_capacity
    {
        // As discovered the group asks for one less already: an earlier attempt took effect, be it
        // one of the SDK's own, which began after the look above.
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

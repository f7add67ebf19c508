//! Launching at once, in one zone of a group.

use aws_sdk_autoscaling::{
    Client,
    operation::launch_instances::LaunchInstancesOutput,
    types::{self, LaunchInstancesError},
};
use spotmanager_domain::{LaunchError, LaunchInstancesCall, LaunchedInstances, RetryStrategy};

use crate::AwsError;

/// The longest message that is kept, characters: an answer has one for each type.
const LONGEST_MESSAGE: usize = 200;

/// What a call launched, and what not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LaunchAnswer {
    /// What launched, by type and zone.
    pub instances: Vec<LaunchedInstances>,
    /// What EC2 did not have, also if something else came instead.
    pub errors: Vec<LaunchError>,
}

impl LaunchAnswer {
    /// Whether it says nothing: then nobody knows what came of the call.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.instances.is_empty() && self.errors.is_empty()
    }
}

/// Launches in one zone, and waits for what came of it. The call may be sent again under its token.
/// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchInstances.html>.
///
/// # Errors
/// [`AwsError`] when the call fails; that EC2 has no capacity is an answer.
pub async fn launch_instances(
    client: &Client,
    call: &LaunchInstancesCall,
) -> Result<LaunchAnswer, AwsError> {
    let [zone] = &call.availability_zones;
    let answer = client
        .launch_instances()
        .auto_scaling_group_name(&call.auto_scaling_group_name)
        .requested_capacity(call.requested_capacity)
        .client_token(call.client_token.as_str())
        .availability_zones(zone)
        .retry_strategy(match call.retry_strategy {
            RetryStrategy::None => types::RetryStrategy::None,
        })
        .send()
        .await
        .map_err(|error| AwsError::new("autoscaling:LaunchInstances", error))?;
    Ok(read(&answer, zone))
}

fn read(answer: &LaunchInstancesOutput, zone: &str) -> LaunchAnswer {
    let instances = answer.instances().iter().map(|some| LaunchedInstances {
        availability_zone: some.availability_zone().unwrap_or(zone).to_owned(),
        instance_type: some.instance_type().unwrap_or_default().to_owned(),
        instance_ids: some.instance_ids().to_vec(),
    });
    LaunchAnswer {
        instances: instances
            .filter(|some| !some.instance_ids.is_empty())
            .collect(),
        errors: answer
            .errors()
            .iter()
            .map(|error| problem(error, zone))
            .collect(),
    }
}

fn problem(error: &LaunchInstancesError, zone: &str) -> LaunchError {
    let message = error.error_message().unwrap_or_default();
    LaunchError {
        availability_zone: Some(error.availability_zone().unwrap_or(zone).to_owned()),
        instance_type: error.instance_type().map(str::to_owned),
        code: error.error_code().unwrap_or_default().to_owned(),
        message: message.chars().take(LONGEST_MESSAGE).collect(),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_autoscaling::types::InstanceCollection;

    use super::*;

    #[test]
    fn an_answer_is_counted_by_ids_and_a_zone_that_it_leaves_out_is_the_one_that_was_asked() {
        let some = |ids: &[&str]| {
            InstanceCollection::builder()
                .instance_type("g4dn.xlarge")
                .set_instance_ids(Some(ids.iter().map(|id| (*id).to_owned()).collect()))
                .build()
        };
        let error = LaunchInstancesError::builder()
            .error_code("InsufficientInstanceCapacity")
            .error_message("x".repeat(500))
            .build();
        let answer = LaunchInstancesOutput::builder()
            .instances(some(&["i-1", "i-2"]))
            .instances(some(&[]))
            .errors(error)
            .build();
        let answer = read(&answer, "us-east-1a");
        assert_eq!(answer.instances.len(), 1);
        assert_eq!(answer.instances[0].availability_zone, "us-east-1a");
        assert_eq!(answer.instances[0].instance_ids, ["i-1", "i-2"]);
        assert_eq!(answer.errors[0].message.len(), LONGEST_MESSAGE);
        assert!(!answer.is_empty());
        assert!(read(&LaunchInstancesOutput::builder().build(), "us-east-1a").is_empty());
    }
}

//! *verify*: looks whether the capacity that was asked for arrived.

use jiff::Timestamp;
use spotmanager_aws::{
    AwsError,
    auto_scaling::{CapacityError, Client, activities_since, describe_capacity},
};
use spotmanager_domain::{
    ErrorName, NamedError, Purpose, VerifyInput, VerifyOutput,
    capacity::{CapacityStatus, Expectation, assess},
    metric,
};

/// Why the group could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// The group's size could not be told.
    #[error(transparent)]
    Capacity(#[from] CapacityError),
}

impl NamedError for VerifyError {
    fn name(&self) -> ErrorName {
        match self {
            Self::Aws(error) => error.name(),
            Self::Capacity(error) => error.name(),
        }
    }
}

/// The step with its client.
#[derive(Debug)]
pub struct Verify {
    client: Client,
}

impl Verify {
    /// The step in the account and region of `config`.
    #[must_use]
    pub fn new(config: &spotmanager_aws::SdkConfig) -> Self {
        Self {
            client: Client::new(config),
        }
    }

    /// Looks, at `now`, at the group and at what it did since the round began.
    ///
    /// # Errors
    /// [`VerifyError`] when a call fails or the group is gone.
    pub async fn run(
        &self,
        input: VerifyInput,
        now: Timestamp,
    ) -> Result<VerifyOutput, VerifyError> {
        let group = input.group;
        let name = group.auto_scaling_group_name.clone();
        let (capacity, activities) = tokio::join!(
            describe_capacity(&self.client, &name),
            activities_since(&self.client, &name, input.execution.round_began_at),
        );
        let (capacity, activities) = (capacity?, activities?);
        let reached = input
            .target_capacity
            .map_or(capacity, |target| capacity.up_to(target));
        let report = assess(
            Expectation {
                baseline: input.baseline_capacity,
                availability_zones: &group.availability_zones,
                waited_seconds: input.waited_seconds,
                timeout_seconds: input.timeout_seconds,
            },
            reached,
            &activities,
        );
        if report.status == CapacityStatus::Arrived {
            let decision = input.decision.as_ref();
            // A pair goes by its spot group's logical id, whichever of its groups this is.
            let pair = decision.map_or(&group.logical_id, |decision| &decision.spot_group);
            metrics::histogram!(
                metric::SECONDS_TO_CAPACITY,
                metric::STACK => input.stack_name.clone(),
                metric::SPOT_GROUP => pair.clone(),
                metric::MARKET => group.market.code(),
            )
            .record(seconds_from(input.execution.round_began_at, now));
            let arrived = reached
                .desired_capacity
                .saturating_sub(input.baseline_capacity);
            // A return to spot saves once an on-demand instance goes, which *scale* sees.
            let counts = input.purpose == Purpose::ScaleUp;
            if let Some((usd, instances)) = decision
                .filter(|_| counts)
                .and_then(|decision| decision.saving_of(&group, arrived))
            {
                metrics::histogram!(
                    metric::SAVING,
                    metric::STACK => input.stack_name.clone(),
                    metric::SPOT_GROUP => pair.clone(),
                )
                .record_many(usd, instances);
            }
        }
        tracing::info!(
            execution = input.execution.name,
            stack_name = input.stack_name,
            auto_scaling_group_name = name,
            status = ?report.status,
            "{}",
            report.sentence
        );
        Ok(VerifyOutput {
            market: group.market,
            auto_scaling_group_name: name,
            capacity,
            waited_seconds: input.waited_seconds,
            report,
        })
    }
}

/// Step Functions' clock and the function's own differ: capacity is never there before it is asked
/// for.
fn seconds_from(round_began_at: Timestamp, now: Timestamp) -> f64 {
    now.duration_since(round_began_at).as_secs_f64().max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_execution_that_begins_later_than_now_took_no_time() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!((seconds_from(at(10), at(25)) - 15.0).abs() < f64::EPSILON);
        assert!(seconds_from(at(10), at(9)).abs() < f64::EPSILON);
        assert!(seconds_from(Timestamp::MAX, Timestamp::MIN).abs() < f64::EPSILON);
    }
}

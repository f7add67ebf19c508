//! The check that the previous release's state machine asks for, which knows itself what comes next.

use jiff::Timestamp;
use spotmanager_domain::{
    Caught, PreviousVerifyInput, VerifyOutput,
    capacity::{CapacityStatus, Expectation, assess},
};

use crate::{Subject, Verify, VerifyError};

impl Verify {
    /// Looks, at `now`, at the group and at what it did since the round began.
    ///
    /// # Errors
    /// [`VerifyError`] when a call fails or the group is gone.
    pub async fn run_previous(
        &self,
        input: PreviousVerifyInput,
        now: Timestamp,
    ) -> Result<VerifyOutput, VerifyError> {
        let group = &input.group;
        let (capacity, activities) = self.look(group, &input.execution).await?;
        let target = input.target_capacity;
        let reached = target.map_or(capacity, |target| capacity.up_to(target));
        let expectation = Expectation {
            baseline: input.baseline_capacity,
            availability_zones: &group.availability_zones,
            waited_seconds: input.waited_seconds,
            timeout_seconds: input.timeout_seconds,
        };
        let report = assess(expectation, reached, &activities);
        let subject = Subject {
            execution: &input.execution,
            stack_name: &input.stack_name,
            purpose: input.purpose,
            group,
            decision: input.decision.as_ref(),
        };
        if report.status == CapacityStatus::Arrived {
            let arrived = reached
                .desired_capacity
                .saturating_sub(input.baseline_capacity);
            subject.count(arrived, now);
        }
        subject.log(Some(&report));
        Ok(VerifyOutput {
            market: group.market,
            auto_scaling_group_name: group.auto_scaling_group_name.clone(),
            capacity: Some(capacity),
            waited_seconds: input.waited_seconds,
            report: Some(report),
            reported: Vec::new(),
            step: None,
            failure: Caught::default(),
        })
    }
}

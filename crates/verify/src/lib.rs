//! *verify*: checks whether the capacity that was asked for arrived.

mod others;
mod previous;

use jiff::Timestamp;
use spotmanager_aws::{
    AwsError,
    auto_scaling::{CapacityError, Client, activities_since, describe_capacity},
    executions,
};
use spotmanager_domain::{
    Capacity, Caught, ErrorName, Execution, Group, Market, NamedError, Purpose, RoundDecision,
    VerifyInput, VerifyOutput,
    activity::Activity,
    capacity::CapacityReport,
    flow::{Flow, Look, Others, Step},
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
    /// The step is not one of this function's.
    #[error(
        "the event's field step.next was {0}; it should be WaitForCapacity, with what was asked for"
    )]
    NotAStep(&'static str),
    /// Only the state machine's events name the execution.
    #[error(
        "the event's field discovery.execution was absent; it should be as discover put it out"
    )]
    NoExecution,
}

impl NamedError for VerifyError {
    fn name(&self) -> ErrorName {
        match self {
            Self::Aws(error) => error.name(),
            Self::Capacity(error) => error.name(),
            Self::NotAStep(_) | Self::NoExecution => ErrorName::InvalidInput,
        }
    }
}

/// The step with its clients.
#[derive(Debug)]
pub struct Verify {
    client: Client,
    sfn: executions::Client,
}

impl Verify {
    /// The step in the account and region of `config`.
    #[must_use]
    pub fn new(config: &spotmanager_aws::SdkConfig) -> Self {
        Self {
            client: Client::new(config),
            sfn: executions::Client::new(config),
        }
    }

    /// Looks, at `now`, at the group and at what it did since the round began, and says what comes
    /// next. If nothing was asked for there is nothing to look at.
    ///
    /// # Errors
    /// [`VerifyError`] when a call fails or the group is gone.
    pub async fn run(
        &self,
        input: VerifyInput,
        now: Timestamp,
    ) -> Result<VerifyOutput, VerifyError> {
        let flow = Flow::of(&input.discovery).ok_or(VerifyError::NoExecution)?;
        let not_a_step = || VerifyError::NotAStep(input.step.state());
        let progress = input.step.progress().ok_or_else(not_a_step)?;
        if let Some(name) = &progress.recommended {
            let replacement = self.replacement(flow, name).await?;
            let step = flow.after_recommendation(progress.clone(), replacement, now);
            return Ok(nothing_seen(flow, step, input.failure));
        }
        let attempt = progress.attempt.as_ref().ok_or_else(not_a_step)?;
        let mut found = Vec::new();
        for market in flow.looks_at(progress) {
            let (capacity, activities) = self.look(flow.group(market), flow.execution).await?;
            found.push((market, capacity, activities));
        }
        let looks = found.iter().map(|(market, capacity, activities)| Look {
            market: *market,
            capacity: *capacity,
            activities,
        });
        let looks: Vec<_> = looks.collect();
        let others = if flow.depends_on_others(progress, &looks) {
            self.others(flow, progress).await?
        } else {
            Others::default()
        };
        let checked = flow.checked(progress.clone(), &looks, &others, now);
        let subject = |market| Subject {
            execution: flow.execution,
            stack_name: &flow.discovery.stack_name,
            purpose: flow.discovery.purpose,
            group: flow.group(market),
            decision: Some(&progress.decision),
        };
        for (market, arrived) in checked.arrived {
            subject(market).count(arrived, now);
        }
        let (market, report) = match checked.report {
            Some((market, report)) => (market, Some(report)),
            None => (attempt.market, None),
        };
        subject(market).log(report.as_ref());
        let mut looks = looks.into_iter();
        let look = looks.find(|look| look.market == market);
        Ok(VerifyOutput {
            market,
            auto_scaling_group_name: flow.group(market).auto_scaling_group_name.clone(),
            capacity: look.map(|look| look.capacity),
            waited_seconds: attempt.waited_seconds,
            report,
            reported: Vec::new(),
            step: Some(checked.step),
            failure: checked.failure.map_or(input.failure, Into::into),
        })
    }

    /// The group as it is, and what it did since the round began.
    async fn look(
        &self,
        group: &Group,
        execution: &Execution,
    ) -> Result<(Capacity, Vec<Activity>), VerifyError> {
        let name = &group.auto_scaling_group_name;
        let (capacity, activities) = tokio::join!(
            describe_capacity(&self.client, name),
            activities_since(&self.client, name, execution.round_began_at),
        );
        Ok((capacity?, activities?))
    }
}

/// What is put out if no group was looked at.
fn nothing_seen(flow: Flow<'_>, step: Step, failure: Caught) -> VerifyOutput {
    let market = Market::Spot;
    VerifyOutput {
        market,
        auto_scaling_group_name: flow.group(market).auto_scaling_group_name.clone(),
        capacity: None,
        waited_seconds: 0,
        report: None,
        reported: Vec::new(),
        step: Some(step),
        failure,
    }
}

/// Whose capacity is checked.
#[derive(Debug)]
struct Subject<'a> {
    execution: &'a Execution,
    stack_name: &'a str,
    purpose: Purpose,
    group: &'a Group,
    decision: Option<&'a RoundDecision>,
}

impl Subject<'_> {
    /// Counts so many instances or units that arrived.
    fn count(&self, arrived: i32, now: Timestamp) {
        // A pair goes by its spot group's logical id, whichever of its groups this is.
        let pair = match self.decision {
            Some(decision) => &decision.spot_group,
            None => &self.group.logical_id,
        };
        metrics::histogram!(
            metric::SECONDS_TO_CAPACITY,
            metric::STACK => self.stack_name.to_owned(),
            metric::SPOT_GROUP => pair.clone(),
            metric::MARKET => self.group.market.code(),
        )
        .record(seconds_from(self.execution.round_began_at, now));
        // A return to spot saves once an on-demand instance goes, which *scale* sees.
        let counts = self.purpose == Purpose::ScaleUp;
        if let Some((usd, instances)) = self
            .decision
            .filter(|_| counts)
            .and_then(|decision| decision.saving_of(self.group, arrived))
        {
            metrics::histogram!(
                metric::SAVING,
                metric::STACK => self.stack_name.to_owned(),
                metric::SPOT_GROUP => pair.clone(),
            )
            .record_many(usd, instances);
        }
    }

    fn log(&self, report: Option<&CapacityReport>) {
        let sentence = report.map_or("There was nothing to check.", |report| &report.sentence);
        tracing::info!(
            execution = self.execution.name,
            stack_name = self.stack_name,
            auto_scaling_group_name = self.group.auto_scaling_group_name,
            status = ?report.map(|report| report.status),
            "{sentence}"
        );
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

//! *scale*: executes a group's scale-up or scale-down policy once, takes back what did not arrive,
//! or detaches an instance.
//!
//! Safe to retry at any point: it compares the group as discovered with the group as it is
//! before it acts, unless it is told that nothing was tried before.

mod detach;
mod error;
mod scale_down;
mod scale_up;
mod stand_down;

use spotmanager_aws::auto_scaling::Client;
use spotmanager_domain::{
    Capacity, Purpose, ScaleAction, ScaleInput, ScaleOutcome, ScaleOutput, metric,
};

pub use error::ScaleError;

/// The step with its client.
#[derive(Debug)]
pub struct Scale {
    client: Client,
}

impl Scale {
    /// The step in the account and region of `config`.
    #[must_use]
    pub fn new(config: &spotmanager_aws::SdkConfig) -> Self {
        Self {
            client: Client::new(config),
        }
    }

    /// Does what the input's action says.
    ///
    /// # Errors
    /// [`ScaleError`] when a call fails or the input lacks what the action needs.
    pub async fn run(&self, input: ScaleInput) -> Result<ScaleOutput, ScaleError> {
        let output = match input.action {
            ScaleAction::ScaleUp => scale_up::run(&self.client, &input).await?,
            ScaleAction::ScaleDown => scale_down::run(&self.client, &input).await?,
            ScaleAction::Detach => detach::run(&self.client, &input).await?,
            ScaleAction::StandDown => stand_down::run(&self.client, &input).await?,
        };
        // Whoever is stood down, and has not brought capacity after all, gives way to on-demand;
        // in a return to spot on-demand serves all the time.
        if input.purpose == Purpose::ScaleUp
            && let ScaleOutcome::StoodDown | ScaleOutcome::AlreadyDown = output.outcome
        {
            metrics::counter!(
                metric::FALLBACKS,
                metric::STACK => input.stack_name.clone(),
                metric::SPOT_GROUP => input.group.logical_id.clone(),
            )
            .increment(1);
        }
        count_saving(&input, &output);
        tracing::info!(
            execution = input.execution.name,
            stack_name = input.stack_name,
            auto_scaling_group_name = output.auto_scaling_group_name,
            outcome = ?output.outcome,
            "{}",
            output.sentence
        );
        Ok(output)
    }
}

/// Spot that arrived at the last moment saves as much as spot that *verify* saw; in a return to spot
/// it saves once an on-demand instance goes.
fn count_saving(input: &ScaleInput, output: &ScaleOutput) {
    let Some(decision) = &input.decision else {
        return;
    };
    let saving = match (input.purpose, output.outcome) {
        (Purpose::ScaleUp, ScaleOutcome::CapacityArrived) => {
            let arrived = output.capacity_before.in_service - output.baseline_capacity;
            decision.saving_of(&input.group, arrived)
        }
        (Purpose::ReturnToSpot, ScaleOutcome::ScaledDown) => decision.saving().map(|usd| (usd, 1)),
        _ => None,
    };
    if let Some((usd, instances)) = saving {
        metrics::histogram!(
            metric::SAVING,
            metric::STACK => input.stack_name.clone(),
            metric::SPOT_GROUP => decision.spot_group.clone(),
        )
        .record_many(usd, instances);
    }
}

/// The part of the output that every action fills alike.
fn output(
    input: &ScaleInput,
    outcome: ScaleOutcome,
    sentence: String,
    baseline_capacity: i32,
    capacity_before: Capacity,
) -> ScaleOutput {
    let group = &input.group;
    ScaleOutput {
        action: input.action,
        outcome,
        sentence,
        would_call: None,
        market: group.market,
        auto_scaling_group_name: group.auto_scaling_group_name.clone(),
        policy_name: group.scale_up_policy.policy_name.clone(),
        baseline_capacity,
        target_capacity: None,
        capacity_before,
    }
}

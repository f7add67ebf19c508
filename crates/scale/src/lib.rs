//! *scale*: raises or lowers a group's DesiredCapacity, launches zone by zone or executes its scale-up
//! policy once, takes back what did not arrive, or detaches an instance.
//!
//! Safe to retry at any point: it compares the group as discovered with the group as it is
//! before it acts, unless it is told that nothing was tried before.

mod detach;
mod error;
mod launch;
mod lower;
mod raise;
mod request;
mod scale_up;
mod stand_down;

use jiff::Timestamp;
use spotmanager_aws::{auto_scaling::Client, launched_instances};
use spotmanager_domain::{
    Capacity, Market, PreviousScaleInput, Purpose, ScaleAction, ScaleInput, ScaleOutcome,
    ScaleOutput,
    flow::{Flow, Scaled},
    metric,
    scaling::{plan_stand_down, plan_take_back},
};

pub use error::ScaleError;
use request::Request;

/// The step with its client.
#[derive(Debug)]
pub struct Scale {
    client: Client,
    ec2: launched_instances::Client,
}

impl Scale {
    /// The step in the account and region of `config`.
    #[must_use]
    pub fn new(config: &spotmanager_aws::SdkConfig) -> Self {
        Self {
            client: Client::new(config),
            ec2: launched_instances::Client::new(config),
        }
    }

    /// Does what the input's step says, and says what comes next at `now`.
    ///
    /// # Errors
    /// [`ScaleError`] when a call fails or the input's step is no step of *scale*.
    pub async fn run(&self, input: ScaleInput, now: Timestamp) -> Result<ScaleOutput, ScaleError> {
        let flow = Flow::of(&input.discovery).ok_or(ScaleError::NoExecution)?;
        let request = Request::of(flow, &input)?;
        let output = self.act(&request, now).await?;
        let scaled = Scaled {
            is_first: input.is_first(),
            ..output.scaled()
        };
        let step = flow.scaled(&input.step, &scaled, &input.failure, now);
        Ok(ScaleOutput { step, ..output })
    }

    /// Does what the previous release's state machine asks for, which knows itself what comes next.
    ///
    /// # Errors
    /// [`ScaleError`] when a call fails or the input lacks what the action needs.
    pub async fn run_previous(&self, input: PreviousScaleInput) -> Result<ScaleOutput, ScaleError> {
        let request = Request::of_previous(&input)?;
        let acted = self.act(&request, Timestamp::UNIX_EPOCH).await;
        acted.map_err(ScaleError::into_previous)
    }

    async fn act(&self, request: &Request<'_>, now: Timestamp) -> Result<ScaleOutput, ScaleError> {
        let client = &self.client;
        let output = match &request.action {
            ScaleAction::ScaleUp {
                honor_cooldown,
                is_first,
                ..
            } => scale_up::run(client, request, *honor_cooldown, *is_first).await?,
            ScaleAction::RaiseCapacity { from, to, .. } => {
                raise::run(client, request, *from, *to).await?
            }
            ScaleAction::LaunchInstances { plan, .. } => {
                let launcher = launch::Launcher {
                    auto_scaling: client,
                    ec2: &self.ec2,
                    request,
                    plan,
                    now,
                };
                launcher.run().await?
            }
            ScaleAction::LowerCapacity { from, to, .. } => {
                lower::run(client, request, *from, *to).await?
            }
            ScaleAction::Detach {
                instance_id,
                decrements,
            } => detach::run(client, request, instance_id, *decrements).await?,
            ScaleAction::StandDown {
                baseline_capacity,
                from,
            } => {
                let plan = |current| plan_stand_down(*baseline_capacity, *from, current);
                stand_down::run(client, request, *baseline_capacity, plan).await?
            }
            ScaleAction::TakeBack { from, by } => {
                let is_first = request.is_first;
                let plan = |current| plan_take_back(*from, *by, current, is_first);
                stand_down::run(client, request, from.saturating_sub(*by), plan).await?
            }
        };
        // A group that is stood down, and has not brought capacity after all, gives way to on-demand;
        // in a return to spot on-demand serves all the time, and after a recommendation the instance does.
        let stood_down = matches!(
            output.outcome,
            ScaleOutcome::StoodDown | ScaleOutcome::AlreadyDown
        );
        if request.gives_way && (stood_down || took_over(request, &output)) {
            metrics::counter!(
                metric::FALLBACKS,
                metric::STACK => request.stack_name.to_owned(),
                metric::SPOT_GROUP => request.group.logical_id.clone(),
            )
            .increment(1);
        }
        count_saving(request, &output);
        tracing::info!(
            execution = request.execution_name,
            stack_name = request.stack_name,
            auto_scaling_group_name = output.auto_scaling_group_name,
            outcome = ?output.outcome,
            "{}",
            output.sentence
        );
        Ok(output)
    }
}

/// Whether on-demand takes over in the step in which spot was asked and launched nothing.
fn took_over(request: &Request<'_>, output: &ScaleOutput) -> bool {
    let mut launched = output.launched.iter();
    let is_without_spot = launched.any(|group| group.market == Market::Spot && group.asked == 0);
    let on_demand = request.on_demand_group;
    is_without_spot && on_demand.is_some_and(|group| group.capacity.has_room())
}

/// Spot that arrived at the last moment saves as much as spot that *verify* saw; in a return to spot
/// it saves once an on-demand instance goes.
fn count_saving(request: &Request<'_>, output: &ScaleOutput) {
    let Some(decision) = request.decision else {
        return;
    };
    // What was in service before did not arrive.
    let before = output
        .baseline_capacity
        .max(request.group.capacity.in_service);
    let arrived = output.capacity_before.in_service.saturating_sub(before);
    let lowered_by = output
        .target_capacity
        .map_or(1, |to| output.baseline_capacity.saturating_sub(to));
    let saving = match (request.purpose, output.outcome) {
        (Purpose::ScaleUp, ScaleOutcome::CapacityArrived) => {
            decision.saving_of(request.group, arrived)
        }
        // Of several instances some may have come.
        (Purpose::ScaleUp, ScaleOutcome::StoodDown) if arrived > 0 => {
            decision.saving_of(request.group, arrived)
        }
        (Purpose::ReturnToSpot, ScaleOutcome::ScaledDown) => {
            decision.saving_instead_of(request.group, lowered_by)
        }
        _ => None,
    };
    if let Some((usd, instances)) = saving {
        metrics::histogram!(
            metric::SAVING,
            metric::STACK => request.stack_name.to_owned(),
            metric::SPOT_GROUP => decision.spot_group.clone(),
        )
        .record_many(usd, instances);
    }
}

/// The part of the output that every action fills alike.
fn output(
    request: &Request<'_>,
    outcome: ScaleOutcome,
    sentence: String,
    baseline_capacity: i32,
    capacity_before: Capacity,
) -> ScaleOutput {
    let group = request.group;
    ScaleOutput {
        action: request.action.name(),
        outcome,
        sentence,
        would_call: None,
        market: group.market,
        auto_scaling_group_name: group.auto_scaling_group_name.clone(),
        policy_name: group.scale_up_policy.policy_name.clone(),
        baseline_capacity,
        target_capacity: None,
        capacity_before,
        on_demand_capacity: None,
        launched: Vec::new(),
        step: None,
    }
}

//! What is to be done, from this release's state machine or the previous one's.

use jiff::Timestamp;
use spotmanager_domain::{
    Group, PreviousAction, PreviousScaleInput, Purpose, RoundDecision, ScaleAction, ScaleInput,
    flow::Flow,
};

use crate::ScaleError;

/// What is to be done with a group.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) execution_name: &'a str,
    pub(crate) round_began_at: Timestamp,
    pub(crate) stack_name: &'a str,
    pub(crate) purpose: Purpose,
    /// Whether on-demand is asked for what spot does not bring.
    pub(crate) gives_way: bool,
    pub(crate) dry_run: bool,
    /// Whether it is known that no attempt before has done it.
    pub(crate) is_first: bool,
    pub(crate) action: ScaleAction,
    pub(crate) group: &'a Group,
    /// The group that takes over; the previous release's state machine names none.
    pub(crate) on_demand_group: Option<&'a Group>,
    /// Why the group is not asked by LaunchInstances although the settings want it.
    pub(crate) why_not_launched: Option<&'static str>,
    pub(crate) decision: Option<&'a RoundDecision>,
}

impl<'a> Request<'a> {
    /// What the step of a flow asks for.
    pub(crate) fn of(flow: Flow<'a>, input: &'a ScaleInput) -> Result<Self, ScaleError> {
        let not_a_step = || ScaleError::NotAStep(input.step.state());
        let mut action = input.step.action().ok_or_else(not_a_step)?.clone();
        let progress = input.step.progress().ok_or_else(not_a_step)?;
        match &mut action {
            ScaleAction::ScaleUp { is_first, .. } => {
                *is_first &= !input.is_redriven();
            }
            ScaleAction::LaunchInstances { is_first, .. } => {
                *is_first &= input.is_first();
            }
            ScaleAction::StandDown {
                baseline_capacity, ..
            } => {
                *baseline_capacity =
                    flow.stand_down_baseline(*baseline_capacity, &input.step, &input.failure);
            }
            ScaleAction::RaiseCapacity { .. }
            | ScaleAction::LowerCapacity { .. }
            | ScaleAction::TakeBack { .. }
            | ScaleAction::Detach { .. } => {}
        }
        let attempt = progress.attempt.as_ref();
        let is_unclear = attempt.is_some_and(|attempt| attempt.unclear > 0);
        Ok(Self {
            execution_name: &flow.execution.name,
            round_began_at: flow.execution.round_began_at,
            stack_name: &flow.discovery.stack_name,
            purpose: flow.discovery.purpose,
            gives_way: flow.falls_back(),
            dry_run: flow.discovery.settings.dry_run,
            is_first: match action {
                ScaleAction::LaunchInstances { is_first, .. } => is_first,
                _ => input.is_first() && !is_unclear,
            },
            group: flow.group(action.market()),
            on_demand_group: Some(&flow.discovery.on_demand_group),
            why_not_launched: flow.why_not_launched(action.market()),
            action,
            decision: Some(&progress.decision),
        })
    }

    /// What the previous release's state machine asks for.
    pub(crate) fn of_previous(input: &'a PreviousScaleInput) -> Result<Self, ScaleError> {
        let honor_cooldown = input.honor_cooldown;
        let market = input.group.market;
        let action = match input.action {
            PreviousAction::ScaleUp => ScaleAction::ScaleUp {
                market,
                honor_cooldown,
                is_first: input.first_attempt,
            },
            PreviousAction::ScaleDown => {
                let from = input.group.capacity.desired_capacity;
                ScaleAction::LowerCapacity {
                    market,
                    from,
                    to: from.saturating_sub(1),
                }
            }
            PreviousAction::Detach => ScaleAction::Detach {
                instance_id: input.instance_id.clone().ok_or(ScaleError::NoInstance)?,
                decrements: true,
            },
            PreviousAction::StandDown => ScaleAction::StandDown {
                baseline_capacity: input.baseline_capacity.ok_or(ScaleError::NoBaseline)?,
                from: 0,
            },
        };
        Ok(Self {
            execution_name: &input.execution.name,
            round_began_at: input.execution.round_began_at,
            stack_name: &input.stack_name,
            purpose: input.purpose,
            gives_way: input.purpose == Purpose::ScaleUp,
            dry_run: input.dry_run,
            is_first: false,
            action,
            group: &input.group,
            on_demand_group: None,
            why_not_launched: None,
            decision: input.decision.as_ref(),
        })
    }
}

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
    pub(crate) dry_run: bool,
    pub(crate) action: ScaleAction,
    pub(crate) group: &'a Group,
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
                let context = input.context.as_ref();
                let redrives = context.map_or(0, |context| context.execution.redrive_count);
                *is_first &= redrives == 0;
            }
            ScaleAction::StandDown { baseline_capacity } => {
                *baseline_capacity =
                    flow.stand_down_baseline(*baseline_capacity, &input.step, &input.failure);
            }
            ScaleAction::RaiseCapacity { .. }
            | ScaleAction::ScaleDown { .. }
            | ScaleAction::Detach { .. } => {}
        }
        Ok(Self {
            execution_name: &flow.execution.name,
            round_began_at: flow.execution.round_began_at,
            stack_name: &flow.discovery.stack_name,
            purpose: flow.discovery.purpose,
            dry_run: flow.discovery.settings.dry_run,
            group: flow.group(action.market()),
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
            PreviousAction::ScaleDown => ScaleAction::ScaleDown { honor_cooldown },
            PreviousAction::Detach => ScaleAction::Detach {
                instance_id: input.instance_id.clone().ok_or(ScaleError::NoInstance)?,
            },
            PreviousAction::StandDown => ScaleAction::StandDown {
                baseline_capacity: input.baseline_capacity.ok_or(ScaleError::NoBaseline)?,
            },
        };
        Ok(Self {
            execution_name: &input.execution.name,
            round_began_at: input.execution.round_began_at,
            stack_name: &input.stack_name,
            purpose: input.purpose,
            dry_run: input.dry_run,
            action,
            group: &input.group,
            decision: input.decision.as_ref(),
        })
    }
}

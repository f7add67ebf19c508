//! What *scale* does to a simulated group.

use spotmanager_domain::{
    Capacity, Caught, Market, ScaleAction, ScaleOutcome,
    flow::{Flow, Scaled, Step},
    scaling::{
        RaisePlan, ScaleDownPlan, ScaleUpPlan, StandDownPlan, plan_first_scale_up, plan_raise,
        plan_scale_down, plan_scale_up, plan_stand_down,
    },
};

use crate::world::World;

/// Does the step's action; `None` if it fails, or is not one of *scale*.
pub(super) fn scale(
    flow: Flow<'_>,
    step: &Step,
    failure: &Caught,
    world: &mut World<'_>,
) -> Option<Scaled<'static>> {
    let action = step.action()?;
    let market = action.market();
    let group = flow.group(market);
    let discovered = group.capacity;
    let current = world.group(market).capacity(world.now);
    let mut scaled = Scaled {
        outcome: ScaleOutcome::Scaled,
        sentence: "",
        baseline_capacity: current.desired_capacity,
        target_capacity: None,
        capacity_before: current,
    };
    match action {
        ScaleAction::ScaleUp { is_first, .. } => {
            scaled.outcome = scale_up(flow, market, *is_first, world);
            if scaled.outcome == ScaleOutcome::AlreadyScaled {
                scaled.baseline_capacity = discovered.desired_capacity;
            }
            let target = group.scale_up_policy.target_from(Capacity {
                desired_capacity: scaled.baseline_capacity,
                ..current
            });
            scaled.target_capacity = Some(target);
        }
        ScaleAction::RaiseCapacity { from, to, .. } => {
            scaled.baseline_capacity = *from;
            scaled.target_capacity = Some(*to);
            scaled.outcome = match plan_raise(*from, *to, current) {
                RaisePlan::Raise(to) => {
                    scaled.target_capacity = Some(to);
                    world.scale(market, to);
                    ScaleOutcome::Scaled
                }
                RaisePlan::AlreadyRaised => ScaleOutcome::AlreadyScaled,
                RaisePlan::GroupFull => ScaleOutcome::GroupFull,
            };
        }
        ScaleAction::ScaleDown { .. } => {
            let policy = group.scale_down_policy.as_ref()?;
            scaled.outcome = match plan_scale_down(discovered, current, policy) {
                ScaleDownPlan::Execute => {
                    let desired = current.desired_capacity;
                    world.scale(market, desired - policy.takes_from(desired));
                    ScaleOutcome::ScaledDown
                }
                ScaleDownPlan::AlreadyScaled => ScaleOutcome::AlreadyScaledDown,
                ScaleDownPlan::TakesOther(_) => return None,
            };
        }
        ScaleAction::Detach { instance_id } => {
            let is_detached = world.spot.detach(instance_id, world.now);
            let asks_for_less = current.desired_capacity <= discovered.desired_capacity;
            scaled.outcome = if is_detached || asks_for_less {
                ScaleOutcome::Detached
            } else {
                ScaleOutcome::AlreadyDetached
            };
        }
        ScaleAction::StandDown { baseline_capacity } => {
            let baseline = flow.stand_down_baseline(*baseline_capacity, step, failure);
            scaled.baseline_capacity = baseline;
            scaled.outcome = match plan_stand_down(baseline, current) {
                StandDownPlan::Lower(desired) => {
                    world.scale(market, desired);
                    ScaleOutcome::StoodDown
                }
                StandDownPlan::AlreadyDown => ScaleOutcome::AlreadyDown,
                StandDownPlan::CapacityArrived => ScaleOutcome::CapacityArrived,
            };
        }
    }
    Some(scaled)
}

fn scale_up(flow: Flow<'_>, market: Market, is_first: bool, world: &mut World<'_>) -> ScaleOutcome {
    let group = flow.group(market);
    let policy = &group.scale_up_policy;
    let simulated = world.group(market);
    let current = simulated.capacity(world.now);
    let plan = if is_first {
        plan_first_scale_up(group.capacity, current, policy)
    } else {
        let activities = simulated.activities_since(flow.execution.round_began_at);
        plan_scale_up(group.capacity, current, policy, activities)
    };
    match plan {
        ScaleUpPlan::Execute => {
            world.scale(market, policy.target_from(current));
            ScaleOutcome::Scaled
        }
        ScaleUpPlan::AlreadyScaled => ScaleOutcome::AlreadyScaled,
        ScaleUpPlan::GroupFull => ScaleOutcome::GroupFull,
        ScaleUpPlan::NoEffect => ScaleOutcome::NoEffect,
    }
}

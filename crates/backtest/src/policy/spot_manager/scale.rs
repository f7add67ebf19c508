//! What *scale* does to a simulated group.

use spotmanager_domain::{
    Capacity, Caught, Market, Purpose, ScaleAction, ScaleOutcome,
    flow::{Flow, Launched, Scaled, Step},
    scaling::{
        LowerPlan, RaisePlan, ScaleUpPlan, StandDownPlan, ZonePrice, plan_first_scale_up,
        plan_lower, plan_raise, plan_scale_up, plan_stand_down, plan_take_back,
    },
};

use super::deployment::Deployment;
use crate::world::World;

/// What LaunchInstances needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Launching<'a> {
    pub(super) deployment: &'a Deployment,
    /// The usable zones, the cheapest first.
    pub(super) usable: &'a [ZonePrice],
}

/// Does the step's action; `None` if it fails, or is not one of *scale*.
pub(super) fn scale(
    flow: Flow<'_>,
    step: &Step,
    failure: &Caught,
    launching: Launching<'_>,
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
        on_demand_capacity: Some(world.on_demand.capacity(world.now)),
        is_first: true,
        launched: Launched::default(),
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
                RaisePlan::Raise(to) if launches(flow, market, launching.deployment) => {
                    let before = current.desired_capacity;
                    let came = launching.launch(to.saturating_sub(before), world);
                    let asked = before.saturating_add(came);
                    if asked > *from {
                        scaled.target_capacity = Some(asked);
                        ScaleOutcome::Scaled
                    } else {
                        ScaleOutcome::GroupFull
                    }
                }
                RaisePlan::Raise(to) => {
                    scaled.target_capacity = Some(to);
                    world.scale(market, to);
                    ScaleOutcome::Scaled
                }
                RaisePlan::AlreadyRaised => ScaleOutcome::AlreadyScaled,
                RaisePlan::GroupFull => ScaleOutcome::GroupFull,
            };
        }
        // Traces are not played by zones that are asked at once.
        ScaleAction::LaunchInstances { .. } => return None,
        ScaleAction::LowerCapacity { from, to, .. } => {
            scaled.outcome = match plan_lower(*from, *to, current) {
                LowerPlan::Lower(to) => {
                    world.scale(market, to);
                    ScaleOutcome::ScaledDown
                }
                LowerPlan::AlreadyLowered => ScaleOutcome::AlreadyScaledDown,
                LowerPlan::HasGrown => ScaleOutcome::NotScaledDown,
            };
        }
        ScaleAction::Detach {
            instance_id,
            decrements,
        } => {
            scaled.outcome = if world.spot.detach(instance_id, *decrements, world.now) {
                ScaleOutcome::Detached
            } else {
                ScaleOutcome::AlreadyDetached
            };
        }
        ScaleAction::StandDown {
            baseline_capacity,
            from,
        } => {
            let baseline = flow.stand_down_baseline(*baseline_capacity, step, failure);
            scaled.baseline_capacity = baseline;
            stand_down(
                &mut scaled,
                plan_stand_down(baseline, *from, current),
                world,
            );
        }
        ScaleAction::TakeBack { from, by } => {
            stand_down(
                &mut scaled,
                plan_take_back(*from, *by, current, true),
                world,
            );
        }
    }
    Some(scaled)
}

/// Whether spot is asked by LaunchInstances, which replaces DesiredCapacity for an alarm. Without
/// capacity nothing was asked for, as of a group that is full.
fn launches(flow: Flow<'_>, market: Market, deployment: &Deployment) -> bool {
    deployment.launches
        && market == Market::Spot
        && flow.discovery.purpose == Purpose::ScaleUp
        && flow.discovery.loss.is_none()
}

impl Launching<'_> {
    fn launch(self, units: i32, world: &mut World<'_>) -> i32 {
        self.deployment.launch(units, self.usable, world)
    }
}

fn stand_down(scaled: &mut Scaled<'_>, plan: StandDownPlan, world: &mut World<'_>) {
    scaled.outcome = match plan {
        StandDownPlan::Lower(desired) => {
            world.scale(Market::Spot, desired);
            scaled.target_capacity = Some(desired);
            ScaleOutcome::StoodDown
        }
        StandDownPlan::AlreadyDown => ScaleOutcome::AlreadyDown,
        StandDownPlan::CapacityArrived => ScaleOutcome::CapacityArrived,
    };
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
            let adds = policy.target_from(current) - current.desired_capacity;
            world.execute_policy(market, adds);
            ScaleOutcome::Scaled
        }
        ScaleUpPlan::AlreadyScaled => ScaleOutcome::AlreadyScaled,
        ScaleUpPlan::GroupFull => ScaleOutcome::GroupFull,
        ScaleUpPlan::NoEffect => ScaleOutcome::NoEffect,
    }
}

//! What *scale* does with the simulated groups, by the domain's plans.

use jiff::Timestamp;
use spotmanager_domain::{
    Capacity, Market, ScaleAction, ScaleOutcome,
    flow::{Flow, Launched, Scaled, Step},
    scaling::{
        LowerPlan, RaisePlan, ScaleUpPlan, StandDownPlan, plan_first_scale_up, plan_lower,
        plan_raise, plan_scale_up, plan_stand_down, plan_take_back,
    },
    testing::machine::Machine,
};

use super::{Call, Fault, Groups};

/// What a function came to: what it did, and what it answers, unless it fails with an error.
pub(crate) struct Answer<T> {
    pub(crate) call: Option<Call>,
    pub(crate) result: Result<T, &'static str>,
}

/// What *scale* did.
pub(crate) struct Done {
    outcome: ScaleOutcome,
    baseline_capacity: i32,
    target_capacity: Option<i32>,
    capacity_before: Capacity,
    on_demand_capacity: Option<Capacity>,
    is_first: bool,
    pub(super) launched: Launched,
}

impl Groups {
    /// *scale* does what the machine's step says.
    pub(crate) fn scale(
        &mut self,
        flow: Flow<'_>,
        machine: &Machine,
        (fault, is_first): (Fault, bool),
        now: Timestamp,
    ) -> Answer<Done> {
        if let Fault::Refused(error) = fault {
            return Answer {
                call: None,
                result: Err(error),
            };
        }
        let step = &machine.step;
        let mut answer = match step.action().unwrap() {
            ScaleAction::ScaleUp {
                market, is_first, ..
            } => self.scale_up(flow, *market, *is_first, fault),
            ScaleAction::RaiseCapacity { market, from, to } => {
                self.raise(flow, *market, [*from, *to], fault)
            }
            ScaleAction::LaunchInstances {
                plan,
                is_first: is_first_plan,
                ..
            } => self.launch(flow, (plan, is_first && *is_first_plan), (fault, now)),
            ScaleAction::LowerCapacity { market, from, to } => {
                self.lower(flow, *market, [*from, *to], fault)
            }
            ScaleAction::Detach {
                instance_id,
                decrements,
            } => self.detach(instance_id, *decrements, fault),
            ScaleAction::StandDown {
                baseline_capacity,
                from,
            } => {
                let baseline = flow.stand_down_baseline(*baseline_capacity, step, &machine.failure);
                let plan = plan_stand_down(baseline, *from, self.spot.capacity());
                self.stand_down(flow, baseline, plan, fault)
            }
            ScaleAction::TakeBack { from, by } => {
                let plan = plan_take_back(*from, *by, self.spot.capacity(), is_first);
                self.stand_down(flow, *from, plan, fault)
            }
        };
        self.forget_ended();
        if let Ok(done) = &mut answer.result {
            done.is_first = is_first;
            if let Step::StandDownSpot { .. } = step {
                done.on_demand_capacity = Some(self.on_demand.capacity());
            }
        }
        match fault {
            Fault::Repeated | Fault::Lost { .. }
                if matches!(step.action(), Some(ScaleAction::LaunchInstances { .. })) =>
            {
                Answer {
                    result: Err("SpotManager.OutcomeUnknown"),
                    ..answer
                }
            }
            Fault::Lost { .. } => Answer {
                result: Err("SpotManager.OutcomeUnknown"),
                ..answer
            },
            _ => answer,
        }
    }

    fn scale_up(
        &mut self,
        flow: Flow<'_>,
        market: Market,
        is_first: bool,
        fault: Fault,
    ) -> Answer<Done> {
        let dry_run = flow.discovery.settings.dry_run;
        let (found, group) = (flow.group(market), self.of_mut(market));
        let (discovered, policy) = (found.capacity, &found.scale_up_policy);
        let before = group.capacity();
        let plan = if is_first {
            plan_first_scale_up(discovered, before, policy)
        } else {
            let activities = group.activities_since(flow.execution.round_began_at);
            plan_scale_up(discovered, before, policy, &activities)
        };
        let executes = plan == ScaleUpPlan::Execute && !dry_run;
        let took_effect = takes_effect(fault);
        if executes && took_effect {
            group.execute(&policy.policy_name, policy.scaling_adjustment);
        }
        let (outcome, baseline_capacity) = match plan {
            ScaleUpPlan::Execute if dry_run => (ScaleOutcome::WouldScale, before.desired_capacity),
            ScaleUpPlan::Execute => (ScaleOutcome::Scaled, before.desired_capacity),
            ScaleUpPlan::AlreadyScaled => {
                (ScaleOutcome::AlreadyScaled, discovered.desired_capacity)
            }
            ScaleUpPlan::GroupFull => (ScaleOutcome::GroupFull, before.desired_capacity),
            ScaleUpPlan::NoEffect => (ScaleOutcome::NoEffect, before.desired_capacity),
        };
        let target = policy.target_from(Capacity {
            desired_capacity: baseline_capacity,
            ..before
        });
        let call = executes.then_some(Call::ScaleUp {
            market,
            before,
            took_effect,
        });
        done(call, outcome, [baseline_capacity, target], before)
    }

    fn raise(
        &mut self,
        flow: Flow<'_>,
        market: Market,
        [from, to]: [i32; 2],
        fault: Fault,
    ) -> Answer<Done> {
        let group = self.of_mut(market);
        let before = group.capacity();
        let took_effect = takes_effect(fault);
        let mut call = None;
        let (outcome, to) = match plan_raise(from, to, before) {
            RaisePlan::Raise(to) if flow.discovery.settings.dry_run => {
                (ScaleOutcome::WouldScale, to)
            }
            RaisePlan::Raise(to) => {
                if took_effect {
                    group.set_desired_capacity(to, "a user request");
                }
                call = Some(Call::Raise {
                    market,
                    before,
                    from,
                    to,
                    took_effect,
                });
                (ScaleOutcome::Scaled, to)
            }
            RaisePlan::AlreadyRaised => (ScaleOutcome::AlreadyScaled, to),
            RaisePlan::GroupFull => (ScaleOutcome::GroupFull, to),
        };
        done(call, outcome, [from, to], before)
    }

    fn lower(
        &mut self,
        flow: Flow<'_>,
        market: Market,
        [from, to]: [i32; 2],
        fault: Fault,
    ) -> Answer<Done> {
        let group = self.of_mut(market);
        let before = group.capacity();
        let mut call = None;
        let (outcome, to) = match plan_lower(from, to, before) {
            LowerPlan::Lower(to) if flow.discovery.settings.dry_run => {
                (ScaleOutcome::WouldScaleDown, to)
            }
            LowerPlan::Lower(to) => {
                call = group.lower_to(market, to, fault);
                (ScaleOutcome::ScaledDown, to)
            }
            LowerPlan::AlreadyLowered => (ScaleOutcome::AlreadyScaledDown, to),
            LowerPlan::HasGrown => (ScaleOutcome::NotScaledDown, to),
        };
        done(call, outcome, [from, to], before)
    }

    fn detach(&mut self, instance_id: &str, decrements: bool, fault: Fault) -> Answer<Done> {
        let before = self.spot.capacity();
        let sizes = [before.desired_capacity; 2];
        if !self.has(instance_id) {
            return done(None, ScaleOutcome::AlreadyDetached, sizes, before);
        }
        let mut call = None;
        if takes_effect(fault) {
            if !self.spot.detach(decrements) {
                return Answer {
                    call: None,
                    result: Err("SpotManager.Unexpected"),
                };
            }
            self.forget(instance_id);
            call = Some(Call::Detach { decrements });
        }
        done(call, ScaleOutcome::Detached, sizes, before)
    }

    fn stand_down(
        &mut self,
        flow: Flow<'_>,
        baseline: i32,
        plan: StandDownPlan,
        fault: Fault,
    ) -> Answer<Done> {
        let before = self.spot.capacity();
        let mut call = None;
        let mut target = before.desired_capacity;
        let outcome = match plan {
            StandDownPlan::Lower(_) if flow.discovery.settings.dry_run => {
                ScaleOutcome::WouldStandDown
            }
            StandDownPlan::Lower(to) => {
                target = to;
                call = self.spot.lower_to(Market::Spot, to, fault);
                ScaleOutcome::StoodDown
            }
            StandDownPlan::AlreadyDown => ScaleOutcome::AlreadyDown,
            StandDownPlan::CapacityArrived => ScaleOutcome::CapacityArrived,
        };
        done(call, outcome, [baseline, target], before)
    }
}

impl super::SimulatedGroup {
    /// Lowers DesiredCapacity, unless the call gets lost.
    fn lower_to(&mut self, market: Market, to: i32, fault: Fault) -> Option<Call> {
        let before = self.desired_capacity;
        if takes_effect(fault) {
            self.set_desired_capacity(to, "a user request");
        }
        let by = before - self.desired_capacity;
        (by > 0).then_some(Call::Lower { market, by })
    }
}

fn takes_effect(fault: Fault) -> bool {
    fault != Fault::Lost { took_effect: false }
}

pub(super) fn done(
    call: Option<Call>,
    outcome: ScaleOutcome,
    [baseline_capacity, target_capacity]: [i32; 2],
    capacity_before: Capacity,
) -> Answer<Done> {
    Answer {
        call,
        result: Ok(Done {
            outcome,
            baseline_capacity,
            target_capacity: Some(target_capacity),
            capacity_before,
            on_demand_capacity: None,
            is_first: true,
            launched: Launched::default(),
        }),
    }
}

impl Done {
    /// What comes next.
    pub(crate) fn next(&self, flow: Flow<'_>, machine: &Machine, now: Timestamp) -> Step {
        let scaled = Scaled {
            outcome: self.outcome,
            sentence: &format!("{:?}.", self.outcome),
            baseline_capacity: self.baseline_capacity,
            target_capacity: self.target_capacity,
            capacity_before: self.capacity_before,
            on_demand_capacity: self.on_demand_capacity,
            is_first: self.is_first,
            launched: self.launched,
        };
        flow.scaled(&machine.step, &scaled, &machine.failure, now)
            .unwrap()
    }
}

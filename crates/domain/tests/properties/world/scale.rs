//! What *scale* does with the simulated groups, by the domain's plans.

use jiff::Timestamp;
use spotmanager_domain::{
    Capacity, Market, ScaleAction, ScaleOutcome,
    flow::{Flow, Scaled, Step},
    scaling::{
        RaisePlan, ScaleDownPlan, ScaleUpPlan, StandDownPlan, plan_first_scale_up, plan_raise,
        plan_scale_down, plan_scale_up, plan_stand_down,
    },
    testing::machine::Machine,
};

use super::{Call, Fault, pair::World};

/// What a function came to: what it did, and what it answers, unless it fails with an error.
pub(super) struct Answer<T> {
    pub(super) call: Option<Call>,
    pub(super) result: Result<T, &'static str>,
}

/// What *scale* did.
pub(super) struct Done {
    outcome: ScaleOutcome,
    baseline_capacity: i32,
    target_capacity: Option<i32>,
    capacity_before: Capacity,
}

impl World<'_> {
    /// *scale* does what the machine's step says.
    pub(super) fn scale(
        &mut self,
        flow: Flow<'_>,
        machine: &Machine,
        fault: Fault,
    ) -> Answer<Done> {
        if let Fault::Refused(error) = fault {
            return Answer {
                call: None,
                result: Err(error),
            };
        }
        let step = &machine.step;
        let answer = match step.action().unwrap() {
            ScaleAction::ScaleUp {
                market, is_first, ..
            } => self.scale_up(flow, *market, *is_first, fault),
            ScaleAction::RaiseCapacity { market, from, to } => {
                self.raise(flow, *market, [*from, *to], fault)
            }
            ScaleAction::ScaleDown { .. } => self.scale_down(flow, fault),
            ScaleAction::Detach { .. } => self.detach(flow, fault),
            ScaleAction::StandDown { baseline_capacity } => {
                let baseline = flow.stand_down_baseline(*baseline_capacity, step, &machine.failure);
                self.stand_down(flow, baseline, fault)
            }
        };
        match fault {
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
        let (found, group) = (flow.group(market), self.group_mut(market));
        let (discovered, policy) = (found.capacity, &found.scale_up_policy);
        let before = group.capacity();
        let plan = if is_first {
            plan_first_scale_up(discovered, before, policy)
        } else {
            let activities = group.activities_since(flow.execution.round_began_at);
            plan_scale_up(discovered, before, policy, &activities)
        };
        let executes = plan == ScaleUpPlan::Execute && !dry_run;
        let took_effect = fault != Fault::Lost { took_effect: false };
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
        Answer {
            call: executes.then_some(Call::ScaleUp {
                market,
                before,
                took_effect,
            }),
            result: Ok(Done {
                outcome,
                baseline_capacity,
                target_capacity: Some(target),
                capacity_before: before,
            }),
        }
    }

    fn raise(
        &mut self,
        flow: Flow<'_>,
        market: Market,
        [from, to]: [i32; 2],
        fault: Fault,
    ) -> Answer<Done> {
        let group = self.group_mut(market);
        let before = group.capacity();
        let took_effect = fault != Fault::Lost { took_effect: false };
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
        Answer {
            call,
            result: Ok(Done {
                outcome,
                baseline_capacity: from,
                target_capacity: Some(to),
                capacity_before: before,
            }),
        }
    }

    fn scale_down(&mut self, flow: Flow<'_>, fault: Fault) -> Answer<Done> {
        let found = &flow.discovery.on_demand_group;
        let policy = found.scale_down_policy.as_ref().unwrap();
        let before = self.on_demand.capacity();
        let mut call = None;
        let outcome = match plan_scale_down(found.capacity, before, policy) {
            ScaleDownPlan::Execute if flow.discovery.settings.dry_run => {
                ScaleOutcome::WouldScaleDown
            }
            ScaleDownPlan::Execute => {
                if fault != (Fault::Lost { took_effect: false }) {
                    self.on_demand
                        .execute(&policy.policy_name, policy.scaling_adjustment);
                    call = Some(Call::ScaleDown);
                }
                ScaleOutcome::ScaledDown
            }
            ScaleDownPlan::AlreadyScaled => ScaleOutcome::AlreadyScaledDown,
            ScaleDownPlan::TakesOther(_) => {
                return Answer {
                    call,
                    result: Err("SpotManager.UnusablePolicy"),
                };
            }
        };
        done(call, outcome, before.desired_capacity, before)
    }

    fn detach(&mut self, flow: Flow<'_>, fault: Fault) -> Answer<Done> {
        if !self.scenario.is_there && !self.is_gone {
            // EC2 was faster: the group replaces it.
            self.is_gone = true;
            self.spot.in_service = (self.spot.in_service - 1).max(0);
        }
        let before = self.spot.capacity();
        if self.is_gone {
            let is_lower =
                before.desired_capacity <= flow.discovery.spot_group.capacity.desired_capacity;
            let outcome = if is_lower {
                ScaleOutcome::Detached
            } else {
                ScaleOutcome::AlreadyDetached
            };
            return done(None, outcome, before.desired_capacity, before);
        }
        if fault == (Fault::Lost { took_effect: false }) {
            return done(
                None,
                ScaleOutcome::Detached,
                before.desired_capacity,
                before,
            );
        }
        if !self.spot.detach() {
            return Answer {
                call: None,
                result: Err("SpotManager.Unexpected"),
            };
        }
        self.is_gone = true;
        done(
            Some(Call::Detach),
            ScaleOutcome::Detached,
            before.desired_capacity,
            before,
        )
    }

    fn stand_down(&mut self, flow: Flow<'_>, baseline: i32, fault: Fault) -> Answer<Done> {
        let before = self.spot.capacity();
        let mut call = None;
        let outcome = match plan_stand_down(baseline, before) {
            StandDownPlan::Lower(_) if flow.discovery.settings.dry_run => {
                ScaleOutcome::WouldStandDown
            }
            StandDownPlan::Lower(to) => {
                if fault != (Fault::Lost { took_effect: false }) {
                    self.spot.set_desired_capacity(to, "a user request");
                    call = Some(Call::Lower(before.desired_capacity - to));
                }
                ScaleOutcome::StoodDown
            }
            StandDownPlan::AlreadyDown => ScaleOutcome::AlreadyDown,
            StandDownPlan::CapacityArrived => ScaleOutcome::CapacityArrived,
        };
        done(call, outcome, baseline, before)
    }
}

fn done(
    call: Option<Call>,
    outcome: ScaleOutcome,
    baseline_capacity: i32,
    capacity_before: Capacity,
) -> Answer<Done> {
    Answer {
        call,
        result: Ok(Done {
            outcome,
            baseline_capacity,
            target_capacity: None,
            capacity_before,
        }),
    }
}

impl Done {
    /// What comes next.
    pub(super) fn next(&self, flow: Flow<'_>, machine: &Machine, now: Timestamp) -> Step {
        let scaled = Scaled {
            outcome: self.outcome,
            sentence: &format!("{:?}.", self.outcome),
            baseline_capacity: self.baseline_capacity,
            target_capacity: self.target_capacity,
            capacity_before: self.capacity_before,
        };
        flow.scaled(&machine.step, &scaled, &machine.failure, now)
            .unwrap()
    }
}

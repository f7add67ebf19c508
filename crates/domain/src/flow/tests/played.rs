//! A round that is played step by step.

use jiff::{SignedDuration, Timestamp};

use super::{began_at, failed_launch, pool};
use crate::{
    Capacity, Discovery, Execution, Market, ScaleAction, ScaleOutcome,
    activity::Activity,
    capacity::CapacityStatus,
    flow::{Flow, Launched, Look, Others, Replacement, Scaled, Step},
    scaling::{StandDownPlan, plan_stand_down, plan_take_back},
    testing::{self, machine::Machine},
};

/// After which nobody knows whether a call took effect.
pub(super) const UNKNOWN: &str = "SpotManager.OutcomeUnknown";

/// A round that is played step by step.
pub(super) struct Played {
    pub(super) discovery: Discovery,
    pub(super) execution: Execution,
    pub(super) machine: Machine,
    /// The time since the execution began.
    pub(super) elapsed: SignedDuration,
    /// The executions of the same pair that run next to it.
    pub(super) others: Others,
}

/// The first round of an execution in which the spot price averages `usd`.
pub(super) fn decided(discovery: Discovery, usd: &str) -> Played {
    decided_in(discovery, testing::execution(began_at()), usd)
}

pub(super) fn decided_in(discovery: Discovery, execution: Execution, usd: &str) -> Played {
    let flow = Flow {
        execution: &execution,
        discovery: &discovery,
    };
    let evaluation = discovery.decide(execution.round, vec![pool(usd)]);
    let mut machine = Machine::new(flow.discovered());
    machine.go_on(flow.decided(&evaluation));
    Played {
        discovery,
        execution,
        machine,
        elapsed: SignedDuration::ZERO,
        others: Others::default(),
    }
}

/// The evaluation fails in this round.
pub(super) fn undecided(discovery: Discovery, round: u32) -> Played {
    let execution = Execution {
        round,
        ..testing::execution(began_at())
    };
    let flow = Flow {
        execution: &execution,
        discovery: &discovery,
    };
    let machine = Machine::new(flow.discovered());
    let played = Played {
        discovery,
        execution,
        machine,
        elapsed: SignedDuration::ZERO,
        others: Others::default(),
    };
    played.fails("SpotManager.Unexpected", "no prices")
}

/// What DesiredCapacity is lowered to, if it is.
const fn lowered_to(plan: StandDownPlan) -> Option<i32> {
    match plan {
        StandDownPlan::Lower(to) => Some(to),
        StandDownPlan::AlreadyDown | StandDownPlan::CapacityArrived => None,
    }
}

impl Played {
    pub(super) fn flow(&self) -> Flow<'_> {
        Flow {
            execution: &self.execution,
            discovery: &self.discovery,
        }
    }

    pub(super) fn after(mut self, elapsed: SignedDuration) -> Self {
        self.elapsed = elapsed;
        self
    }

    /// These run next to it from now on.
    pub(super) fn next_to(mut self, others: Others) -> Self {
        self.others = others;
        self
    }

    pub(super) fn now(&self) -> Timestamp {
        began_at() + self.elapsed
    }

    pub(super) fn action(&self) -> &ScaleAction {
        self.machine.step.action().unwrap()
    }

    /// *scale* does this with the group as the last check saw it, or as it was discovered.
    pub(super) fn scales(self, outcome: ScaleOutcome) -> Self {
        let discovered = self.flow().group(self.action().market()).capacity;
        let progress = self.machine.step.progress();
        let attempt = progress.and_then(|progress| progress.attempt.as_ref());
        let seen = attempt.and_then(|attempt| attempt.seen);
        let (desired_capacity, in_service) = match (self.action(), seen) {
            (ScaleAction::StandDown { .. }, Some(seen)) => {
                (seen.desired_capacity, seen.desired_capacity - seen.lacks)
            }
            (&ScaleAction::TakeBack { from, by }, _) => (from, from - by),
            (&ScaleAction::LowerCapacity { from, .. }, _) => (from, from),
            _ => (discovered.desired_capacity, discovered.in_service),
        };
        let capacity = Capacity {
            desired_capacity,
            in_service,
            ..discovered
        };
        self.scales_with(outcome, capacity)
    }

    /// *scale* does this with a group that it finds like this.
    pub(super) fn scales_with(self, outcome: ScaleOutcome, capacity: Capacity) -> Self {
        self.scales_as(outcome, capacity, false)
    }

    /// The same, and no attempt before can have done it.
    pub(super) fn scales_first(self, outcome: ScaleOutcome, capacity: Capacity) -> Self {
        self.scales_as(outcome, capacity, true)
    }

    fn scales_as(mut self, outcome: ScaleOutcome, capacity: Capacity, is_first: bool) -> Self {
        let group = self.flow().group(self.action().market());
        let desired_capacity = group.capacity.desired_capacity;
        let (baseline_capacity, target_capacity) = match *self.action() {
            ScaleAction::ScaleUp { .. } => {
                let target = group.scale_up_policy.target_from(group.capacity);
                (desired_capacity, Some(target))
            }
            ScaleAction::RaiseCapacity { from, to, .. } => (from, Some(to.min(capacity.max_size))),
            ScaleAction::LowerCapacity { from, to, .. } => (from, Some(to)),
            ScaleAction::StandDown {
                baseline_capacity,
                from,
            } => {
                let plan = plan_stand_down(baseline_capacity, from, capacity);
                (baseline_capacity, lowered_to(plan))
            }
            ScaleAction::TakeBack { from, by } => (
                from - by,
                lowered_to(plan_take_back(from, by, capacity, is_first)),
            ),
            ScaleAction::Detach { .. } | ScaleAction::LaunchInstances { .. } => {
                (desired_capacity, None)
            }
        };
        let scaled = Scaled {
            outcome,
            sentence: &format!("{outcome:?}."),
            baseline_capacity,
            target_capacity,
            capacity_before: capacity,
            on_demand_capacity: Some(self.discovery.on_demand_group.capacity),
            is_first,
            launched: Launched::default(),
        };
        let Machine { step, failure, .. } = &self.machine;
        let next = self.flow().scaled(step, &scaled, failure, self.now());
        self.machine.go_on(next.unwrap());
        self
    }

    /// *scale* executes the policy.
    pub(super) fn scaled(self) -> Self {
        self.scales(ScaleOutcome::Scaled)
    }

    /// *verify* finds the group like this.
    pub(super) fn finds(self, capacity: Capacity, activities: &[Activity]) -> Self {
        self.finds_each(&[(capacity, activities)])
    }

    /// *verify* finds the groups that it looks at like this.
    pub(super) fn finds_each(mut self, found: &[(Capacity, &[Activity])]) -> Self {
        let Step::WaitForCapacity { progress, .. } = &self.machine.step else {
            panic!("{:?} is no wait", self.machine.step);
        };
        let flow = self.flow();
        let markets: Vec<_> = flow.looks_at(progress).collect();
        let mut found = found.to_vec();
        if flow.returns() && markets.len() == 2 && found.len() == 1 {
            found.push((flow.group(Market::OnDemand).capacity, &[]));
        }
        assert_eq!(markets.len(), found.len(), "{markets:?}");
        let looks = markets.into_iter().zip(found);
        let looks: Vec<_> = looks
            .map(|(market, (capacity, activities))| Look {
                market,
                capacity,
                activities,
            })
            .collect();
        let others = if flow.depends_on_others(progress, &looks) {
            self.others
        } else {
            Others::default()
        };
        let checked = flow.checked(progress.clone(), &looks, &others, self.now());
        if let Some(failure) = checked.failure {
            self.machine.failure = failure.into();
        }
        self.machine.go_on(checked.step);
        self
    }

    /// *verify* finds that this became of the replacement that a recommendation asked for.
    pub(super) fn finds_replacement(mut self, replacement: Replacement) -> Self {
        let Step::WaitForCapacity { progress, .. } = &self.machine.step else {
            panic!("{:?} is no wait", self.machine.step);
        };
        let (flow, now) = (self.flow(), self.now());
        let next = flow.after_recommendation(progress.clone(), replacement, now);
        self.machine.go_on(next);
        self
    }

    /// *verify* finds a scale-up that stands like this.
    pub(super) fn looked(mut self, status: CapacityStatus) -> Self {
        let Step::WaitForCapacity { progress, .. } = &mut self.machine.step else {
            panic!("{:?} is no wait", self.machine.step);
        };
        let attempt = progress.attempt.as_mut().unwrap();
        let (baseline, market) = (attempt.baseline_capacity, attempt.market);
        let wanted = attempt.target_capacity.unwrap_or(baseline + 1);
        if status == CapacityStatus::TimedOut {
            attempt.waited_seconds = 86_400;
        }
        let [desired_capacity, in_service] = match status {
            CapacityStatus::Arrived => [wanted, wanted],
            CapacityStatus::Withdrawn => [baseline, baseline],
            _ => [wanted, baseline],
        };
        let capacity = Capacity {
            desired_capacity,
            in_service,
            pending: 0,
            ..self.flow().group(market).capacity
        };
        let failed = [failed_launch()];
        let activities = match status {
            CapacityStatus::NoCapacity => &failed[..],
            _ => &[],
        };
        self.finds(capacity, activities)
    }

    pub(super) fn arrives(self) -> Self {
        self.looked(CapacityStatus::Arrived)
    }

    /// The check that looks at nothing.
    pub(super) fn checked(mut self) -> Self {
        let Step::WaitForCapacity {
            seconds: 0,
            progress,
            ..
        } = &self.machine.step
        else {
            panic!("{:?} is no check at once", self.machine.step);
        };
        let flow = self.flow();
        assert_eq!(flow.looks_at(progress).count(), 0);
        assert!(!flow.depends_on_others(progress, &[]));
        let checked = flow.checked(progress.clone(), &[], &Others::default(), self.now());
        assert_eq!((checked.report, checked.arrived), (None, vec![]));
        if let Some(failure) = checked.failure {
            self.machine.failure = failure.into();
        }
        self.machine.go_on(checked.step);
        self
    }

    /// *scale* has nothing to do, and *verify* says what that means.
    pub(super) fn asks_nothing(self, outcome: ScaleOutcome) -> Self {
        self.scales(outcome).checked()
    }

    /// A scale-up that would have been made.
    pub(super) fn pretended(self) -> Self {
        self.asks_nothing(ScaleOutcome::WouldScale)
    }

    /// The present state fails after its retries.
    pub(super) fn fails(mut self, error: &str, cause: &str) -> Self {
        let step = self.machine.step.state();
        assert!(self.machine.fails(error, cause), "{step} cannot fail");
        self
    }

    /// Nobody knows whether the call took effect.
    pub(super) fn loses_answer(mut self) -> Self {
        let step = self.machine.step.state();
        assert!(
            self.machine.loses_answer(UNKNOWN, "lost"),
            "{step} is clear"
        );
        self
    }
}

//! A round that is played step by step.

use jiff::{SignedDuration, Timestamp};

use super::{began_at, failed_launch, pool};
use crate::{
    Capacity, Discovery, Execution, ScaleAction, ScaleOutcome,
    activity::Activity,
    capacity::CapacityStatus,
    flow::{Flow, Look, Scaled, Step},
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
    };
    played.fails("SpotManager.Unexpected", "no prices")
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

    pub(super) fn now(&self) -> Timestamp {
        began_at() + self.elapsed
    }

    pub(super) fn action(&self) -> &ScaleAction {
        self.machine.step.action().unwrap()
    }

    /// *scale* does this with the group as it was discovered.
    pub(super) fn scales(self, outcome: ScaleOutcome) -> Self {
        let capacity = self.flow().group(self.action().market()).capacity;
        self.scales_with(outcome, capacity)
    }

    /// *scale* does this with a group that it finds like this.
    pub(super) fn scales_with(mut self, outcome: ScaleOutcome, capacity: Capacity) -> Self {
        let group = self.flow().group(self.action().market());
        let desired_capacity = group.capacity.desired_capacity;
        let (baseline_capacity, target_capacity) = match *self.action() {
            ScaleAction::ScaleUp { .. } => {
                let target = group.scale_up_policy.target_from(group.capacity);
                (desired_capacity, Some(target))
            }
            ScaleAction::RaiseCapacity { from, to, .. } => (from, Some(to.min(capacity.max_size))),
            _ => (desired_capacity, None),
        };
        let scaled = Scaled {
            outcome,
            sentence: &format!("{outcome:?}."),
            baseline_capacity,
            target_capacity,
            capacity_before: capacity,
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
        let markets: Vec<_> = progress.asked_of().collect();
        assert_eq!(markets.len(), found.len(), "{markets:?}");
        let looks = markets.into_iter().zip(found);
        let looks: Vec<_> = looks
            .map(|(market, &(capacity, activities))| Look {
                market,
                capacity,
                activities,
            })
            .collect();
        let checked = self.flow().checked(progress.clone(), &looks, self.now());
        if let Some(failure) = checked.failure {
            self.machine.failure = failure.into();
        }
        self.machine.go_on(checked.step);
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
        assert_eq!(progress.asked_of().count(), 0);
        let checked = self.flow().checked(progress.clone(), &[], self.now());
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

    /// Nobody knows whether the scale-up took effect.
    pub(super) fn loses_answer(mut self) -> Self {
        let step = self.machine.step.state();
        assert!(
            self.machine.loses_answer(UNKNOWN, "lost"),
            "{step} is clear"
        );
        self
    }
}

//! After *scale* has done something, or found that nothing was to be done.

use jiff::Timestamp;

use super::{AskedNothing, Attempt, Failure, Flow, GaveUp, Progress, Step};
use crate::{Capacity, Caught, Market, ScaleOutcome, verdict::Choice};

/// What *scale* did.
#[derive(Clone, Debug)]
pub struct Scaled<'a> {
    /// What it did.
    pub outcome: ScaleOutcome,
    /// The same as a sentence.
    pub sentence: &'a str,
    /// DesiredCapacity before, in instances or units.
    pub baseline_capacity: i32,
    /// DesiredCapacity after it was raised, in instances or units.
    pub target_capacity: Option<i32>,
    /// The group as it was before.
    pub capacity_before: Capacity,
}

impl Scaled<'_> {
    /// Whether the group asks for more now, or did already.
    pub(super) const fn asks(&self) -> bool {
        matches!(
            self.outcome,
            ScaleOutcome::Scaled | ScaleOutcome::AlreadyScaled
        )
    }
}

impl Flow<'_> {
    /// What comes next after `step` did this at `now`; `None` if it is no step of *scale*.
    /// `failure` is what had failed before it.
    #[must_use]
    pub fn scaled(
        self,
        step: &Step,
        scaled: &Scaled<'_>,
        failure: &Caught,
        now: Timestamp,
    ) -> Option<Step> {
        let progress = step.progress()?.clone();
        Some(match step {
            Step::DetachInstance { .. } => self.detached(progress, scaled),
            Step::StandDownSpot { failed_in, .. } => {
                self.stood_down(progress, scaled, failure.in_state(failed_in), now)
            }
            Step::ScaleDownOnDemand { .. } => self.returned_to_spot(&progress, scaled),
            Step::ScaleUp { .. } if progress.attempt.is_some() => {
                self.asked_on_demand_too(progress, scaled)
            }
            Step::ScaleUp { action, .. } => self.scaled_up(progress, action.market(), scaled),
            _ => return None,
        })
    }

    /// An instance that is gone already its group replaces itself; that is waited for.
    fn detached(self, progress: Progress, scaled: &Scaled<'_>) -> Step {
        if scaled.outcome != ScaleOutcome::AlreadyDetached {
            let market = match progress.choice {
                Choice::Spot => Market::Spot,
                Choice::OnDemand | Choice::Nothing => Market::OnDemand,
            };
            return self.scale_up(progress, market);
        }
        let in_service = self.discovery.spot_group.capacity.in_service;
        let target = Some(scaled.capacity_before.desired_capacity);
        self.wait(Progress {
            attempt: Some(Attempt::new(Market::Spot, in_service, target)),
            ..progress
        })
    }

    /// A check follows in any case: at once if nothing was asked for.
    fn scaled_up(self, progress: Progress, market: Market, scaled: &Scaled<'_>) -> Step {
        let asks = scaled.asks();
        let mut progress = Progress {
            attempt: Some(Attempt {
                asked_nothing: (!asks).then(|| AskedNothing {
                    outcome: scaled.outcome,
                    sentence: scaled.sentence.to_owned(),
                }),
                ..Attempt::new(market, scaled.baseline_capacity, scaled.target_capacity)
            }),
            // On-demand is asked for that too, if it was not before.
            in_addition: None,
            ..progress
        };
        if asks && self.wants_on_demand_too(&progress) {
            // The check asks on-demand for the rest, and does not wait.
            progress.on_demand_too = true;
            return Step::WaitForCapacity {
                seconds: 0,
                if_fails: Box::new(self.ask_on_demand_too(progress.clone(), 0)),
                progress,
            };
        }
        if asks {
            return self.wait(progress);
        }
        // What the check would say is known already.
        let if_fails = if scaled.outcome == ScaleOutcome::WouldScale {
            self.dry_run_ended(&progress, Some(scaled.sentence))
        } else {
            let failure = Failure::no_capacity("ScaleUp", scaled.sentence);
            let given_up = Progress {
                spot_failure: match market {
                    Market::Spot => Some(failure),
                    Market::OnDemand => progress.spot_failure.clone(),
                },
                ..progress.clone()
            };
            self.give_up(given_up, GaveUp::known(market, "VerifyCapacity"))
        };
        Step::WaitForCapacity {
            seconds: 0,
            if_fails: Box::new(if_fails),
            progress,
        }
    }

    /// An instance that came at the last moment is kept.
    fn stood_down(
        self,
        progress: Progress,
        scaled: &Scaled<'_>,
        failure: Option<Failure>,
        now: Timestamp,
    ) -> Step {
        let (arrived, has_all) = if self.is_sized(&progress) {
            self.brought(&progress, scaled)
        } else {
            (0, scaled.outcome == ScaleOutcome::CapacityArrived)
        };
        if has_all {
            if let Some(progress) = progress.only_on_demand(arrived) {
                return self.wait(progress);
            }
            // A scale-up that was refused has no attempt; it is spot that serves all the same.
            let attempt = progress
                .attempt
                .unwrap_or_else(|| Attempt::new(Market::Spot, scaled.baseline_capacity, None));
            let progress = Progress {
                attempt: Some(attempt),
                ..progress
            };
            return self.arrived(progress, scaled.sentence, now);
        }
        let progress = Progress {
            arrived,
            spot_failure: progress.spot_failure.or(failure),
            ..progress
        };
        self.fall_back(progress, Some(scaled.sentence))
    }

    /// How much of what it was asked for spot did bring, in instances or units, and whether that is all.
    fn brought(self, progress: &Progress, scaled: &Scaled<'_>) -> (i32, bool) {
        let (baseline, asked) = match &progress.attempt {
            Some(attempt) => (attempt.baseline_capacity, attempt.asked()),
            // It was refused: what came, others asked for.
            None => (
                self.discovery.spot_group.capacity.desired_capacity,
                progress.wanted.unwrap_or_default(),
            ),
        };
        let in_service = scaled.capacity_before.in_service;
        let arrived = in_service.saturating_sub(baseline).min(asked).max(0);
        (arrived, arrived == asked)
    }
}

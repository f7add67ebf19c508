//! After *scale* has done something, or found that nothing was to be done.

use jiff::Timestamp;

use super::{AskedNothing, Attempt, Failure, Flow, GaveUp, Launched, Progress, Step};
use crate::{Capacity, Caught, Market, ScaleAction, ScaleOutcome};

/// What *scale* did.
#[derive(Clone, Debug)]
pub struct Scaled<'a> {
    /// What it did.
    pub outcome: ScaleOutcome,
    /// The same as a sentence.
    pub sentence: &'a str,
    /// DesiredCapacity before, in instances or units.
    pub baseline_capacity: i32,
    /// DesiredCapacity after it was raised or lowered, in instances or units.
    pub target_capacity: Option<i32>,
    /// The group as it was before.
    pub capacity_before: Capacity,
    /// For standing down: the on-demand group as it is.
    pub on_demand_capacity: Option<Capacity>,
    /// Whether it is known that no attempt before this one has done it. If not, one may have.
    pub is_first: bool,
    /// How much of a plan each group is counted on for.
    pub launched: Launched,
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
            Step::StandDownSpot {
                action: ScaleAction::TakeBack { by, .. },
                ..
            } if self.returns() => self.took_back(progress, *by, scaled),
            Step::StandDownSpot {
                action: ScaleAction::LowerCapacity { .. },
                ..
            } => self.took_back_what_came(progress, scaled),
            Step::StandDownSpot { failed_in, .. } => {
                self.stood_down(progress, scaled, failure.in_state(failed_in), now)
            }
            Step::ScaleDownOnDemand { action, .. } => self.lowered(progress, action, scaled),
            Step::ScaleUp { action, .. } if scaled.launched.is_anything() => {
                self.launched(progress, action, scaled)
            }
            Step::ScaleUp { action, .. } => match progress.attempt.as_ref().map(|a| a.market) {
                Some(Market::Spot) => self.asked_on_demand_too(progress, scaled),
                // What was asked for before is waited for in any case.
                Some(Market::OnDemand) if !scaled.asks() => self.wait(progress),
                _ => self.scaled_up(progress, action, scaled),
            },
            _ => return None,
        })
    }

    /// A check follows in any case: at once if nothing was asked for.
    pub(super) fn scaled_up(
        self,
        progress: Progress,
        action: &ScaleAction,
        scaled: &Scaled<'_>,
    ) -> Step {
        let market = action.market();
        let asks = scaled.asks();
        if let Some(left) = self.left_to_ask(&progress, market, scaled) {
            let asked = scaled.outcome == ScaleOutcome::Scaled;
            let has = scaled.capacity_before.desired_capacity;
            let progress = Progress {
                moved: left,
                on_demand_desired: scaled.target_capacity.filter(|_| asked).or(Some(has)),
                asks_again: true,
                attempt: Some(Attempt {
                    asked_nothing: (!asked).then(|| AskedNothing {
                        outcome: scaled.outcome,
                        sentence: scaled.sentence.to_owned(),
                    }),
                    ..Attempt::new(market, scaled.baseline_capacity, scaled.target_capacity)
                }),
                ..progress
            };
            // The check asks again, and does not wait.
            return Step::WaitForCapacity {
                seconds: 0,
                if_fails: Box::new(self.ask_again_for_the_rest(progress.clone())),
                progress,
            };
        }
        let is_first = scaled.is_first && progress.tries == 0;
        if self.returns() && is_first && scaled.outcome == ScaleOutcome::AlreadyScaled {
            // Others asked for it, and count on it. The next return looks again.
            let progress = Progress {
                attempt: Some(Attempt {
                    asked_nothing: Some(AskedNothing {
                        outcome: scaled.outcome,
                        sentence: scaled.sentence.to_owned(),
                    }),
                    ..Attempt::new(market, scaled.baseline_capacity, None)
                }),
                ..progress
            };
            return Step::WaitForCapacity {
                seconds: 0,
                if_fails: Box::new(self.stayed_on_demand(&progress, Some(scaled.sentence))),
                progress,
            };
        }
        let baseline = match scaled.outcome {
            // What others asked for since the discovery is not what the return brings.
            ScaleOutcome::Scaled if self.returns() => scaled.capacity_before.desired_capacity,
            // The return has taken back what it asked for since.
            ScaleOutcome::Scaled if self.discovery.return_runs => scaled
                .baseline_capacity
                .min(scaled.capacity_before.desired_capacity),
            _ => scaled.baseline_capacity,
        };
        // An earlier attempt made it grow, or another execution.
        let may_be_others = !self.is_sized(&progress) || self.discovery.return_runs;
        let is_unclear = scaled.outcome == ScaleOutcome::AlreadyScaled && may_be_others;
        let is_by_policy = matches!(action, ScaleAction::ScaleUp { .. });
        let target = scaled.target_capacity;
        let target = target.filter(|_| !(is_unclear && is_by_policy));
        let mut progress = Progress {
            attempt: Some(Attempt {
                asked_nothing: (!asks).then(|| AskedNothing {
                    outcome: scaled.outcome,
                    sentence: scaled.sentence.to_owned(),
                }),
                unclear: u32::from(is_unclear),
                ..Attempt::new(market, baseline, target)
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

    /// How much of what spot does not bring on-demand was not asked for yet: others have raised it in the
    /// meantime, which DesiredCapacity does not add up, or there is no room for all.
    fn left_to_ask(self, progress: &Progress, market: Market, scaled: &Scaled<'_>) -> Option<i32> {
        let is_asked = market == Market::OnDemand && !self.is_sized(progress);
        let target = scaled.target_capacity.filter(|_| is_asked)?;
        let before = scaled.capacity_before.desired_capacity;
        let target = match scaled.outcome {
            ScaleOutcome::Scaled => target,
            // Nobody has asked for this execution yet.
            ScaleOutcome::AlreadyScaled if scaled.is_first && progress.tries == 0 => before,
            _ => return None,
        };
        let asked = target.saturating_sub(before.max(scaled.baseline_capacity));
        let room = scaled.capacity_before.max_size.saturating_sub(target);
        let left = progress.moved.saturating_sub(asked).min(room);
        (left > 0).then_some(left)
    }

    /// On-demand is asked for the rest of what spot does not bring. If that is refused, what it was asked
    /// for before is waited for.
    pub(super) fn ask_again_for_the_rest(self, progress: Progress) -> Step {
        let progress = Progress {
            asks_again: false,
            ..progress
        };
        self.say_who_took_over(progress, |before| {
            match self.scale_up(before.clone(), Market::OnDemand) {
                Step::ScaleUp {
                    action, if_unclear, ..
                } => Step::ScaleUp {
                    action,
                    progress: before.clone(),
                    if_fails: Box::new(self.wait(before)),
                    if_unclear,
                },
                step => step,
            }
        })
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
            // What came although nothing was asked for is another execution's.
            let came = scaled.outcome == ScaleOutcome::CapacityArrived;
            (0, came && progress.attempt.is_some())
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
            return self.capacity_arrived(&progress, scaled.sentence, now);
        }
        if self.was_handed_on(&progress, scaled) {
            return self.wait(progress);
        }
        let progress = Progress {
            arrived,
            moved: if self.is_recommended() {
                1
            } else {
                moved(&progress, scaled)
            },
            on_demand_desired: scaled
                .on_demand_capacity
                .map(|other| other.desired_capacity),
            spot_failure: progress.spot_failure.or(failure),
            ..progress
        };
        self.fall_back(progress, Some(scaled.sentence))
    }

    /// Whether another execution has lowered spot since the check, and asks on-demand for all of that. The
    /// next check sees it.
    fn was_handed_on(self, progress: &Progress, scaled: &Scaled<'_>) -> bool {
        let was_seen = progress
            .attempt
            .as_ref()
            .is_some_and(|attempt| attempt.seen.is_some());
        was_seen
            && scaled.is_first
            && scaled.outcome == ScaleOutcome::AlreadyDown
            && scaled.capacity_before.lacks() == 0
            && !self.is_sized(progress)
            && (!self.is_recommended() || progress.lost_has_left)
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

/// How much the spot group does not ask for any more, in instances or units. If it was lowered before,
/// by an earlier attempt perhaps, then what it lacked at the last check. What spot was not asked for is
/// wanted in addition.
fn moved(progress: &Progress, scaled: &Scaled<'_>) -> i32 {
    let attempt = progress.attempt.as_ref();
    match (scaled.outcome, scaled.target_capacity) {
        (ScaleOutcome::StoodDown, Some(to)) => {
            let lowered = scaled.capacity_before.desired_capacity.saturating_sub(to);
            let asked = attempt.is_some_and(|attempt| attempt.asked_nothing.is_none());
            lowered.saturating_add(i32::from(!asked))
        }
        _ => {
            let seen = attempt.and_then(|attempt| attempt.seen);
            let desired = scaled.capacity_before.desired_capacity;
            let lowered = seen.map(|seen| seen.desired_capacity.saturating_sub(desired));
            lowered.unwrap_or(1).max(1)
        }
    }
}

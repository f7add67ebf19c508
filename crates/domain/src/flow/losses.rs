//! An instance that EC2 takes back, or may take back.

use jiff::{SignedDuration, Timestamp};

use super::{Attempt, Flow, Progress, RoundResult, Scaled, ServedBy, Step};
use crate::{LossKind, Market, ScaleAction, verdict::Choice};

/// How long after its interruption warning an instance stays in its group at most, while the
/// execution of its rebalance recommendation runs, seconds. EC2 takes it back after two minutes.
const MOST_SECONDS_IN_GROUP: i64 = 75;

/// What became of the replacement that a rebalance recommendation asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replacement {
    /// Its execution runs.
    Underway,
    /// It came.
    Came,
    /// Its execution ended without one.
    DidNotCome,
}

impl Flow<'_> {
    /// The instance leaves its group. If spot is to replace it, DesiredCapacity stays as it is, and
    /// the group itself launches the replacement: however many leave at once, and however often a
    /// call is repeated, each of them is replaced once. A group at its MinSize replaces it anyway.
    pub(super) fn detach(self, progress: Progress, instance_id: &str) -> Step {
        let on_demand = Progress {
            spot_failed_in: Some("DetachInstance".to_owned()),
            ..progress.clone()
        };
        let is_replaced = progress.recommended.is_some();
        Step::DetachInstance {
            action: ScaleAction::Detach {
                instance_id: instance_id.to_owned(),
                decrements: (is_replaced || progress.choice != Choice::Spot)
                    && !self
                        .discovery
                        .loss
                        .as_ref()
                        .is_some_and(|loss| loss.at_min_size),
            },
            if_fails: Box::new(if is_replaced {
                let progress = Progress {
                    lost_has_left: true,
                    ..progress.clone()
                };
                self.check_recommended(progress, 0)
            } else {
                self.scale_up(on_demand, Market::OnDemand)
            }),
            progress,
        }
    }

    pub(super) fn detached(self, progress: Progress, scaled: &Scaled<'_>) -> Step {
        if progress.recommended.is_some() {
            // Its execution may have given up just before: it is looked at once more.
            return self.check_recommended(
                Progress {
                    lost_has_left: true,
                    ..progress
                },
                0,
            );
        }
        if progress.choice != Choice::Spot {
            return self.scale_up(progress, Market::OnDemand);
        }
        let in_service = self.discovery.spot_group.capacity.in_service;
        let target = Some(scaled.capacity_before.desired_capacity);
        self.wait(Progress {
            attempt: Some(Attempt::new(Market::Spot, in_service, target)),
            ..progress
        })
    }

    /// The rebalance recommendation's execution has replaced the instance.
    fn replaced(self, progress: &Progress, sentence: &str) -> Step {
        let name = progress.recommended.as_deref().unwrap_or_default();
        let sentence = format!("{sentence} {name} replaced it before.");
        let outcome = self.round_outcome(
            RoundResult::CapacityArrived,
            ServedBy::Spot,
            progress.decision.reason,
            sentence,
        );
        self.report(
            progress,
            super::Outcome {
                group: Some(self.discovery.spot_group.logical_id.clone()),
                ..outcome
            },
            Step::CapacityArrived,
        )
    }

    /// A check of the recommendation's execution follows, at once.
    pub(super) fn look_at_recommended(self, progress: Progress, name: String) -> Step {
        self.check_recommended(
            Progress {
                recommended: Some(name),
                ..progress
            },
            0,
        )
    }

    fn check_recommended(self, progress: Progress, seconds: u32) -> Step {
        let progress = Progress {
            looks: progress.looks.saturating_add(1),
            ..progress
        };
        let unknown = Progress {
            recommended: None,
            ..progress.clone()
        };
        Step::WaitForCapacity {
            seconds,
            if_fails: Box::new(if progress.lost_has_left {
                self.scale_up(unknown, Market::OnDemand)
            } else {
                self.detach_lost(unknown)
            }),
            progress,
        }
    }

    fn detach_lost(self, progress: Progress) -> Step {
        let loss = self.discovery.loss.as_ref();
        match loss.and_then(|loss| loss.instance_id.as_deref()) {
            Some(instance_id) => self.detach(progress, instance_id),
            None => self.scale_up(progress, Market::OnDemand),
        }
    }

    /// What comes next after a check at `now` of the execution that the rebalance recommendation for
    /// the same instance started.
    #[must_use]
    pub fn after_recommendation(
        self,
        mut progress: Progress,
        replacement: Replacement,
        now: Timestamp,
    ) -> Step {
        if progress.lost_has_left {
            return self.after_detachment(progress, replacement);
        }
        match replacement {
            Replacement::DidNotCome => progress.recommended = None,
            Replacement::Underway if self.may_stay(now) => {
                let seconds = self.discovery.settings.verify_interval_seconds;
                return self.check_recommended(progress, seconds);
            }
            // It goes on to on-demand if spot brings nothing, once the instance has left its group.
            Replacement::Underway | Replacement::Came => {}
        }
        self.detach_lost(progress)
    }

    /// The instance has left its group, which asks for one less: the recommendation's execution brings
    /// one, or on-demand does.
    fn after_detachment(self, progress: Progress, replacement: Replacement) -> Step {
        match replacement {
            Replacement::Came => self.replaced(&progress, "EC2 takes the instance back."),
            Replacement::Underway => {
                let seconds = self.discovery.settings.verify_interval_seconds;
                self.check_recommended(progress, seconds)
            }
            Replacement::DidNotCome => {
                let progress = Progress {
                    recommended: None,
                    ..progress
                };
                self.scale_up(progress, Market::OnDemand)
            }
        }
    }

    fn may_stay(self, now: Timestamp) -> bool {
        let interval = i64::from(self.discovery.settings.verify_interval_seconds);
        let most = SignedDuration::from_secs(MOST_SECONDS_IN_GROUP.saturating_sub(interval));
        let loss = self.discovery.loss.as_ref();
        loss.is_some_and(|loss| now.duration_since(loss.time) < most)
    }

    /// Whether EC2 has only recommended to replace the instance: it runs, so on-demand is not asked.
    pub(super) fn is_recommended(self) -> bool {
        let loss = self.discovery.loss.as_ref();
        loss.is_some_and(|loss| loss.kind == LossKind::RebalanceRecommendation)
    }

    /// Whether that instance has not left its group either.
    pub(super) fn keeps_instance(self, progress: &Progress) -> bool {
        self.is_recommended() && !progress.lost_has_left
    }

    /// Spot did not bring the replacement that EC2 recommends, and the instance runs.
    pub(super) fn stays_with_the_instance(self, progress: &Progress, sentence: &str) -> Step {
        let outcome = self.round_outcome(
            RoundResult::NothingToDo,
            self.stays(),
            progress.decision.reason,
            format!(
                "{sentence} Spot brought no instance, and the one that EC2 may take back runs."
            )
            .trim_start()
            .to_owned(),
        );
        self.report(progress, outcome, Step::NothingToDo)
    }
}

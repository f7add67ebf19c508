//! A return to spot: as many as have come, on-demand asks for less.

use jiff::Timestamp;

use super::{
    Checked, Failure, Flow, Look, Lowering, Others, Progress, Scaled, Step, begin::MOST_UNCLEAR,
};
use crate::{
    Market, ScaleAction, ScaleOutcome,
    capacity::{CapacityReport, CapacityStatus},
};

const STATE: &str = "ScaleDownOnDemand";

impl Flow<'_> {
    /// How much of what a return asked for has come, in instances or units.
    fn came(progress: &Progress, in_service: i32) -> i32 {
        progress.attempt.as_ref().map_or(0, |attempt| {
            let more = in_service.saturating_sub(attempt.baseline_capacity);
            more.min(attempt.asked()).max(0)
        })
    }

    /// After a check of a return to spot: what has come takes over. If spot has no more, or others
    /// need the groups, what does not launch is taken back.
    pub(super) fn assessed_return(
        self,
        mut progress: Progress,
        look: Look<'_>,
        report: &CapacityReport,
        others: &Others,
    ) -> Checked {
        let capacity = look.capacity;
        let asked = progress.attempt.as_ref().map_or(0, super::Attempt::asked);
        progress.arrived = Self::came(&progress, capacity.in_service);
        let missing = asked.saturating_sub(progress.arrived);
        let lacks = capacity.lacks();
        match report.status {
            CapacityStatus::Arrived => Checked::go_on(self.lower_on_demand(progress)),
            CapacityStatus::Pending if others.are_there() && lacks > 0 => {
                let by = missing.min(lacks);
                Checked::go_on(self.take_back(
                    progress,
                    "VerifyCapacity",
                    capacity.desired_capacity,
                    by,
                ))
            }
            CapacityStatus::Pending => Checked::go_on(self.wait(progress)),
            CapacityStatus::Withdrawn | CapacityStatus::NoCapacity | CapacityStatus::TimedOut => {
                let last = report.last_failure.as_deref().unwrap_or_default();
                let cause = format!("{} {last}", report.sentence);
                let failure = Failure::no_capacity("VerifyCapacity", &cause);
                progress.spot_failure = Some(failure.clone());
                let from = capacity.desired_capacity;
                let step = if report.status == CapacityStatus::Withdrawn {
                    // It was taken back by others: what is asked for from now on is theirs.
                    progress.arrived = 0;
                    self.stayed_on_demand(&progress, None)
                } else {
                    self.take_back(progress, "VerifyCapacity", from, missing)
                };
                Checked {
                    failure: Some(failure),
                    ..Checked::go_on(step)
                }
            }
        }
    }

    /// Takes back what spot did not bring of what the return asked for, in instances or units.
    pub(super) fn take_back(self, progress: Progress, state: &str, from: i32, by: i32) -> Step {
        self.stand_down_by(progress, state, ScaleAction::TakeBack { from, by })
    }

    fn stand_down_by(self, progress: Progress, state: &str, action: ScaleAction) -> Step {
        let raised = Progress {
            spot_failed_in: Some("StandDownSpot".to_owned()),
            ..progress.clone()
        };
        let if_fails = (self.spot_goes_on(), self.after_take_back(raised, None));
        self.stand_down_step(progress, state, action, if_fails)
    }

    /// What a return asked for and did not come was taken back: it goes on with what launches, and ends
    /// with what has come.
    pub(super) fn took_back(self, mut progress: Progress, by: i32, scaled: &Scaled<'_>) -> Step {
        progress.on_demand_desired = scaled
            .on_demand_capacity
            .map(|other| other.desired_capacity);
        // What was taken back has not come, even if others' instances are in service.
        let lowered = match (scaled.outcome, scaled.target_capacity) {
            (ScaleOutcome::StoodDown, Some(to)) => {
                scaled.capacity_before.desired_capacity.saturating_sub(to)
            }
            _ => 0,
        };
        let asked = progress.attempt.as_ref().map_or(0, super::Attempt::asked);
        let came = Self::came(&progress, scaled.capacity_before.in_service);
        progress.arrived = came.min(asked.saturating_sub(lowered)).max(0);
        if let Some(attempt) = &mut progress.attempt {
            let target = attempt.target_capacity.unwrap_or(attempt.baseline_capacity);
            // What came at the last moment was kept.
            let came = attempt.baseline_capacity.saturating_add(progress.arrived);
            attempt.target_capacity = Some(target.saturating_sub(by).max(came));
            if attempt.asked() > progress.arrived {
                return self.wait(progress);
            }
        }
        self.after_take_back(progress, Some(scaled.sentence))
    }

    fn after_take_back(self, progress: Progress, sentence: Option<&str>) -> Step {
        if progress.arrived > 0 && progress.lowering.is_none() {
            self.lower_on_demand(progress)
        } else {
            self.stayed_on_demand(&progress, sentence)
        }
    }

    /// On-demand asks for as many less as have come. Auto Scaling chooses which go.
    pub(super) fn lower_on_demand(self, progress: Progress) -> Step {
        let capacity = self.discovery.on_demand_group.capacity;
        let from = progress
            .on_demand_desired
            .unwrap_or(capacity.desired_capacity);
        let to = from.saturating_sub(progress.arrived).max(capacity.min_size);
        self.lower(
            progress,
            Lowering {
                from,
                to,
                unclear: 0,
            },
        )
    }

    fn lower(self, progress: Progress, lowering: Lowering) -> Step {
        let Lowering { from, to, unclear } = lowering;
        let may_be_lowered = Progress {
            looks: progress.looks.saturating_add(1),
            lowering: Some(Lowering {
                unclear: unclear.saturating_add(1),
                ..lowering
            }),
            ..progress.clone()
        };
        let is_lowered = Progress {
            lowering: Some(lowering),
            ..progress.clone()
        };
        Step::ScaleDownOnDemand {
            action: ScaleAction::LowerCapacity {
                market: Market::OnDemand,
                from,
                to,
            },
            if_fails: Box::new(self.could_not_lower(is_lowered)),
            if_unclear: Box::new(if unclear < MOST_UNCLEAR {
                Step::WaitForCapacity {
                    seconds: self.discovery.settings.verify_interval_seconds,
                    if_fails: Box::new(self.both_serve()),
                    progress: may_be_lowered,
                }
            } else {
                self.both_serve()
            }),
            progress,
        }
    }

    /// Nothing was lowered, so spot is taken back: the next return would ask for as many again.
    fn could_not_lower(self, progress: Progress) -> Step {
        Step::Notify {
            failed_in: STATE.to_owned(),
            subject: format!("SpotManager could not lower on-demand for {}", self.stack()),
            consequence:
                "The spot instances that came are taken back, and on-demand goes on serving."
                    .to_owned(),
            page: self.page(),
            then: Box::new(self.take_back_what_came(progress)),
        }
    }

    fn take_back_what_came(self, progress: Progress) -> Step {
        let from = progress.attempt.as_ref();
        let from = from.and_then(|attempt| attempt.target_capacity);
        let from = from.unwrap_or(self.discovery.spot_group.capacity.desired_capacity);
        let action = ScaleAction::LowerCapacity {
            market: Market::Spot,
            from,
            to: from.saturating_sub(progress.arrived),
        };
        self.stand_down_by(progress, STATE, action)
    }

    /// If others have raised spot in the meantime, it is lowered from there: it was not lowered yet.
    pub(super) fn took_back_what_came(self, mut progress: Progress, scaled: &Scaled<'_>) -> Step {
        if scaled.outcome != ScaleOutcome::NotScaledDown {
            return self.stayed_on_demand(&progress, Some(scaled.sentence));
        }
        if let Some(attempt) = &mut progress.attempt {
            attempt.target_capacity = Some(scaled.capacity_before.desired_capacity);
        }
        self.take_back_what_came(progress)
    }

    /// After *scale* has lowered on-demand, or found that it must not.
    pub(super) fn lowered(
        self,
        progress: Progress,
        action: &ScaleAction,
        scaled: &Scaled<'_>,
    ) -> Step {
        let ScaleAction::LowerCapacity { from, to, .. } = *action else {
            return self.both_serve();
        };
        let progress = Progress {
            lowering: Some(Lowering {
                from,
                to,
                unclear: 0,
            }),
            ..progress
        };
        match scaled.outcome {
            ScaleOutcome::NotScaledDown => self.take_back_what_came(progress),
            _ => self.check_lowered(progress),
        }
    }

    /// A check follows: Auto Scaling may refuse to end instances, as during a zonal shift.
    /// See <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-zonal-shift.html>.
    fn check_lowered(self, progress: Progress) -> Step {
        Step::WaitForCapacity {
            seconds: self.discovery.settings.verify_interval_seconds,
            if_fails: Box::new(self.both_serve()),
            progress: Progress {
                looks: progress.looks.saturating_add(1),
                ..progress
            },
        }
    }

    /// Whether DesiredCapacity of on-demand fell.
    pub(super) fn checked_lowering(
        self,
        progress: Progress,
        lowering: &Lowering,
        look: Look<'_>,
        others: &Others,
        now: Timestamp,
    ) -> Step {
        let desired = look.capacity.desired_capacity;
        // Another execution may have raised it since.
        let is_raised = lowering.unclear == 0 && others.are_there();
        if lowering.took_effect(look.capacity) || is_raised {
            let sentence = format!(
                "{} asks for {desired}: {} of spot serve instead.",
                self.discovery.on_demand_group.auto_scaling_group_name, progress.arrived
            );
            return self.returned_to_spot(&progress, &sentence);
        }
        if lowering.unclear == 0 {
            return self.take_back_what_came(progress);
        }
        // Another execution may have raised it since.
        if others.are_there() || desired > lowering.from || !self.may_try_again(now) {
            return self.both_serve();
        }
        self.lower(progress, lowering.clone())
    }
}

//! On-demand is asked at once for what spot has no room for.

use jiff::Timestamp;

use super::{Attempt, Flow, Look, Progress, Scaled, Step, begin::MOST_UNCLEAR};
use crate::Market;

impl Progress {
    /// Spot is done and has brought so much, as all that it was asked for or because it was scaled in:
    /// on-demand is waited for on its own, if it was asked in addition.
    pub(super) fn only_on_demand(&self, arrived: i32) -> Option<Self> {
        let attempt = self.in_addition.clone()?;
        Some(Self {
            arrived,
            in_addition: None,
            attempt: Some(attempt),
            spot_failure: None,
            spot_failed_in: None,
            ..self.clone()
        })
    }
}

impl Flow<'_> {
    /// The step that asks on-demand for the rest, after so many attempts whose outcome is not known.
    /// If it is refused, spot is waited for all the same: the next round asks again.
    pub(super) fn ask_on_demand_too(self, progress: Progress, unclear: u32) -> Step {
        // What it launched at once is waited for also if it is not asked for more.
        let launched = progress.in_addition.clone();
        let launched = launched.filter(|attempt| attempt.unclear == 0);
        let progress = Progress {
            on_demand_too: false,
            in_addition: None,
            ..progress
        };
        let if_refused = Progress {
            in_addition: launched,
            ..progress.clone()
        };
        let action = self.scale_up_action(&progress, Market::OnDemand, unclear);
        let may_have_asked = Attempt {
            unclear: unclear.saturating_add(1),
            ..self.attempt(&action)
        };
        let if_unclear = Progress {
            in_addition: (unclear < MOST_UNCLEAR).then_some(may_have_asked),
            ..progress.clone()
        };
        Step::ScaleUp {
            action,
            if_fails: Box::new(self.wait(if_refused)),
            if_unclear: Box::new(self.wait(if_unclear)),
            progress,
        }
    }

    /// After on-demand was asked in addition to spot.
    pub(super) fn asked_on_demand_too(self, progress: Progress, scaled: &Scaled<'_>) -> Step {
        let (baseline, target) = (scaled.baseline_capacity, scaled.target_capacity);
        let attempt = Attempt::new(Market::OnDemand, baseline, target);
        self.wait(Progress {
            in_addition: scaled.asks().then_some(attempt),
            ..progress
        })
    }

    /// If it is not known whether on-demand was asked: the step that asks again, unless it was.
    pub(super) fn ask_again(
        self,
        progress: &mut Progress,
        look: Look<'_>,
        now: Timestamp,
    ) -> Option<Step> {
        let attempt = progress.in_addition.clone();
        let attempt = attempt.filter(|attempt| attempt.unclear > 0)?;
        match self.clear_up(attempt, look) {
            Ok(attempt) => {
                progress.in_addition = Some(attempt);
                None
            }
            Err(unclear) if self.may_try_again(now) => {
                Some(self.ask_on_demand_too(progress.clone(), unclear))
            }
            // Spot is waited for all the same.
            Err(_) => {
                progress.in_addition = None;
                None
            }
        }
    }
}

//! Under which settings policies are played.

use spotmanager_backtest::{Timings, Trial};

/// Timings and a trial, with what is said of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    pub(crate) title: &'static str,
    pub(crate) timings: Timings,
    pub(crate) trial: Trial<'static>,
}

impl Setting {
    /// As it is deployed, under another title.
    pub(crate) fn deployed(title: &'static str) -> Self {
        Self {
            title,
            timings: Timings::default(),
            trial: Trial::default(),
        }
    }

    /// With this `ReturnToSpotRate`, minutes.
    pub(crate) fn returning_every(mut self, minutes: u32) -> Self {
        self.timings.return_to_spot = minutes * 60;
        self
    }

    /// With this `LaunchFailureWindowSeconds`.
    pub(crate) fn excluding_for(mut self, seconds: u32) -> Self {
        self.timings.launch_failure_window = seconds;
        self
    }

    /// The queue is read each so many minutes while jobs wait.
    pub(crate) fn sizing_every(mut self, minutes: u32) -> Self {
        self.trial.size_again = minutes * 60;
        self
    }

    /// An alarm brings only what the queue lacks.
    pub(crate) fn sized_by_the_queue(mut self) -> Self {
        self.trial.alarm_by_queue = true;
        self
    }

    /// Both changes that meet the targets, as often as it returns.
    pub(crate) fn with_both_changes(self) -> Self {
        let minutes = self.timings.return_to_spot / 60;
        self.sizing_every(minutes).sized_by_the_queue()
    }
}

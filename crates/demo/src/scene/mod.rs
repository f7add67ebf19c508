//! The scenes. Each is started by what starts it in production alone: the queue's length, or,
//! for a dry run, somebody's hand.

mod dry_run;
mod jobs_to_do;
mod market;
mod no_more_jobs;

use std::time::Duration;

use anyhow::Result;
use clap::ValueEnum;

use crate::stage::Stage;
use dry_run::dry_run;
use jobs_to_do::{Expected, NO_SPOT_CAPACITY, jobs_to_do};
use no_more_jobs::{empty, no_more_jobs};

/// What any step of a scene may take; all of them together take far less.
const PATIENCE: Duration = Duration::from_secs(60);

/// A scene of the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scene {
    /// Spot is cheap, and the spot group scales up.
    SpotIsCheap,
    /// Spot is above the limit, and the on-demand group scales up.
    SpotIsDear,
    /// Spot is cheap but cannot be had: on-demand takes over.
    NoSpotCapacity,
    /// The queue is empty, and both groups scale down.
    NoMoreJobs,
    /// Spot could not be had minutes ago, and on-demand is taken at once.
    RecentFailures,
    /// A dry run, started by hand: every step and reason, and nothing changed.
    DryRun,
}

impl Scene {
    /// What is played unless a scene is asked for by name.
    pub(crate) const USUAL: [Self; 4] = [
        Self::SpotIsCheap,
        Self::SpotIsDear,
        Self::NoSpotCapacity,
        Self::NoMoreJobs,
    ];

    pub(crate) fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::SpotIsCheap => "Spot is cheap: the spot group scales up",
            Self::SpotIsDear => "Spot is above the limit: the on-demand group scales up",
            Self::NoSpotCapacity => "Spot is cheap but EC2 has none: on-demand takes over",
            Self::NoMoreJobs => "The queue is empty: both groups scale down, and nothing decides",
            Self::RecentFailures => {
                "Spot failed minutes ago: on-demand at once, however cheap spot is"
            }
            Self::DryRun => "A dry run: what would be done, and nothing is",
        }
    }

    /// Plays the scene; the error says what was not as expected. Gives the execution's ARN.
    pub(crate) async fn play(self, stage: &Stage) -> Result<Option<String>> {
        let expected = match self {
            Self::SpotIsCheap => Expected {
                reason: "SPOT_WITHIN_LIMIT",
                visited: &[],
                in_service: (1, 0),
            },
            Self::SpotIsDear => Expected {
                reason: "SPOT_ABOVE_LIMIT",
                visited: &[],
                in_service: (0, 1),
            },
            Self::NoSpotCapacity => NO_SPOT_CAPACITY,
            Self::RecentFailures => Expected {
                reason: "RECENT_LAUNCH_FAILURES",
                visited: &[],
                in_service: (0, 1),
            },
            Self::NoMoreJobs => return no_more_jobs(stage).await.map(|()| None),
            Self::DryRun => return dry_run(stage).await.map(Some),
        };
        let is_dear = self == Self::SpotIsDear;
        let is_outage = matches!(self, Self::NoSpotCapacity | Self::RecentFailures);
        market::set(stage, is_dear, !is_outage);
        empty(stage).await?;
        if self == Self::RecentFailures {
            println!("First a job that finds no spot capacity:");
            jobs_to_do(stage, NO_SPOT_CAPACITY).await?;
            empty(stage).await?;
        }
        jobs_to_do(stage, expected).await.map(Some)
    }
}

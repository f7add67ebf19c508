//! The scenes. Each is started by what starts it in production alone: the queue's length, what
//! EC2 and Auto Scaling tell of lost instances, the schedule, or, for a dry run, somebody's hand.

mod cannot_launch;
mod capacity_before_price;
mod dry_run;
mod expected;
mod interruption;
mod jobs_to_do;
mod market;
mod more_than_one;
mod no_more_jobs;
mod recent_failures;
mod return_to_spot;
mod running_spot;
mod several_stacks;
mod share_of_on_demand;
mod told;

use std::time::Duration;

use anyhow::Result;
use clap::ValueEnum;

use crate::{cloud::Cloud, needs::Needs, stage::Stage};
use cannot_launch::cannot_launch;
use capacity_before_price::capacity_before_price;
use dry_run::dry_run;
use expected::{NO_SPOT_CAPACITY, ON_DEMAND, SPOT};
use interruption::interruption;
use jobs_to_do::one_job;
use market::{CHEAP, DEAR};
use more_than_one::more_than_one;
use no_more_jobs::no_more_jobs;
use recent_failures::recent_failures;
use return_to_spot::return_to_spot;
use several_stacks::several_stacks;
use share_of_on_demand::share_of_on_demand;
use told::told;

/// What any step of a scene may take; all of them together take far less.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the example workers launch where no parameter says otherwise.
const INSTANCE_TYPE: &str = "g4dn.xlarge";

/// Sets prices of spot below the example's limit, for whoever plays without a scene.
pub(crate) fn make_spot_cheap(cloud: &Cloud) {
    market::set_prices(&cloud.local, INSTANCE_TYPE, CHEAP);
}

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
    /// Many jobs wait: one execution brings two spot instances and one on-demand.
    MoreThanOne,
    /// The cheapest zone has a low placement score: spot is chosen for another one.
    CapacityBeforePrice,
    /// Spot above 60 % of the on-demand price means on-demand; below it, spot.
    ShareOfOnDemand,
    /// On-demand runs and spot gets cheaper: the schedule lets spot take over.
    ReturnToSpot,
    /// EC2 warns that it takes a spot instance back: another pool replaces it.
    Interruption,
    /// A spot instance is gone and none can be launched: on-demand without any alarm.
    CannotLaunch,
    /// One deployment serves two stacks, each with a limit of its own.
    SeveralStacks,
    /// Every decision and fallback is told to whoever subscribes.
    Told,
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
            Self::MoreThanOne => "Many jobs wait: one execution brings three instances",
            Self::CapacityBeforePrice => {
                "The cheapest zone has a low placement score: spot, but for another zone"
            }
            Self::ShareOfOnDemand => {
                "Spot above 60 % of the on-demand price: on-demand; below it: spot, and the saving"
            }
            Self::ReturnToSpot => "On-demand runs and spot gets cheaper: spot takes over",
            Self::Interruption => "EC2 takes a spot instance back: another pool replaces it",
            Self::CannotLaunch => {
                "A spot instance is gone and none can be launched: on-demand, without any alarm"
            }
            Self::SeveralStacks => "One deployment serves two stacks, each with its own limit",
            Self::Told => "Whoever subscribes is told of the decision and of the fallback",
        }
    }

    /// What it needs deployed. A scene that changes a setting, or that events of EC2 and Auto
    /// Scaling start, has stacks of its own, on which nothing else happens.
    pub(crate) fn needs(self) -> Needs {
        match self {
            Self::MoreThanOne => more_than_one::NEEDS,
            Self::CapacityBeforePrice => capacity_before_price::NEEDS,
            Self::ShareOfOnDemand => share_of_on_demand::NEEDS,
            Self::ReturnToSpot => return_to_spot::NEEDS,
            Self::Interruption => interruption::NEEDS,
            Self::CannotLaunch => cannot_launch::NEEDS,
            Self::SeveralStacks => several_stacks::NEEDS,
            Self::Told => told::NEEDS,
            Self::SpotIsCheap
            | Self::SpotIsDear
            | Self::NoSpotCapacity
            | Self::NoMoreJobs
            | Self::RecentFailures
            | Self::DryRun => Needs::USUAL,
        }
    }

    /// Plays the scene; the error says what was not as expected. Gives the execution's ARN.
    pub(crate) async fn play(self, stage: &Stage<'_>) -> Result<Option<String>> {
        // Boxed, so that no scene's future lies within this one.
        let arn = match self {
            Self::SpotIsCheap => Box::pin(one_job(stage, CHEAP, true, &SPOT)).await?.arn,
            Self::SpotIsDear => Box::pin(one_job(stage, DEAR, true, &ON_DEMAND)).await?.arn,
            Self::NoSpotCapacity => {
                let expected = &NO_SPOT_CAPACITY;
                Box::pin(one_job(stage, CHEAP, false, expected)).await?.arn
            }
            Self::NoMoreJobs => {
                Box::pin(no_more_jobs(stage)).await?;
                return Ok(None);
            }
            Self::RecentFailures => Box::pin(recent_failures(stage)).await?,
            Self::DryRun => Box::pin(dry_run(stage)).await?,
            Self::MoreThanOne => Box::pin(more_than_one(stage)).await?,
            Self::CapacityBeforePrice => Box::pin(capacity_before_price(stage)).await?,
            Self::ShareOfOnDemand => Box::pin(share_of_on_demand(stage)).await?,
            Self::ReturnToSpot => Box::pin(return_to_spot(stage)).await?,
            Self::Interruption => Box::pin(interruption(stage)).await?,
            Self::CannotLaunch => Box::pin(cannot_launch(stage)).await?,
            Self::SeveralStacks => Box::pin(several_stacks(stage)).await?,
            Self::Told => Box::pin(told(stage)).await?,
        };
        Ok(Some(arn))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scene_with_stacks_of_its_own_gives_them_its_name() {
        for scene in Scene::value_variants() {
            let workers = scene.needs().workers;
            assert!(
                workers == Needs::USUAL.workers || workers == scene.name(),
                "{scene:?} has {workers}"
            );
        }
    }
}

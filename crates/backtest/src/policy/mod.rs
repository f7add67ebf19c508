//! What is played: SpotManager, and what it is measured against.

mod clairvoyant;
mod plain_rule;
mod spot_manager;

use std::fmt;

use spotmanager_domain::{Market, settings::LaunchBy};

use crate::{
    Fleet, Trial,
    world::{Event, World},
};
pub(crate) use clairvoyant::bound;
use plain_rule::PlainRule;
use spot_manager::SpotManager;

/// A policy that scales the two groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Never spot.
    AlwaysOnDemand,
    /// Spot, however long it takes: what one group with a mixed instances policy does, and the
    /// original if the price is within its limit.
    EndlessRetry,
    /// Spot if there is any, otherwise on-demand after the fallback time, and no return.
    PlainRule,
    /// What this project does, with this `LaunchBy`.
    SpotManager(LaunchBy),
    /// The same, with LaunchInstances: what a zone does not give is known at once, and is asked of the
    /// next zone and of on-demand in the same step.
    LaunchInstances,
    /// Knows when spot ends and begins, changes over at once and at no cost, and loses no work.
    Clairvoyant,
}

impl Policy {
    /// All, in the order in which they are reported. Without a queue each `LaunchBy` brings one
    /// instance for an alarm, so the default stands for all.
    pub fn all(fleet: &Fleet) -> impl Iterator<Item = Self> + use<> {
        let ways: &[LaunchBy] = if fleet.has_queue() {
            &[LaunchBy::ScalingPolicy, LaunchBy::DesiredCapacity]
        } else {
            &[LaunchBy::Automatic]
        };
        let before = [Self::AlwaysOnDemand, Self::EndlessRetry, Self::PlainRule];
        before
            .into_iter()
            .chain(ways.iter().copied().map(Self::SpotManager))
            .chain([Self::Clairvoyant])
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::AlwaysOnDemand => "always on-demand",
            Self::EndlessRetry => "spot with endless retry, and the original",
            Self::PlainRule => "plain rule",
            Self::SpotManager(LaunchBy::Automatic) => "SpotManager",
            Self::SpotManager(launch_by) => return f.pad(&format!("SpotManager, {launch_by}")),
            Self::LaunchInstances => "SpotManager, launch-instances",
            Self::Clairvoyant => "clairvoyant",
        })
    }
}

/// A policy with what it remembers.
#[derive(Debug)]
pub(crate) enum Player<'a> {
    One(Market),
    Plain(PlainRule),
    SpotManager(Box<SpotManager<'a>>),
}

impl<'a> Player<'a> {
    pub(crate) fn new(policy: Policy, world: &World<'_>, trial: Trial<'a>) -> Self {
        match policy {
            Policy::AlwaysOnDemand => Self::One(Market::OnDemand),
            // The clairvoyant one is not played, but counted.
            Policy::EndlessRetry | Policy::Clairvoyant => Self::One(Market::Spot),
            Policy::PlainRule => Self::Plain(PlainRule::default()),
            Policy::SpotManager(launch_by) => {
                Self::SpotManager(Box::new(SpotManager::new(world, launch_by, trial)))
            }
            Policy::LaunchInstances => {
                let launch_by = LaunchBy::DesiredCapacity;
                Self::SpotManager(Box::new(
                    SpotManager::new(world, launch_by, trial).launching(),
                ))
            }
        }
    }

    pub(crate) fn on(&mut self, event: Event, world: &mut World<'_>) {
        match self {
            // These look at the queue themselves.
            Self::One(_) | Self::Plain(_) => {}
            Self::SpotManager(spot_manager) => spot_manager.on(event, world),
        }
    }

    /// What it does at any time.
    pub(crate) fn step(&mut self, world: &mut World<'_>) {
        match self {
            Self::One(market) => world.scale_up(*market, world.wanted_more()),
            Self::Plain(rule) => rule.step(world),
            Self::SpotManager(spot_manager) => spot_manager.step(world),
        }
    }

    /// How many executions have begun.
    pub(crate) fn executions(&self) -> u64 {
        match self {
            Self::One(_) | Self::Plain(_) => 0,
            Self::SpotManager(spot_manager) => spot_manager.executions(),
        }
    }
}

//! What is played: SpotManager, and what it is measured against.

mod clairvoyant;
mod plain_rule;
mod spot_manager;

use std::fmt;

use spotmanager_domain::Market;

use crate::world::{Event, World};
pub(crate) use clairvoyant::bound;
use plain_rule::PlainRule;
use spot_manager::SpotManager;

/// A policy that scales the two groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    /// Never spot.
    AlwaysOnDemand,
    /// Spot, however long it takes: what one group with a mixed instances policy does, and the
    /// original where the price is within its limit.
    EndlessRetry,
    /// Spot where there is any, else on-demand after the fallback time, and no return.
    PlainRule,
    /// What this project does.
    SpotManager,
    /// Knows when spot ends and begins, changes over at once and at no cost, and lets no job wait.
    Clairvoyant,
}

impl Policy {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 5] = [
        Self::AlwaysOnDemand,
        Self::EndlessRetry,
        Self::PlainRule,
        Self::SpotManager,
        Self::Clairvoyant,
    ];
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::AlwaysOnDemand => "always on-demand",
            Self::EndlessRetry => "spot with endless retry, and the original",
            Self::PlainRule => "plain rule",
            Self::SpotManager => "SpotManager",
            Self::Clairvoyant => "clairvoyant",
        })
    }
}

/// A policy with what it remembers.
#[derive(Debug)]
pub(crate) enum Player {
    One(Market),
    Plain(PlainRule),
    SpotManager(Box<SpotManager>),
}

impl Player {
    pub(crate) fn new(policy: Policy, world: &World<'_>) -> Self {
        match policy {
            Policy::AlwaysOnDemand => Self::One(Market::OnDemand),
            // The clairvoyant one is not played, but counted.
            Policy::EndlessRetry | Policy::Clairvoyant => Self::One(Market::Spot),
            Policy::PlainRule => Self::Plain(PlainRule::default()),
            Policy::SpotManager => Self::SpotManager(Box::new(SpotManager::new(world))),
        }
    }

    pub(crate) fn on(&mut self, event: Event, world: &mut World<'_>) {
        match self {
            Self::One(market) => {
                if event == Event::JobsToDo {
                    world.scale(*market, 1);
                }
            }
            Self::Plain(rule) => rule.on(event, world),
            Self::SpotManager(spot_manager) => spot_manager.on(event, world),
        }
    }

    /// What it does at any time.
    pub(crate) fn step(&mut self, world: &mut World<'_>) {
        match self {
            Self::One(_) => {}
            Self::Plain(rule) => rule.step(world),
            Self::SpotManager(spot_manager) => spot_manager.step(world),
        }
    }
}

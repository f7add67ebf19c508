//! Spot where there is any, else on-demand after the fallback time, and no return.

use spotmanager_domain::Market;

use crate::world::{Event, World};

/// Since when the spot group has had less than it was asked for.
#[derive(Debug, Default)]
pub(crate) struct PlainRule {
    without_since: Option<u64>,
}

impl PlainRule {
    pub(crate) fn on(&mut self, event: Event, world: &mut World<'_>) {
        let is_empty = world.on_demand.capacity(world.now).desired_capacity == 0;
        if event == Event::JobsToDo && is_empty {
            world.scale(Market::Spot, 1);
        }
    }

    pub(crate) fn step(&mut self, world: &mut World<'_>) {
        let spot = world.spot.capacity(world.now);
        if spot.is_served() {
            self.without_since = None;
            return;
        }
        let since = *self.without_since.get_or_insert(world.now);
        if world.now - since >= u64::from(world.timings.spot_capacity_timeout) {
            self.without_since = None;
            world.scale(Market::Spot, 0);
            world.scale(Market::OnDemand, 1);
        }
    }
}

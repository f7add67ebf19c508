//! Spot if there is any, otherwise on-demand after the fallback time, and no return.

use spotmanager_domain::Market;

use crate::world::World;

/// Since when the spot group has had less than it was asked for.
#[derive(Debug, Default)]
pub(crate) struct PlainRule {
    without_since: Option<u64>,
}

impl PlainRule {
    pub(crate) fn step(&mut self, world: &mut World<'_>) {
        world.scale_up(Market::Spot, world.wanted_more());
        let spot = world.spot.capacity(world.now);
        if spot.is_served() {
            self.without_since = None;
            return;
        }
        let since = *self.without_since.get_or_insert(world.now);
        if world.now - since >= u64::from(world.timings.spot_capacity_timeout) {
            self.without_since = None;
            let has = spot.in_service + spot.pending;
            world.scale(Market::Spot, has);
            world.scale_up(Market::OnDemand, spot.desired_capacity - has);
        }
    }
}

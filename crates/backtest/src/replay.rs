//! A policy, played over a trace.

use crate::{Outcome, Policy, STEP_SECONDS, Scene, Trace, policy::Player, world::World};

/// Plays a policy from the begin of the traces to the end of the shortest.
#[must_use]
pub fn replay(policy: Policy, scene: Scene<'_>) -> Outcome {
    let shortest = scene.traces.iter().map(Trace::seconds).min().unwrap_or(0);
    let end = shortest - shortest % u64::from(STEP_SECONDS);
    let arrivals = scene.jobs.arrivals(end);
    if policy == Policy::Clairvoyant {
        return crate::policy::bound(scene, arrivals, end);
    }
    let mut world = World::new(scene, arrivals);
    let mut player = Player::new(policy, &world);
    while world.now < end {
        let events = world.step();
        for event in events {
            player.on(event, &mut world);
        }
        player.step(&mut world);
        world.count();
    }
    world.outcome()
}

#[cfg(test)]
mod tests;

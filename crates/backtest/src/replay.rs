//! A policy, played over a trace.

use crate::{
    Outcome, Played, Policy, STEP_SECONDS, Scene, Trace, Trial,
    policy::{Player, bound},
    world::World,
};

/// Plays a policy from the begin of the traces to the end of the shortest.
#[must_use]
pub fn replay(policy: Policy, scene: Scene<'_>) -> Outcome {
    play(policy, scene, Trial::default()).outcome
}

/// The same in a trial, with what a study asks in addition.
#[must_use]
pub fn play(policy: Policy, scene: Scene<'_>, trial: Trial<'_>) -> Played {
    let shortest = scene.traces.iter().map(Trace::seconds).min().unwrap_or(0);
    let end = shortest - shortest % u64::from(STEP_SECONDS);
    let arrivals = scene.jobs.arrivals(end);
    if policy == Policy::Clairvoyant {
        return bound(scene, trial, arrivals, end);
    }
    let mut world = World::new(scene, arrivals);
    let mut player = Player::new(policy, &world, trial);
    while world.now < end {
        let events = world.step();
        for event in events {
            player.on(event, &mut world);
        }
        player.step(&mut world);
        world.count();
    }
    world.played(player.executions())
}

#[cfg(test)]
mod tests;

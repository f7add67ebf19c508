//! A policy, played over a trace.

use crate::{Jobs, Outcome, Policy, Timings, Trace, policy::Player, world::World};

/// What every policy is played with.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// One for each Availability Zone that the spot group has subnets in.
    pub traces: &'a [Trace],
    /// When jobs come.
    pub jobs: Jobs,
    /// How long things take.
    pub timings: Timings,
}

/// Plays a policy from the begin of the traces to the end of the shortest.
#[must_use]
pub fn replay(policy: Policy, scene: Scene<'_>) -> Outcome {
    let end = scene.traces.iter().map(Trace::seconds).min().unwrap_or(0);
    let arrivals = scene.jobs.arrivals(end);
    if policy == Policy::Clairvoyant {
        return crate::policy::bound(scene, arrivals, end);
    }
    let mut world = World::new(
        scene.traces,
        scene.timings,
        scene.jobs.job_seconds,
        arrivals,
    );
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

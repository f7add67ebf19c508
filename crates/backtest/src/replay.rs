//! A policy, played over a trace.

use crate::{Outcome, Policy, Scene, Trace, policy::Player, world::World};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Jobs, Prices, Timings};

    /// Four days of probes every ten minutes.
    fn trace(available: impl Fn(usize) -> bool) -> Trace {
        trace_of("a", available)
    }

    fn trace_of(zone: &str, available: impl Fn(usize) -> bool) -> Trace {
        Trace::new(zone, 600, (0..576).map(available).collect()).unwrap()
    }

    fn played(policy: Policy, traces: &[Trace]) -> Outcome {
        let jobs = Jobs {
            load: 0.6,
            job_seconds: 240,
            seed: 7,
        };
        let timings = Timings::default();
        replay(
            policy,
            Scene {
                traces,
                jobs,
                timings,
            },
        )
    }

    #[test]
    fn where_spot_can_always_be_had_it_alone_is_used() {
        let traces = [trace(|_| true)];
        let outcome = played(Policy::SpotManager, &traces);
        assert_eq!(outcome, played(Policy::EndlessRetry, &traces));
        assert_eq!(outcome, played(Policy::PlainRule, &traces));
        assert_eq!((outcome.on_demand_seconds, outcome.switches), (0, 0));
        assert!(outcome.jobs_done > 500, "{outcome:?}");
    }

    #[test]
    fn where_there_is_no_spot_jobs_are_done_on_demand() {
        let traces = [trace(|_| false)];
        let outcome = played(Policy::SpotManager, &traces);
        let always = played(Policy::AlwaysOnDemand, &traces);
        assert_eq!(outcome.spot_seconds, 0);
        assert_eq!(outcome.jobs_done, always.jobs_done);
        // A period of the alarm, and one look at the failed launch.
        assert!(outcome.longest_wait_seconds <= 75, "{outcome:?}");
        let plain = played(Policy::PlainRule, &traces);
        assert!(
            outcome.waited_seconds * 2 <= plain.waited_seconds,
            "{plain:?}"
        );
        assert_eq!(played(Policy::EndlessRetry, &traces).jobs_done, 0);
    }

    #[test]
    fn where_spot_comes_and_goes_it_costs_less_than_on_demand_and_more_than_the_bound() {
        let traces = [trace(|probe| probe / 6 % 2 == 0)];
        let prices = Prices {
            spot: 1.into(),
            on_demand: 3.into(),
        };
        let usd = |policy| played(policy, &traces).usd(prices);
        let outcome = played(Policy::SpotManager, &traces);
        assert!(
            outcome.interruptions > 10 && outcome.switches > 20,
            "{outcome:?}"
        );
        assert!(usd(Policy::SpotManager) < usd(Policy::AlwaysOnDemand));
        assert!(usd(Policy::SpotManager) > usd(Policy::Clairvoyant));
        let another = Jobs {
            load: 0.6,
            job_seconds: 240,
            seed: 8,
        };
        let scene = Scene {
            traces: &traces,
            jobs: another,
            timings: Timings::default(),
        };
        assert_ne!(replay(Policy::SpotManager, scene), outcome);
    }

    #[test]
    fn a_second_zone_is_taken_where_the_first_has_none() {
        let traces = [trace_of("a", |_| false), trace_of("b", |_| true)];
        let outcome = played(Policy::SpotManager, &traces);
        assert_eq!(outcome.interruptions, 0);
        assert!(
            outcome.spot_seconds > 10 * outcome.on_demand_seconds,
            "{outcome:?}"
        );
    }
}

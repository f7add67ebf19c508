//! Groups of several instances.

use spotmanager_domain::settings::LaunchBy;

use crate::{
    Fleet, Jobs, Outcome, Policy, Prices, Scene, Timings, Trace, TraceKind, replay::replay,
};

const DESIRED_CAPACITY: Policy = Policy::SpotManager(LaunchBy::DesiredCapacity);
const SCALING_POLICY: Policy = Policy::SpotManager(LaunchBy::ScalingPolicy);

/// Four days of probes every ten minutes.
fn trace(kind: TraceKind, count: impl Fn(u32) -> u32) -> [Trace; 1] {
    let counts = (0..576).map(count).collect();
    [Trace::new("a", kind, 600, counts).unwrap()]
}

fn availability(count: impl Fn(u32) -> u32) -> [Trace; 1] {
    trace(TraceKind::Availability, count)
}

/// Batches of 40 jobs, 40 minutes apart on average, of which each instance may have five before it.
fn scene(traces: &[Trace]) -> Scene<'_> {
    Scene {
        traces,
        jobs: Jobs {
            load: 4.0,
            job_seconds: 240,
            at_once: 40,
            seed: 7,
        },
        timings: Timings::default(),
        fleet: Fleet {
            target_backlog_per_instance: 5.into(),
            ..Fleet::of(16)
        },
    }
}

fn played(policy: Policy, traces: &[Trace]) -> Outcome {
    replay(policy, scene(traces))
}

fn usd(outcome: Outcome) -> rust_decimal::Decimal {
    outcome.usd(Prices {
        spot: 1.into(),
        on_demand: 3.into(),
    })
}

fn arrived(traces: &[Trace]) -> u64 {
    let arrivals = scene(traces).jobs.arrivals(traces[0].seconds());
    u64::try_from(arrivals.len()).unwrap()
}

#[test]
fn where_there_is_spot_for_all_it_alone_is_used_and_no_job_restarts() {
    let traces = availability(|_| 16);
    for policy in Policy::all(&scene(&traces).fleet) {
        let outcome = played(policy, &traces);
        if policy == Policy::AlwaysOnDemand {
            assert_eq!(outcome.spot_seconds, 0);
        } else {
            assert_eq!(outcome.on_demand_seconds, 0, "{policy}");
        }
        assert_eq!((outcome.interruptions, outcome.jobs_restarted), (0, 0));
        // All but those of the end.
        let left = arrived(&traces) - outcome.jobs_done;
        assert!(left <= 160, "{policy}: {left}");
    }
}

#[test]
fn as_many_as_the_queue_needs_let_jobs_wait_less_than_one_after_the_other() {
    let traces = availability(|_| 16);
    let bound = played(Policy::Clairvoyant, &traces).jobs_waited_seconds;
    let beyond = |policy| played(policy, &traces).jobs_waited_seconds - bound;
    let (at_once, by_policy) = (beyond(DESIRED_CAPACITY), beyond(SCALING_POLICY));
    assert!(at_once * 2 <= by_policy, "{at_once} and {by_policy}");
}

#[test]
fn the_clairvoyant_takes_spot_up_to_the_count_and_on_demand_for_the_rest() {
    let all = played(Policy::Clairvoyant, &availability(|_| 16));
    let half = played(Policy::Clairvoyant, &availability(|_| 4));
    let none = played(Policy::Clairvoyant, &availability(|_| 0));
    for one in [half, none] {
        let instances = one.spot_seconds + one.on_demand_seconds;
        assert_eq!(instances, all.spot_seconds);
        assert_eq!(one.jobs_waited_seconds, all.jobs_waited_seconds);
    }
    // A batch has eight instances at once, half of which are spot.
    assert!(half.spot_seconds > 0 && half.on_demand_seconds > 0);
    assert_eq!(none.spot_seconds, 0);
    assert!(usd(all) < usd(half) && usd(half) < usd(none));
}

#[test]
fn the_clairvoyant_has_what_the_sizing_rule_wants_at_once() {
    // One batch of 40 jobs at the begin of a second: eight instances have five jobs each.
    let traces = availability(|_| 16);
    let jobs = Jobs {
        load: 0.1,
        ..scene(&traces).jobs
    };
    let one = Scene {
        jobs,
        ..scene(&traces)
    };
    let batches = u64::try_from(jobs.arrivals(traces[0].seconds()).len() / 40).unwrap();
    assert!(batches > 0);
    let outcome = replay(Policy::Clairvoyant, one);
    assert_eq!(outcome.jobs_done, 40 * batches);
    // The second of each instance waits for one job, the fifth for four.
    let waited = 8 * 240 * (1 + 2 + 3 + 4) * batches;
    assert_eq!(outcome.jobs_waited_seconds, waited);
}

#[test]
fn what_spot_lacks_is_asked_of_on_demand() {
    let traces = availability(|_| 4);
    for policy in [DESIRED_CAPACITY, SCALING_POLICY, Policy::PlainRule] {
        let outcome = played(policy, &traces);
        assert!(outcome.on_demand_seconds > 0, "{policy}: {outcome:?}");
        assert!(outcome.spot_seconds > 0, "{policy}: {outcome:?}");
        assert_eq!(outcome.interruptions, 0, "{policy}");
    }
    let spot_alone = played(Policy::EndlessRetry, &traces);
    assert_eq!(spot_alone.on_demand_seconds, 0);
    let bound = played(Policy::Clairvoyant, &traces);
    assert!(spot_alone.jobs_waited_seconds > 2 * bound.jobs_waited_seconds);
}

#[test]
fn jobs_of_instances_that_are_taken_back_restart_and_are_done_all_the_same() {
    let traces = availability(|probe| if probe % 6 < 3 { 16 } else { 2 });
    let outcome = played(DESIRED_CAPACITY, &traces);
    assert!(outcome.interruptions > 100, "{outcome:?}");
    assert!(outcome.jobs_restarted > 50, "{outcome:?}");
    assert!(outcome.jobs_restarted <= arrived(&traces));
    assert!(outcome.jobs_done + 300 > arrived(&traces), "{outcome:?}");
    assert!(usd(outcome) < usd(played(Policy::AlwaysOnDemand, &traces)));
}

#[test]
fn a_trace_of_preemptions_takes_instances_back_and_never_lacks_them() {
    let traces = trace(
        TraceKind::Preemption,
        |probe| if probe % 6 < 3 { 4 } else { 0 },
    );
    let bound = played(Policy::Clairvoyant, &traces);
    assert_eq!(bound.on_demand_seconds, 0);
    let always = played(Policy::EndlessRetry, &traces);
    assert!(always.interruptions > 100, "{always:?}");
    assert!(always.interruptions <= u64::from(traces[0].preemptions()));
    assert!(always.jobs_restarted > 0);
    assert!(always.jobs_done + 200 > arrived(&traces));
}

#[test]
fn any_gap_is_played_and_zones_of_different_length_up_to_the_shortest() {
    for gap in [34, 195, 300] {
        let zone = |zone, probes: usize| {
            let counts = [3, 3, 0, 8].repeat(probes);
            Trace::new(zone, TraceKind::Availability, gap, counts).unwrap()
        };
        let traces = [zone("a", 200), zone("b", 150)];
        let short = Jobs {
            job_seconds: 30,
            ..scene(&traces).jobs
        };
        for policy in Policy::all(&scene(&traces).fleet) {
            let scene = Scene {
                jobs: short,
                ..scene(&traces)
            };
            let outcome = replay(policy, scene);
            let most = 32 * traces[1].seconds();
            assert!(outcome.spot_seconds + outcome.on_demand_seconds <= most);
            assert!(outcome.jobs_done > 0, "{gap} {policy}");
        }
    }
}

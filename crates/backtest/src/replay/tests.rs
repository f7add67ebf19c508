mod fleets;
mod trials;

use super::*;
use crate::{Fleet, Jobs, Prices, Timings, TraceKind};
use spotmanager_domain::settings::LaunchBy;

const SPOT_MANAGER: Policy = Policy::SpotManager(LaunchBy::Automatic);

/// Four days of probes every ten minutes.
fn trace(available: impl Fn(usize) -> bool) -> Trace {
    trace_of("a", available)
}

fn trace_of(zone: &str, available: impl Fn(usize) -> bool) -> Trace {
    probed(zone, 600, (0..576).map(available))
}

fn probed(zone: &str, gap_seconds: u32, available: impl Iterator<Item = bool>) -> Trace {
    let counts = available.map(u32::from).collect();
    Trace::new(zone, TraceKind::Availability, gap_seconds, counts).unwrap()
}

fn played(policy: Policy, traces: &[Trace]) -> Outcome {
    let timings = Timings::default();
    replay(
        policy,
        Scene {
            traces,
            jobs: jobs(0.6),
            timings,
            fleet: Fleet::of(1),
        },
    )
}

fn jobs(load: f64) -> Jobs {
    Jobs {
        load,
        job_seconds: 240,
        at_once: 1,
        seed: 7,
    }
}

/// More jobs than one instance does, so that no alarm rises after the first.
fn busy(traces: &[Trace], return_to_spot: u32) -> Outcome {
    let timings = Timings {
        return_to_spot,
        ..Timings::default()
    };
    let scene = Scene {
        traces,
        jobs: jobs(1.5),
        timings,
        fleet: Fleet::of(1),
    };
    replay(SPOT_MANAGER, scene)
}

/// Four days of probes each minute; spot ends so many minutes after the first alarm.
fn ends_after_the_first_alarm(minutes: u64) -> Trace {
    let first = jobs(1.5).arrivals(86_400)[0].div_ceil(60);
    let available = (0..5_760).map(|minute| minute < first + minutes);
    probed("a", 60, available)
}

#[test]
fn an_instance_in_service_is_replaced_before_ec2_takes_it_back() {
    let outcome = busy(&[ends_after_the_first_alarm(10)], 0);
    assert_eq!(outcome.interruptions, 1);
    assert_eq!(outcome.switches, 1);
    // A period of the alarm, and a step until the group launches.
    assert!(outcome.waited_seconds <= 65, "{outcome:?}");
    assert!(outcome.jobs_done > 1_400, "{outcome:?}");
}

#[test]
fn an_instance_that_is_lost_while_it_launches_gives_way_once_its_group_cannot_replace_it() {
    let outcome = busy(&[ends_after_the_first_alarm(1)], 0);
    assert_eq!(outcome.interruptions, 1);
    assert_eq!(outcome.switches, 1);
    let in_service = busy(&[ends_after_the_first_alarm(10)], 0);
    let more = outcome.waited_seconds - in_service.waited_seconds;
    // Until the group's next attempt, and the check after it.
    assert!((5..=45).contains(&more), "{outcome:?}");
    assert!(outcome.jobs_done > 1_400, "{outcome:?}");
}

#[test]
fn a_return_whose_instance_ec2_takes_back_at_once_leaves_on_demand_as_it_is() {
    // The tick of 5,400 s brings an instance at 5,465; the return looks at 5,475.
    let seconds = (0..69_120).map(|probe| probe * 5);
    let available = seconds.map(|second| (5_000..5_470).contains(&second));
    let outcome = busy(&[probed("a", 5, available)], 900);
    let never = busy(&[trace(|_| false)], 900);
    assert_eq!((outcome.interruptions, outcome.switches), (1, 1));
    assert_eq!(outcome.waited_seconds, never.waited_seconds);
    assert_eq!(outcome.on_demand_seconds, never.on_demand_seconds);
}

#[test]
fn spot_takes_over_at_the_first_tick_after_it_is_back() {
    let traces = [trace(|probe| probe >= 6)];
    let outcome = busy(&traces, 900);
    let rest = u64::try_from(576 - 6).unwrap() * 600;
    assert_eq!(outcome.interruptions, 0);
    // A tick, a launch and the check after it.
    assert!(outcome.spot_seconds >= rest - 900, "{outcome:?}");
    assert!(outcome.on_demand_seconds <= 3_600 + 900 + 75, "{outcome:?}");
    let without_schedule = busy(&traces, 0);
    assert_eq!(without_schedule.spot_seconds, 0);
    assert_eq!(without_schedule.waited_seconds, outcome.waited_seconds);
}

#[test]
fn where_spot_can_always_be_had_it_alone_is_used() {
    let traces = [trace(|_| true)];
    let outcome = played(SPOT_MANAGER, &traces);
    assert_eq!(outcome, played(Policy::EndlessRetry, &traces));
    assert_eq!(outcome, played(Policy::PlainRule, &traces));
    assert_eq!((outcome.on_demand_seconds, outcome.switches), (0, 0));
    assert!(outcome.jobs_done > 500, "{outcome:?}");
}

#[test]
fn where_there_is_no_spot_jobs_are_done_on_demand() {
    let traces = [trace(|_| false)];
    let outcome = played(SPOT_MANAGER, &traces);
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
    let outcome = played(SPOT_MANAGER, &traces);
    assert!(
        outcome.interruptions > 10 && outcome.switches > 20,
        "{outcome:?}"
    );
    assert!(usd(SPOT_MANAGER) < usd(Policy::AlwaysOnDemand));
    assert!(usd(SPOT_MANAGER) > usd(Policy::Clairvoyant));
    let another = Jobs {
        seed: 8,
        ..jobs(0.6)
    };
    let scene = Scene {
        traces: &traces,
        jobs: another,
        timings: Timings::default(),
        fleet: Fleet::of(1),
    };
    assert_ne!(replay(SPOT_MANAGER, scene), outcome);
}

#[test]
fn a_second_zone_is_taken_where_the_first_has_none() {
    let traces = [trace_of("a", |_| false), trace_of("b", |_| true)];
    let outcome = played(SPOT_MANAGER, &traces);
    assert_eq!(outcome.interruptions, 0);
    assert!(
        outcome.spot_seconds > 10 * outcome.on_demand_seconds,
        "{outcome:?}"
    );
}

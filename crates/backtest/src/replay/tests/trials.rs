//! What is played otherwise than it is deployed, and with several zones.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use spotmanager_domain::settings::LaunchBy;

use crate::{
    Fleet, Jobs, Played, Policy, Scene, Spread, Timings, Trace, TraceKind, Trial, replay::play,
};

const DESIRED_CAPACITY: Policy = Policy::SpotManager(LaunchBy::DesiredCapacity);

/// Four days of probes every ten minutes.
fn zone(name: &str, count: impl Fn(u32) -> u32) -> Trace {
    let counts = (0..576).map(count).collect();
    Trace::new(name, TraceKind::Availability, 600, counts).unwrap()
}

fn played(policy: Policy, traces: &[Trace], jobs: Jobs, trial: Trial<'_>) -> Played {
    let scene = Scene {
        traces,
        jobs,
        timings: Timings::default(),
        fleet: Fleet {
            target_backlog_per_instance: 5.into(),
            ..Fleet::of(16)
        },
    };
    play(policy, scene, trial)
}

/// Batches of 40 jobs, 40 minutes apart on average.
const BATCHES: Jobs = Jobs {
    load: 4.0,
    job_seconds: 240,
    at_once: 40,
    seed: 7,
};

/// Jobs that never cease, so that the alarm rises once.
const STEADY: Jobs = Jobs {
    load: 8.0,
    at_once: 1,
    ..BATCHES
};

fn all_in_the_first(
    units: i32,
    zones: &[spotmanager_domain::scaling::ZonePrice],
) -> Vec<(&str, i32)> {
    let first = zones.first();
    first
        .map(|zone| (zone.zone.as_str(), units))
        .into_iter()
        .collect()
}

#[test]
fn while_the_alarm_lasts_only_a_queue_that_is_read_again_brings_what_is_missing() {
    let traces = [zone("a", |_| 16)];
    let of = |size_again| {
        let trial = Trial {
            size_again,
            ..Trial::default()
        };
        played(DESIRED_CAPACITY, &traces, STEADY, trial)
    };
    let (once, again) = (of(0).outcome, of(300).outcome);
    assert!(
        again.jobs_waited_seconds * 2 < once.jobs_waited_seconds,
        "{once:?} {again:?}"
    );
}

#[test]
fn an_alarm_that_asks_only_for_what_the_queue_lacks_keeps_fewer_instances() {
    let traces = [zone("a", |probe| if probe % 12 < 9 { 16 } else { 0 })];
    let of = |alarm_by_queue| {
        let trial = Trial {
            alarm_by_queue,
            size_again: 300,
            ..Trial::default()
        };
        let outcome = played(DESIRED_CAPACITY, &traces, STEADY, trial).outcome;
        outcome.spot_seconds + outcome.on_demand_seconds
    };
    let (at_least_one, by_queue) = (of(false), of(true));
    assert!(
        by_queue * 10 < at_least_one * 9,
        "{by_queue} {at_least_one}"
    );
}

#[test]
fn what_no_zone_gives_is_asked_of_on_demand_at_once() {
    let traces = [zone("a", |_| 2), zone("b", |_| 3)];
    // So seldom that the groups are empty when a batch comes.
    let seldom = Jobs {
        load: 0.2,
        ..BATCHES
    };
    let of = |policy| played(policy, &traces, seldom, Trial::default()).outcome;
    let bound = of(Policy::Clairvoyant).jobs_waited_seconds;
    let beyond = |policy| of(policy).jobs_waited_seconds - bound;
    let (launched, raised) = (beyond(Policy::LaunchInstances), beyond(DESIRED_CAPACITY));
    assert!(launched < raised, "{launched} {raised}");
    let outcome = of(Policy::LaunchInstances);
    assert!(outcome.spot_seconds > 0 && outcome.on_demand_seconds > 0);
}

#[test]
fn without_any_spot_launch_instances_is_on_demand() {
    let traces = [zone("a", |_| 0)];
    let of = |policy| played(policy, &traces, BATCHES, Trial::default()).outcome;
    let (launched, always) = (of(Policy::LaunchInstances), of(Policy::AlwaysOnDemand));
    assert_eq!(launched.spot_seconds, 0);
    // All but some of a batch at the end.
    assert!(launched.jobs_done + 40 > always.jobs_done, "{launched:?}");
}

#[test]
fn the_rule_spreads_over_the_zones_near_the_cheapest() {
    let traces = [zone("a", |_| 16), zone("b", |_| 16), zone("c", |_| 16)];
    let prices = [120, 100, 105].map(|cents| Decimal::new(cents, 2));
    let seconds = |trial: Trial<'_>| {
        let played = played(Policy::LaunchInstances, &traces, BATCHES, trial);
        assert_eq!(played.outcome.interruptions, 0);
        let sum: u64 = played.spot_seconds.iter().sum();
        assert_eq!(sum, played.outcome.spot_seconds);
        [0, 1, 2].map(|zone| played.spot_seconds[zone])
    };
    let trial = Trial {
        zone_prices: &prices,
        ..Trial::default()
    };
    let [dear, cheapest, near] = seconds(trial);
    assert_eq!(dear, 0);
    assert!(
        near * 10 > cheapest * 8 && cheapest >= near,
        "{cheapest} {near}"
    );
    let all: Spread = all_in_the_first;
    let [dear, cheapest, near] = seconds(Trial {
        spread: all,
        ..trial
    });
    assert!(cheapest > 0 && dear == 0 && near == 0);
}

#[test]
fn fewer_are_lost_at_once_in_two_zones_than_in_one() {
    // Each zone is lost every two hours, at another time than the other.
    let traces = [
        zone("a", |probe| if probe % 12 == 3 { 0 } else { 16 }),
        zone("b", |probe| if probe % 12 == 9 { 0 } else { 16 }),
    ];
    let lost = |spread: Spread| {
        let trial = Trial {
            spread,
            ..Trial::default()
        };
        let played = played(Policy::LaunchInstances, &traces, BATCHES, trial);
        let all = played.warned_at.len();
        assert_eq!(all, usize::try_from(played.outcome.interruptions).unwrap());
        let times: BTreeSet<_> = played.warned_at.into_iter().collect();
        all * 100 / times.len()
    };
    let (spread, in_one) = (lost(Trial::default().spread), lost(all_in_the_first));
    assert!(spread * 10 < in_one * 9, "{spread} {in_one}");
}

#[test]
fn the_clairvoyant_takes_the_zones_that_cost_least() {
    let traces = [zone("a", |_| 16), zone("b", |_| 2)];
    let prices = [Decimal::TWO, Decimal::ONE];
    let trial = Trial {
        zone_prices: &prices,
        ..Trial::default()
    };
    let bound = played(Policy::Clairvoyant, &traces, BATCHES, trial);
    let [a, b] = [bound.spot_seconds[0], bound.spot_seconds[1]];
    assert_eq!(a + b, bound.outcome.spot_seconds);
    // Of a batch's eight instances two are in the zone that costs less, and those go last.
    assert!(b > 0 && a < 4 * b && a > b, "{a} {b}");
    assert_eq!(
        bound.usd(&prices, Decimal::TEN) * Decimal::from(3_600),
        (2 * a + b).into()
    );
}

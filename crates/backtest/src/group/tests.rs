use proptest::prelude::*;

use super::*;
use crate::TraceKind;

fn trace(zone: &str, counts: &[u32]) -> Trace {
    Trace::new(zone, TraceKind::Availability, 300, counts.to_vec()).unwrap()
}

fn spot(desired: i32) -> SimulatedGroup {
    let mut group = SimulatedGroup::new(Market::Spot, 8);
    group.set_desired(desired, 0);
    group
}

/// Steps until `end`, and gives the warnings and the failed launches.
fn play(group: &mut SimulatedGroup, traces: &[Trace], end: u64) -> (Vec<String>, usize) {
    let (mut warned, mut failed) = (Vec::new(), 0);
    for now in (0..end).step_by(5) {
        let happened = group.step(now, traces, &Timings::default());
        warned.extend(happened.warned);
        failed += usize::from(happened.launch_failed);
    }
    (warned, failed)
}

fn sizes(group: &SimulatedGroup, now: u64) -> [i32; 3] {
    let capacity = group.capacity(now);
    let (desired, pending) = (capacity.desired_capacity, capacity.pending);
    [desired, capacity.in_service, pending]
}

#[test]
fn as_many_are_launched_as_there_are_and_the_rest_is_tried_again() {
    let mut group = spot(5);
    let traces = [trace("a", &[3, 8])];
    group.step(0, &traces, &Timings::default());
    assert_eq!(sizes(&group, 0), [5, 0, 3]);
    let (warned, failed) = play(&mut group, &traces, 305);
    assert!(warned.is_empty());
    // Every 30 seconds, until there are more.
    assert_eq!(failed, 9);
    assert_eq!(sizes(&group, 300), [5, 3, 2]);
}

#[test]
fn as_many_are_taken_back_as_the_count_falls_the_oldest_first_and_run_on_for_the_notice() {
    let mut group = spot(4);
    let traces = [trace("a", &[4, 1, 1])];
    let (warned, failed) = play(&mut group, &traces, 305);
    assert_eq!(warned, ["i-1", "i-2", "i-3"]);
    assert_eq!((group.interruptions, failed), (3, 0));
    assert_eq!(sizes(&group, 300), [4, 4, 0]);
    group.step(420, &traces, &Timings::default());
    // One is there, which runs.
    assert_eq!(sizes(&group, 420), [4, 1, 0]);
}

#[test]
fn a_detached_instance_runs_on_and_is_not_launched_again() {
    let mut group = spot(2);
    let traces = [trace("a", &[2, 1])];
    play(&mut group, &traces, 305);
    assert!(group.detach("i-1", true, 300));
    assert!(!group.detach("i-1", true, 300));
    assert_eq!(sizes(&group, 300), [1, 1, 0]);
    assert_eq!(group.instances.len(), 2);
    assert!(!group.step(420, &traces, &Timings::default()).launch_failed);
    assert_eq!(group.instances.len(), 1);
}

#[test]
fn instances_are_spread_over_the_zones_and_an_empty_zone_is_left_out() {
    let mut group = spot(6);
    let traces = [trace("a", &[8]), trace("b", &[1]), trace("c", &[8])];
    let (_, failed) = play(&mut group, &traces, 65);
    assert_eq!(failed, 1);
    let in_zone = |zone| {
        group
            .instances
            .iter()
            .filter(move |one| one.zone == Some(zone))
    };
    let counts = [0, 1, 2].map(|zone| in_zone(zone).count());
    assert_eq!(counts.iter().sum::<usize>(), 6);
    assert_eq!(counts[1], 1);
    assert!(counts[0].abs_diff(counts[2]) <= 1, "{counts:?}");
}

#[test]
fn an_instance_that_is_detached_while_its_group_asks_for_as_many_is_replaced_at_once() {
    let mut group = spot(2);
    let traces = [trace("a", &[8])];
    play(&mut group, &traces, 65);
    assert!(group.detach("i-1", false, 65));
    assert_eq!(sizes(&group, 65), [2, 1, 0]);
    group.step(65, &traces, &Timings::default());
    assert_eq!(sizes(&group, 65), [2, 1, 1]);
    assert_eq!(group.instances.len(), 3);
}

#[test]
fn the_zone_with_the_fewest_instances_is_asked_first() {
    let mut group = spot(0);
    let traces = [trace("a", &[8]), trace("b", &[8])];
    assert_eq!(group.launch_in(0, 3, 0, &traces, &Timings::default()), 3);
    group.set_desired(6, 0);
    group.step(0, &traces, &Timings::default());
    assert_eq!([0, 1].map(|zone| group.running(zone)), [3, 3]);
}

#[test]
fn a_launch_into_a_zone_brings_what_the_zone_and_max_size_allow_and_tries_nothing_again() {
    let mut group = spot(0);
    let traces = [trace("a", &[3, 8]), trace("b", &[8, 8])];
    let timings = Timings::default();
    assert_eq!(group.launch_in(0, 5, 0, &traces, &timings), 3);
    assert_eq!(sizes(&group, 0), [3, 0, 3]);
    assert_eq!(sizes(&group, 60), [3, 3, 0]);
    assert_eq!(group.launch_in(1, 9, 60, &traces, &timings), 5);
    let (_, failed) = play(&mut group, &traces, 600);
    assert_eq!((sizes(&group, 600), failed), ([8, 8, 0], 0));
    assert!(group.activities_since(Timestamp::UNIX_EPOCH).is_empty());
}

#[test]
fn a_zone_that_had_none_is_tried_again_if_no_other_has_any() {
    let mut group = spot(1);
    let traces = [trace("a", &[0, 1]), trace("b", &[0, 0])];
    let (_, failed) = play(&mut group, &traces, 365);
    assert!(failed >= 10, "{failed}");
    assert_eq!(
        group.capacity(365).in_service + group.capacity(365).pending,
        1
    );
}

#[test]
fn what_goes_is_the_newest_and_gives_up_its_job() {
    let mut group = SimulatedGroup::new(Market::OnDemand, 8);
    group.set_desired(9, 0);
    group.step(0, &[], &Timings::default());
    assert_eq!(sizes(&group, 60), [8, 8, 0]);
    for (instance, job) in group.instances.iter_mut().zip(0..) {
        instance.job = Some((240, job));
    }
    assert_eq!(group.set_desired(6, 60), [7, 6]);
    assert_eq!(sizes(&group, 60), [6, 6, 0]);
}

proptest! {
    #[test]
    fn no_more_run_than_there_are_but_for_those_that_are_taken_back(
        counts in prop::collection::vec((0_u32..6, 0_u32..6), 1..20),
        desired in prop::collection::vec(0_i32..9, 1..20),
    ) {
        let (a, b): (Vec<_>, Vec<_>) = counts.iter().copied().unzip();
        let traces = [trace("a", &a), trace("b", &b)];
        let mut group = spot(0);
        for now in (0..traces[0].seconds()).step_by(5) {
            let probe = usize::try_from(now / 300).unwrap();
            group.set_desired(desired[probe % desired.len()], now);
            group.step(now, &traces, &Timings::default());
            for (zone, trace) in traces.iter().enumerate() {
                prop_assert!(group.running(zone) <= trace.available(now));
            }
            let capacity = group.capacity(now);
            let own = capacity.in_service + capacity.pending;
            prop_assert!(own <= capacity.desired_capacity);
            let notices = group.instances.iter().filter_map(|one| one.reclaimed_at);
            prop_assert!(notices.into_iter().all(|at| at > now));
        }
    }
}

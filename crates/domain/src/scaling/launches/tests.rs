//! A group that launches, call by call.

use serde_json::json;

use super::*;
use crate::testing;

/// A group of zones with these shares, as discovered at `from`, which is asked for `most`.
fn launches(from: i32, most: i32, shares: &[i32]) -> GroupLaunches {
    let places = shares.iter().enumerate().map(|(number, units)| {
        let zone = zone(number);
        LaunchPlace {
            units: *units,
            token: ClientToken::new("farm-1", 1, "spot", &zone),
            availability_zone: zone,
        }
    });
    GroupLaunches {
        market: Market::Spot,
        from,
        most,
        adds: false,
        places: places.collect(),
    }
}

fn zone(number: usize) -> String {
    ["a", "b", "c", "d"][number].to_owned()
}

fn token(launches: &GroupLaunches, place: usize, attempt: u32) -> ClientToken {
    launches.places[place].token.attempt(attempt)
}

/// A group of this DesiredCapacity, which it has, with room for 1,000.
fn size(desired: i32) -> Capacity {
    testing::capacity([1_000, desired, desired, 0])
}

/// The calls if each zone has so many left, and how much is counted on in the end.
fn walk(mut launching: Launching<'_>, mut left: Vec<i32>) -> (Vec<(String, i32)>, i32) {
    let mut calls = Vec::new();
    while let Some(call) = launching.next_call() {
        let zone = (0..4).position(|number| zone(number) == call.availability_zone);
        let left = &mut left[zone.unwrap()];
        let came = call.units.min(*left);
        *left -= came;
        launching.came(&call, came);
        // The group is as it should be.
        let desired = launching.desired;
        let after = testing::capacity([launching.before.max_size, desired, desired, 0]);
        assert_eq!(launching.lower_to(after), None);
        calls.push((call.availability_zone, call.units));
        assert!(calls.len() < 100, "{calls:?}");
    }
    (calls, launching.asked())
}

fn asked_in(calls: &[(String, i32)]) -> Vec<(&str, i32)> {
    let calls = calls.iter();
    calls.map(|(zone, units)| (zone.as_str(), *units)).collect()
}

#[test]
fn each_zone_is_asked_for_its_share_and_others_for_what_does_not_come() {
    let found = Tokens::new();
    for (left, calls, asked) in [
        (vec![99, 99, 99], &[("a", 4), ("b", 3)][..], 7),
        // b has 1 of 3, so that a is asked again, and brings it.
        (vec![99, 1, 99], &[("a", 4), ("b", 3), ("a", 2)], 7),
        // Then c, which is too dear for a share.
        (vec![5, 1, 99], &[("a", 4), ("b", 3), ("a", 2), ("c", 1)], 7),
        (vec![0, 0, 99], &[("a", 4), ("b", 3), ("c", 7)], 7),
        (vec![0, 0, 2], &[("a", 4), ("b", 3), ("c", 7)], 2),
        (vec![0, 0, 0], &[("a", 4), ("b", 3), ("c", 7)], 0),
    ] {
        let launches = launches(2, 7, &[4, 3, 0]);
        let launching = Launching::new(&launches, 7, size(2), &found);
        assert_eq!(launching.baseline(), 2);
        let (made, counted) = walk(launching, left.clone());
        assert_eq!(
            (asked_in(&made).as_slice(), counted),
            (calls, asked),
            "{left:?}"
        );
    }
}

#[test]
fn more_than_a_call_may_ask_for_is_asked_in_several() {
    let found = Tokens::new();
    let launches = launches(0, 250, &[250, 0]);
    let launching = Launching::new(&launches, 250, size(0), &found);
    let (calls, asked) = walk(launching.clone(), vec![1_000, 0]);
    assert_eq!(asked_in(&calls), [("a", 100), ("a", 100), ("a", 50)]);
    assert_eq!(asked, 250);
    // A zone that brings less is asked no further.
    let (calls, asked) = walk(launching, vec![130, 0]);
    assert_eq!(asked_in(&calls), [("a", 100), ("a", 100), ("b", 100)]);
    assert_eq!(asked, 130);
    let tokens: Vec<_> = launches.tokens().collect();
    // Three for the share of a, and three of each for what others do not bring.
    assert_eq!(tokens.len(), 9);
}

#[test]
fn what_was_launched_before_is_not_asked_for_again() {
    let launches = launches(2, 7, &[4, 3, 0]);
    let find = |found: &[(usize, u32, i32)]| -> Tokens {
        let found = found.iter();
        found
            .map(|(place, attempt, units)| (token(&launches, *place, *attempt), *units))
            .collect()
    };
    for (found, desired, calls, asked) in [
        // Killed after the first call.
        (find(&[(0, 0, 4)]), 6, &[("b", 3)][..], 7),
        // After the second, of which a part came.
        (find(&[(0, 0, 4), (1, 0, 1)]), 7, &[("a", 2)], 7),
        // A later attempt is known without the earlier ones.
        (find(&[(2, 0, 5)]), 7, &[("a", 2)], 7),
        (find(&[(0, 0, 4), (1, 0, 3)]), 9, &[], 7),
        // Nothing was launched: the same calls again.
        (find(&[]), 2, &[("a", 4), ("b", 3)], 7),
    ] {
        let launching = Launching::new(&launches, 7, size(desired), &found);
        let (made, counted) = walk(launching, vec![99; 3]);
        assert_eq!(
            (asked_in(&made).as_slice(), counted),
            (calls, asked),
            "{found:?}"
        );
    }
}

#[test]
fn what_the_group_asks_for_by_itself_counts_and_it_is_asked_no_further_than_its_max_size() {
    let found = Tokens::new();
    let spread = launches(2, 7, &[4, 3, 0]);
    let walk_from = |launches: &GroupLaunches, capacity| {
        let launching = Launching::new(launches, 7, capacity, &found);
        let baseline = launching.baseline();
        let (calls, asked) = walk(launching, vec![99; 3]);
        let units: i32 = calls.iter().map(|(_, units)| units).sum();
        (baseline, units, asked)
    };
    assert_eq!(walk_from(&spread, size(5)), (2, 4, 7));
    assert_eq!(walk_from(&spread, size(9)), (2, 0, 7));
    assert_eq!(walk_from(&spread, size(20)), (2, 0, 7));
    let full = testing::capacity([4, 2, 2, 0]);
    assert_eq!(walk_from(&spread, full), (2, 2, 2));
    // It was lowered since: what is wanted is launched, and no more.
    assert_eq!(walk_from(&spread, size(0)), (2, 7, 7));
    // A return's share is not counted on.
    let mut next_to_a_return = launches(2, 7, &[4, 3, 0]);
    next_to_a_return.adds = true;
    assert_eq!(walk_from(&next_to_a_return, size(5)), (5, 7, 7));
}

#[test]
fn a_token_that_was_used_otherwise_is_not_sent_again() {
    let found = Tokens::new();
    let launches = launches(0, 5, &[5, 0]);
    let mut launching = Launching::new(&launches, 5, size(0), &found);
    let call = launching.next_call().unwrap();
    launching.was_asked_otherwise(&call, 2);
    assert!(!launching.is_to_be_seen_again());
    let call = launching.next_call().unwrap();
    assert_eq!((call.availability_zone.as_str(), call.units), ("b", 3));
    launching.was_asked_otherwise(&call, 0);
    assert_eq!(launching.next_call(), None);
    assert_eq!(launching.asked(), 2);
}

#[test]
fn an_instance_that_weighs_more_than_is_missing_counts_for_what_is() {
    let found = Tokens::new();
    let launches = launches(0, 5, &[5]);
    let mut launching = Launching::new(&launches, 5, size(0), &found);
    let call = launching.next_call().unwrap();
    launching.came(&call, 8);
    assert_eq!((launching.next_call(), launching.asked()), (None, 5));
}

#[test]
fn desired_capacity_that_rose_beyond_what_came_is_lowered_by_exactly_that() {
    let found = Tokens::new();
    for (came, after, to, asked) in [
        // AWS raised it by what came.
        (3, [100, 5, 2, 3], None, 3),
        // By all that was asked for.
        (3, [100, 9, 2, 3], Some(5), 3),
        (0, [100, 9, 2, 0], Some(2), 0),
        // And others by 6 in the meantime.
        (0, [100, 15, 2, 6], Some(8), 0),
        // Others by less than what did not come: theirs stays.
        (0, [100, 5, 2, 0], None, 0),
        // The group has launched a part of it by itself: that stays and counts.
        (0, [100, 9, 2, 3], Some(5), 3),
        (0, [100, 9, 2, 7], None, 7),
        (7, [100, 9, 2, 7], None, 7),
        (7, [100, 12, 2, 7], None, 7),
    ] {
        let launches = launches(2, 7, &[7]);
        let mut launching = Launching::new(&launches, 7, size(2), &found);
        let call = launching.next_call().unwrap();
        launching.came(&call, came);
        assert_eq!(launching.is_to_be_seen_again(), came < 7);
        let lowered = launching.lower_to(testing::capacity(after));
        assert!(!launching.is_to_be_seen_again());
        assert_eq!(
            (lowered, launching.asked()),
            (to, asked),
            "{came} {after:?}"
        );
    }
}

#[test]
fn a_plan_is_sent_for_a_quarter_of_an_hour() {
    let planned_at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let spot = launches(0, 1, &[1]);
    let plan = LaunchPlan {
        planned_at,
        units: 1,
        groups: vec![spot.clone()],
    };
    let after = |seconds| plan.is_stale(planned_at + SignedDuration::from_secs(seconds));
    assert!(!after(900) && after(901) && !after(-5));
    assert_eq!(plan.of(Market::Spot), Some(&spot));
    assert_eq!(plan.of(Market::OnDemand), None);
    assert_eq!(plan.tokens(), spot.tokens().collect::<Vec<_>>());
    let read = serde_json::from_value::<LaunchPlan>(json!(plan)).unwrap();
    assert_eq!(read, plan);
}

#[test]
fn a_repeated_call_that_launched_before_counts_once_if_its_token_finds_nothing() {
    let found = Tokens::new();
    let launches = launches(0, 7, &[4, 3]);
    // An earlier attempt has launched 4, which looks as if the group asked for them by itself.
    let mut launching = Launching::new(&launches, 7, size(4), &found);
    let call = launching.next_call().unwrap();
    assert_eq!(call.units, 3);
    launching.came(&call, 3);
    launching.may_be_repeated(size(4));
    assert_eq!(launching.asked(), 4);
    // This one is new, so that DesiredCapacity rises.
    let call = launching.next_call().unwrap();
    assert_eq!((call.availability_zone.as_str(), call.units), ("b", 3));
    launching.came(&call, 3);
    launching.may_be_repeated(size(7));
    assert_eq!((launching.next_call(), launching.asked()), (None, 7));
}

//! Executions next to each other of every kind.

use std::collections::BTreeSet;

use proptest::prelude::*;
use spotmanager_domain::{Market, settings::LaunchBy};

use super::{Begin, Fault, Kind, Several, SimulatedGroup, Turn};
use crate::world::draw::any_one_fault;

/// A group with plenty of room that has so many instances and may launch so many in each of its zones.
pub(crate) fn group(in_service: i32, zones: &[u32]) -> SimulatedGroup {
    SimulatedGroup {
        min_size: 0,
        max_size: 60,
        desired_capacity: in_service,
        in_service,
        launching: Vec::new(),
        launch_ticks: 6,
        zones: zones.to_vec(),
        adds: 1,
        is_kept: false,
        failures_raise: false,
        hides_tokens: false,
        activities: Vec::new(),
        cause: "a user request".into(),
    }
}

/// An execution that begins at so many milliseconds, with cheap spot and no fault.
pub(crate) fn begin(at: u32, kind: Kind) -> Begin {
    Begin {
        at,
        kind,
        is_cheap: true,
        dry_run: false,
        pace: 1_000,
        faults: Vec::new(),
    }
}

/// Executions of these kinds that begin one after the other within a few seconds.
pub(crate) fn at_once(spot: SimulatedGroup, kinds: &[(u32, Kind)]) -> Several {
    Several {
        spot,
        on_demand: group(0, &[100]),
        messages: None,
        launch_by: LaunchBy::Automatic,
        max_rounds: 3,
        patience: [20, 40],
        begins: kinds.iter().map(|(at, kind)| begin(*at, *kind)).collect(),
        turns: Vec::new(),
    }
}

fn any_spot() -> impl Strategy<Value = SimulatedGroup> {
    let zone = prop_oneof![3 => Just(0), 2 => 1..8_u32, 3 => Just(100)];
    let zones = prop::collection::vec(zone, 1..4);
    (0..19_i32, 0..20_i32, zones, 0..13_u32).prop_map(|(in_service, lacks, zones, launch_ticks)| {
        let lacks = (lacks - 16).max(0);
        SimulatedGroup {
            desired_capacity: in_service + lacks,
            launch_ticks,
            ..group(in_service, &zones)
        }
    })
}

/// With plenty of room, or with some and some instances left.
fn any_on_demand(has_faults: bool) -> impl Strategy<Value = SimulatedGroup> {
    let in_service = prop_oneof![2 => Just(0), 1 => 1..11_i32];
    let is_short = prop::bool::weighted(if has_faults { 0.3 } else { 0.0 });
    let short = (0..8_i32, 0..8_u32);
    (in_service, 0..13_u32, is_short, short).prop_map(
        |(in_service, launch_ticks, is_short, (room, left))| {
            let plenty = group(in_service, &[200]);
            SimulatedGroup {
                launch_ticks,
                max_size: if is_short {
                    in_service + room
                } else {
                    plenty.max_size
                },
                zones: if is_short {
                    vec![left]
                } else {
                    plenty.zones.clone()
                },
                ..plenty
            }
        },
    )
}

fn any_kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        4 => Just(Kind::Alarm),
        2 => Just(Kind::Return),
        4 => (0..18_usize).prop_map(Kind::Warning),
        2 => (0..18_usize).prop_map(Kind::Recommendation),
        1 => Just(Kind::LaunchUnsuccessful),
    ]
}

fn any_begin(has_faults: bool) -> impl Strategy<Value = Begin> {
    // Many begin at once.
    let at = prop_oneof![2 => 0..3_000_u32, 2 => 0..60_000_u32, 1 => 0..400_000_u32];
    let faults = if has_faults {
        // Two faults in one execution may hide what another execution did.
        prop_oneof![2 => Just(Vec::new()), 1 => any_one_fault()].boxed()
    } else {
        Just(Vec::<Fault>::new()).boxed()
    };
    (
        at,
        any_kind(),
        prop::bool::weighted(0.8),
        prop::bool::weighted(0.03),
        200..4_000_u32,
        faults,
    )
        .prop_map(|(at, kind, is_cheap, dry_run, pace, faults)| Begin {
            at,
            kind,
            is_cheap,
            dry_run,
            pace,
            faults,
        })
}

/// How long after a recommendation the warning for the same instance comes, milliseconds, if it does.
fn any_later() -> impl Strategy<Value = Vec<Option<u32>>> {
    prop::collection::vec(prop::option::weighted(0.6, 0..300_000_u32), 18)
}

fn any_turn() -> impl Strategy<Value = (u32, Turn)> {
    let turn = prop_oneof![
        2 => prop_oneof![Just(0), 1..5_u32, Just(100)].prop_map(Turn::Left),
        1 => Just(Turn::ScaleIn(Market::Spot)),
        1 => Just(Turn::ScaleIn(Market::OnDemand)),
    ];
    (0..500_000_u32, turn)
}

/// Executions of every kind, with faults or without.
pub(crate) fn any_several(has_faults: bool) -> impl Strategy<Value = Several> {
    let messages = prop_oneof![2 => Just(None), 1 => (0..200_u64).prop_map(Some)];
    let patience = (prop_oneof![Just(20), 1..8_u32], Just(40));
    (
        (any_spot(), any_on_demand(has_faults)),
        (messages, 1..4_u32, patience),
        prop::collection::vec(any_begin(has_faults), 2..19),
        any_later(),
        prop::collection::vec(any_turn(), 0..4),
    )
        .prop_map(
            |((spot, on_demand), (messages, max_rounds, patience), begins, later, turns)| Several {
                spot,
                on_demand,
                messages,
                launch_by: LaunchBy::Automatic,
                max_rounds,
                patience: patience.into(),
                begins: once_each(begins, &later),
                turns,
            },
        )
}

/// Each instance is recommended and warned of once; some of the recommended later.
fn once_each(begins: Vec<Begin>, later: &[Option<u32>]) -> Vec<Begin> {
    let mut warned = BTreeSet::new();
    let mut recommended = BTreeSet::new();
    let mut each = Vec::new();
    for begin in begins {
        match begin.kind {
            Kind::Warning(number) if !warned.insert(number) => {}
            Kind::Recommendation(number) if !recommended.insert(number) => {}
            _ => each.push(begin),
        }
    }
    let warnings: Vec<_> = each
        .iter()
        .filter_map(|begin| match begin.kind {
            Kind::Recommendation(number) if warned.insert(number) => Some(Begin {
                at: begin.at + later[number]?,
                kind: Kind::Warning(number),
                ..begin.clone()
            }),
            _ => None,
        })
        .collect();
    each.extend(warnings);
    each.sort_by_key(|begin| begin.at);
    each
}

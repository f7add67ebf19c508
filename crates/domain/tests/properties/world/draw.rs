//! Scenarios of every kind.

use proptest::prelude::*;
use spotmanager_domain::{
    LossKind, Market, Purpose,
    flow::{Others, Replacement},
    settings::LaunchBy,
};

use super::{Change, Fault, Scenario, SimulatedGroup};

fn any_group() -> impl Strategy<Value = SimulatedGroup> {
    let sizes = (0..2_i32, 1..7_i32, 0..5_i32, 0..5_i32);
    let is = (
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.3),
    );
    // None, some or plenty.
    let zone = prop_oneof![2 => Just(0), 2 => 1..4_u32, 3 => Just(100)];
    let zones = prop::collection::vec(zone, 1..4);
    (sizes, zones, 0..4_u32, 1..3_i32, is).prop_map(
        |(
            (min_size, room, desired, lacks),
            zones,
            launch_ticks,
            adds,
            (is_kept, failures_raise, hides_tokens),
        )| {
            let max_size = min_size + room;
            let desired_capacity = desired.clamp(min_size, max_size);
            SimulatedGroup {
                min_size,
                max_size,
                desired_capacity,
                // Most groups have what they ask for.
                in_service: (desired_capacity - (lacks - 3).max(0)).max(0),
                launching: Vec::new(),
                launch_ticks,
                zones,
                adds,
                is_kept,
                // What cannot be lowered cannot be taken back.
                failures_raise: failures_raise && !is_kept,
                hides_tokens,
                activities: Vec::new(),
                cause: "a user request".into(),
            }
        },
    )
}

fn any_fault() -> impl Strategy<Value = Fault> {
    let errors = [
        "SpotManager.Throttled",
        "SpotManager.ScalingInProgress",
        "SpotManager.AccessDenied",
        "SpotManager.Unexpected",
    ];
    prop_oneof![
        prop::sample::select(errors.to_vec()).prop_map(Fault::Refused),
        any::<bool>().prop_map(|took_effect| Fault::Lost { took_effect }),
        Just(Fault::Repeated),
    ]
}

/// One at any of the first visits.
pub(super) fn any_one_fault() -> impl Strategy<Value = Vec<Fault>> {
    (0..8_usize, any_fault()).prop_map(|(visits, fault)| {
        let mut faults = vec![Fault::None; visits];
        faults.push(fault);
        faults
    })
}

/// None, one at any visit, many, or a scale-up whose outcome stays unknown.
fn any_faults() -> impl Strategy<Value = Vec<Fault>> {
    let many = prop_oneof![3 => Just(Fault::None), 1 => any_fault()];
    let lost = Fault::Lost { took_effect: false };
    prop_oneof![
        1 => Just(Vec::new()),
        3 => any_one_fault(),
        3 => prop::collection::vec(many, 0..24),
        1 => Just([Fault::None, lost].repeat(9)),
    ]
}

fn any_change() -> impl Strategy<Value = Change> {
    let market = prop_oneof![Just(Market::Spot), Just(Market::OnDemand)];
    let by = prop_oneof![Just(-1), Just(1)];
    let lowers = prop_oneof![4 => Just(0), 1 => 1..4_i32];
    (market, by, lowers).prop_map(|(market, by, lowers_max_size_by)| Change {
        market,
        by,
        lowers_max_size_by,
    })
}

fn any_loss() -> impl Strategy<Value = LossKind> {
    prop_oneof![
        3 => Just(LossKind::InterruptionWarning),
        1 => Just(LossKind::RebalanceRecommendation),
        2 => Just(LossKind::LaunchUnsuccessful),
    ]
}

/// None, or a few that run next to it.
fn any_others() -> impl Strategy<Value = Others> {
    let counts = (0..3_u32, 0..3_u32, 0..2_u32, 0..2_u32);
    let others = (counts, any::<bool>());
    let others = others.prop_map(|((before, after, returns, ended), lost_has_left)| Others {
        before,
        after,
        returns,
        ended,
        lost_has_left,
        // As discovered, so that nothing was taken.
        ended_returns: 0,
        on_demand_desired: None,
    });
    prop_oneof![3 => Just(Others::default()), 1 => others]
}

/// What each check finds of a recommendation's execution; nothing if there is none.
fn any_replacements() -> impl Strategy<Value = Vec<Replacement>> {
    let ends = prop_oneof![Just(Replacement::Came), Just(Replacement::DidNotCome)];
    let checks = (0..8_usize, ends).prop_map(|(checks, end)| {
        let mut replacements = vec![Replacement::Underway; checks];
        replacements.push(end);
        replacements
    });
    prop_oneof![2 => Just(Vec::new()), 1 => checks]
}

pub(crate) fn any_scenario() -> impl Strategy<Value = Scenario> {
    let spot = any_group().prop_map(|group| SimulatedGroup {
        is_kept: false,
        ..group
    });
    let groups = (spot, any_group());
    let purpose = prop_oneof![
        3 => Just((Purpose::ScaleUp, None)),
        2 => Just((Purpose::ReturnToSpot, None)),
        2 => any_loss().prop_map(|kind| (Purpose::ScaleUp, Some(kind))),
    ];
    let is = (
        prop::bool::weighted(0.8),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.03),
    );
    let messages = prop_oneof![0..60_u64, 60..200_u64];
    let queue = prop_oneof![
        1 => Just(Vec::new()),
        2 => prop::collection::vec(messages, 1..5),
    ];
    let launch_by = prop_oneof![
        3 => Just(LaunchBy::Automatic),
        2 => Just(LaunchBy::ScalingPolicy),
        2 => Just(LaunchBy::DesiredCapacity),
        3 => Just(LaunchBy::LaunchInstances),
    ];
    let sizing = (launch_by, prop::option::weighted(0.3, 1..12_u32));
    let rounds = (
        queue,
        1..6_u32,
        prop::collection::vec(prop::bool::weighted(0.7), 1..6),
    );
    let others = prop::collection::vec(prop::option::weighted(0.3, any_change()), 0..8);
    let patience = prop::array::uniform2(1..6_u32);
    let next_to = (any_others(), any_replacements());
    let visit_seconds = prop_oneof![3 => 0..3_u32, 1 => Just(4_000_u32)];
    (
        groups,
        purpose,
        is,
        (rounds, sizing),
        (any_faults(), others, patience, visit_seconds, next_to),
    )
        .prop_map(
            |(
                (spot, on_demand),
                (purpose, loss),
                (is_there, dry_run, is_led),
                ((messages, max_rounds, is_cheap), (launch_by, maximum_of_both)),
                (faults, others, patience, visit_seconds, (next_to, replacements)),
            )| Scenario {
                spot,
                on_demand,
                purpose,
                loss,
                is_there,
                dry_run,
                is_led,
                messages,
                max_rounds,
                launch_by,
                maximum_of_both,
                is_cheap,
                faults,
                others,
                patience,
                visit_seconds,
                next_to,
                replacements,
            },
        )
}

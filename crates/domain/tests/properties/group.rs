//! Groups of any size, policies of any adjustment, and decimals of any kind.

use proptest::prelude::*;
use rust_decimal::Decimal;
use spotmanager_domain::{Capacity, ScalingPolicy};

/// A number of instances as it is, and as it should never be.
pub(crate) fn any_count() -> impl Strategy<Value = i32> {
    prop_oneof![
        -3..9_i32,
        Just(i32::MIN),
        Just(i32::MAX),
        Just(i32::MAX - 1),
        any::<i32>()
    ]
}

pub(crate) fn any_capacity() -> impl Strategy<Value = Capacity> {
    prop::array::uniform5(any_count()).prop_map(
        |[min_size, max_size, desired_capacity, in_service, pending]| Capacity {
            min_size,
            max_size,
            desired_capacity,
            in_service,
            pending,
            unhealthy: 0,
        },
    )
}

pub(crate) fn any_policy() -> impl Strategy<Value = ScalingPolicy> {
    let adjustment_types = [
        "ChangeInCapacity",
        "ExactCapacity",
        "PercentChangeInCapacity",
    ];
    (
        prop::sample::select(adjustment_types.to_vec()),
        any_count(),
        prop::option::of(any_count()),
    )
        .prop_map(
            |(adjustment_type, scaling_adjustment, min_adjustment_magnitude)| ScalingPolicy {
                policy_name: "policy".into(),
                policy_type: "SimpleScaling".into(),
                adjustment_type: adjustment_type.into(),
                scaling_adjustment,
                min_adjustment_magnitude,
            },
        )
}

pub(crate) fn any_decimal() -> impl Strategy<Value = Decimal> {
    let parts = (any::<[u32; 3]>(), any::<bool>(), 0..=28_u32);
    prop_oneof![
        Just(Decimal::MAX),
        Just(Decimal::MIN),
        Just(Decimal::ZERO),
        (-1_000..1_000_i64).prop_map(|hundredths| Decimal::new(hundredths, 2)),
        parts.prop_map(|([lo, mid, hi], negative, scale)| {
            Decimal::from_parts(lo, mid, hi, negative, scale)
        })
    ]
}

//! Averages, against an oracle that looks at every second.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rust_decimal::Decimal;
use spotmanager_domain::price::{Pool, PoolAverage, PriceAverages, PriceChange, Window};

/// Seconds of the window; changes lie up to as long before it.
pub(crate) const SECONDS: i64 = 120;

pub(crate) fn pool() -> Pool {
    Pool {
        instance_type: "g4dn.xlarge".into(),
        availability_zone: "eu-west-1a".into(),
    }
}

/// A window that ends over a change of year.
pub(crate) fn window() -> Window {
    let end = "2026-01-01T00:01:00Z".parse().unwrap();
    Window::ending_at(end, u32::try_from(SECONDS).unwrap()).unwrap()
}

fn at(second: i64) -> Timestamp {
    window()
        .start
        .checked_add(SignedDuration::from_secs(second))
        .unwrap()
}

pub(crate) fn averaged(changes: &[(i64, u32)]) -> PoolAverage {
    let mut averages = PriceAverages::new(window(), [pool()]);
    for (second, ten_thousandths) in changes {
        averages.add(PriceChange {
            pool: pool(),
            at: at(*second),
            usd: Decimal::new(i64::from(*ten_thousandths), 4),
        });
    }
    averages.finish().remove(0)
}

/// The price of each second is that of the last change up to it, the dearer of two at once.
fn oracle(changes: &[(i64, u32)]) -> Option<Decimal> {
    let prices: Vec<Decimal> = (0..SECONDS)
        .filter_map(|second| {
            let known = changes.iter().filter(|(at, _)| *at <= second);
            let (_, usd) = known.max()?;
            Some(Decimal::new(i64::from(*usd), 4))
        })
        .collect();
    let sum: Decimal = prices.iter().sum();
    let average = sum.checked_div(Decimal::from(prices.len()))?;
    Some(average.round_dp(6).normalize())
}

pub(crate) fn changes() -> impl Strategy<Value = Vec<(i64, u32)>> {
    prop::collection::vec((-SECONDS..SECONDS + 10, 0..100_000_u32), 0..40)
}

proptest! {
    #[test]
    fn a_price_weighs_as_long_as_it_held(changes in changes()) {
        prop_assert_eq!(averaged(&changes).average_usd, oracle(&changes));
    }

    #[test]
    fn the_order_and_repetitions_of_records_change_nothing(
        (changes, shuffled) in changes().prop_flat_map(|changes| {
            let twice: Vec<_> = changes.iter().chain(&changes).copied().collect();
            (Just(changes), Just(twice).prop_shuffle())
        })
    ) {
        prop_assert_eq!(averaged(&changes), averaged(&shuffled));
    }

    #[test]
    fn an_average_lies_within_the_prices(changes in changes()) {
        if let Some(average) = averaged(&changes).average_usd {
            let prices = changes.iter().map(|(_, usd)| Decimal::new(i64::from(*usd), 4));
            // To six decimals.
            let slack = Decimal::new(1, 6);
            prop_assert!(average + slack >= prices.clone().min().unwrap());
            prop_assert!(average <= prices.max().unwrap() + slack);
        }
    }

    #[test]
    fn no_record_is_too_odd(usd in any::<i64>(), scale in 0..=28_u32, second in any::<i32>()) {
        let mut averages = PriceAverages::new(window(), [pool()]);
        if let Ok(at) = window().end.checked_add(SignedDuration::from_secs(second.into())) {
            let usd = Decimal::try_from_i128_with_scale(usd.into(), scale).unwrap();
            averages.add(PriceChange { pool: pool(), at, usd });
        }
        let price = averages.finish().remove(0);
        prop_assert!(price.average_usd.is_none_or(|usd| !usd.is_sign_negative()));
    }
}

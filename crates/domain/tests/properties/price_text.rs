//! Prices as AWS sends them, and as it should not.

use jiff::SignedDuration;
use proptest::prelude::*;
use rust_decimal::Decimal;
use spotmanager_domain::{
    decimal::read,
    price::{PoolAverage, PriceAverages, PriceChange},
};

use crate::average::{pool, window};

/// What a record says of its price, and whether it is one.
type Text = (String, bool);

fn price() -> impl Strategy<Value = Text> {
    (0..100_000_u32).prop_map(|usd| (Decimal::new(usd.into(), 4).to_string(), true))
}

fn no_price() -> impl Strategy<Value = Text> {
    let known = [
        "",
        ".",
        "-",
        "NaN",
        "inf",
        "-0.1",
        "+0.1",
        "1e400",
        "1e-1",
        "0x1",
        "1,5",
        "1_000",
        " 0.1",
        "1.2.3",
        "1000000.1",
    ];
    let texts = prop_oneof![
        prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        "[0-9]{65,3000}",
        "0\\.[0-9]{64,3000}",
        "[a-z]{1,9}"
    ];
    texts.prop_map(|text| (text, false))
}

/// A price every ten seconds, read as it comes; with it how many were none.
fn averaged(texts: &[Text]) -> (PoolAverage, usize) {
    let mut averages = PriceAverages::new(window(), [pool()]);
    let mut at = window().start;
    for (text, is_price) in texts {
        match read(text) {
            Some(usd) => averages.add(PriceChange {
                pool: pool(),
                at,
                usd,
            }),
            None => averages.reject(),
        }
        if *is_price {
            at = at.checked_add(SignedDuration::from_secs(10)).unwrap();
        }
    }
    let rejected = averages.rejected();
    (averages.finish().remove(0), rejected)
}

proptest! {
    #[test]
    fn a_price_is_read_whatever_zeros_follow(usd in any::<u32>(), zeros in 0..19_usize) {
        let price = Decimal::new(usd.into(), 4);
        prop_assert_eq!(read(&format!("{price}{}", "0".repeat(zeros))), Some(price));
    }

    #[test]
    fn whatever_is_read_is_what_stands_there(text in any::<String>(), digits in "[0-9.]{0,80}") {
        for text in [text, digits] {
            if let Some(usd) = read(&text) {
                prop_assert!(!usd.is_sign_negative());
                prop_assert_eq!(text.parse::<Decimal>().ok(), Some(usd));
            }
        }
    }

    #[test]
    fn what_is_no_price_is_counted_and_changes_nothing(
        (prices, all) in (
            prop::collection::vec(price(), 0..6),
            prop::collection::vec((no_price(), any::<prop::sample::Index>()), 0..6),
        ).prop_map(|(prices, others)| {
            let mut all = prices.clone();
            for (other, index) in others {
                all.insert(index.index(all.len() + 1), other);
            }
            (prices, all)
        })
    ) {
        let (expected, _) = averaged(&prices);
        let (found, rejected) = averaged(&all);
        prop_assert_eq!(found, expected);
        prop_assert_eq!(rejected, all.len() - prices.len());
    }
}

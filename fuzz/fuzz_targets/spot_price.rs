//! A history of spot prices: a list of texts, each the price of a pool a minute after the one
//! before. The first ones lie before the window, and the last ones may lie after it.
#![no_main]

use jiff::{SignedDuration, Timestamp};
use libfuzzer_sys::{Corpus, fuzz_target};
use rust_decimal::Decimal;
use spotmanager_domain::{
    decimal,
    price::{HIGHEST_CREDIBLE_PRICE, Pool, PoolAverage, PriceAverages, PriceChange, Window},
};

const MINUTES: u32 = 30;

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(texts) = serde_json::from_slice::<Vec<String>>(data) else {
        return Corpus::Reject;
    };
    let end = Timestamp::UNIX_EPOCH;
    let window = Window::ending_at(end, MINUTES * 60).expect("a window");
    let first = window.start - SignedDuration::from_mins(5);
    let records: Vec<_> = (0..)
        .zip(&texts)
        .map(|(minute, text)| (first + SignedDuration::from_mins(minute), text.as_str()))
        .collect();

    let (forward, rejected) = averaged(window, records.iter().copied());
    let (backward, _) = averaged(window, records.iter().rev().copied());
    assert_eq!(forward, backward);

    let credible: Vec<_> = records
        .iter()
        .filter_map(|(at, text)| Some((*at, decimal::read(text)?)))
        .filter(|(_, usd)| *usd <= HIGHEST_CREDIBLE_PRICE)
        .collect();
    assert_eq!(rejected, texts.len() - credible.len());
    let within = credible.iter().filter(|(at, _)| *at < end);
    assert_lies_within(&forward, within.map(|(_, usd)| *usd).collect());
    Corpus::Keep
});

fn pool() -> Pool {
    Pool {
        instance_type: "g4dn.xlarge".into(),
        availability_zone: "eu-west-1a".into(),
    }
}

fn averaged<'a>(
    window: Window,
    records: impl Iterator<Item = (Timestamp, &'a str)>,
) -> (PoolAverage, usize) {
    let mut averages = PriceAverages::new(window, [pool()]);
    for (at, text) in records {
        match decimal::read(text) {
            Some(usd) => averages.add(PriceChange {
                pool: pool(),
                at,
                usd,
            }),
            None => averages.reject(),
        }
    }
    let rejected = averages.rejected();
    (averages.finish().remove(0), rejected)
}

fn assert_lies_within(price: &PoolAverage, prices: Vec<Decimal>) {
    assert_eq!(price.average_usd.is_some(), !prices.is_empty());
    let (least, most) = (prices.iter().min(), prices.iter().max());
    if let (Some(average), Some(least), Some(most)) = (price.average_usd, least, most) {
        // To six decimals.
        let slack = Decimal::new(1, 6);
        assert!(average + slack >= *least, "{average} below {least}");
        assert!(average <= *most + slack, "{average} above {most}");
    }
}

//! The average of every pool over a window.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{Pool, PoolAverage, PriceChange, Window, records::Records};

/// Gathers price changes, in any order and from any number of pages, into averages per pool.
///
/// A record costs about nine bytes until [`finish`](Self::finish).
#[derive(Debug)]
pub struct PriceAverages {
    window: Window,
    records: BTreeMap<Pool, Records>,
    rejected: usize,
}

impl PriceAverages {
    /// Averages over `window` for each of `pools`; records of other pools are passed over.
    pub fn new(window: Window, pools: impl IntoIterator<Item = Pool>) -> Self {
        let records = pools
            .into_iter()
            .map(|pool| (pool, Records::default()))
            .collect();
        Self {
            window,
            records,
            rejected: 0,
        }
    }

    /// Takes a record. One of another pool or from after the window is passed over, and one without
    /// a credible price is counted as rejected.
    pub fn add(&mut self, change: PriceChange) {
        let is_credible = change.is_credible();
        let PriceChange { pool, at, usd } = change;
        let is_taken = match self.records.get_mut(&pool) {
            Some(records) if is_credible && at < self.window.end => {
                records.add(self.window.start, at, usd).is_ok()
            }
            _ => is_credible,
        };
        if !is_taken {
            self.reject();
        }
    }

    /// Counts a record whose price could not be read at all.
    pub fn reject(&mut self) {
        self.rejected += 1;
    }

    /// How many records had no credible price.
    #[must_use]
    pub fn rejected(&self) -> usize {
        self.rejected
    }

    /// The average of every pool asked for, in the order of type and zone.
    #[must_use]
    pub fn finish(self) -> Vec<PoolAverage> {
        let window = self.window;
        self.records
            .into_iter()
            .map(|(pool, records)| average(pool, &records.by_time(window.start), window))
            .collect()
    }
}

fn average(pool: Pool, changes: &[(Timestamp, Decimal)], window: Window) -> PoolAverage {
    let mut weighted = Decimal::ZERO;
    let mut covered = Decimal::ZERO;
    let ends = changes
        .iter()
        .skip(1)
        .map(|(at, _)| *at)
        .chain(std::iter::once(window.end));
    for ((at, usd), until) in changes.iter().zip(ends) {
        let held = until.duration_since((*at).max(window.start)).as_micros();
        // The calendar holds less than 2^40 seconds and a price at most a million USD: no overflow.
        let held = Decimal::from_i128_with_scale(held, 6);
        weighted += *usd * held;
        covered += held;
    }
    // Nothing covered is no average.
    let average_usd = weighted
        .checked_div(covered)
        .map(|usd| usd.round_dp(6).normalize());
    PoolAverage {
        pool,
        average_usd,
        latest_usd: changes.last().map(|(_, usd)| usd.normalize()),
        sample_count: changes.len(),
        covered_seconds: i64::try_from(covered.trunc()).unwrap_or(i64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn usd(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn pool() -> Pool {
        Pool {
            instance_type: "g4dn.xlarge".into(),
            availability_zone: "eu-west-1a".into(),
        }
    }

    fn window() -> Window {
        Window::ending_at(at("2026-01-01T00:30:00Z"), 3600).unwrap()
    }

    fn average_of(changes: &[(&str, &str)]) -> PoolAverage {
        let mut averages = PriceAverages::new(window(), [pool()]);
        for (time, price) in changes {
            averages.add(PriceChange {
                pool: pool(),
                at: at(time),
                usd: usd(price),
            });
        }
        averages.finish().remove(0)
    }

    #[test]
    fn a_price_weighs_as_long_as_it_held() {
        let price = average_of(&[
            ("2025-12-31T23:30:00Z", "1.00"),
            ("2026-01-01T00:15:00Z", "2.00"),
        ]);
        assert_eq!(price.average_usd, Some(usd("1.25")));
        assert_eq!(price.latest_usd, Some(usd("2")));
        assert_eq!(price.sample_count, 2);
        assert_eq!(price.covered_seconds, 3600);
    }

    #[test]
    fn a_change_before_the_window_holds_from_its_start() {
        let price = average_of(&[
            ("2025-12-01T00:00:00Z", "0.30"),
            ("2026-01-01T00:00:00Z", "0.10"),
        ]);
        assert_eq!(price.average_usd, Some(usd("0.2")));
    }

    #[test]
    fn only_the_last_change_before_the_window_counts() {
        for changes in [
            [("2025-12-01T00:00:00Z", "9"), ("2025-12-02T00:00:00Z", "1")],
            [("2025-12-02T00:00:00Z", "1"), ("2025-12-01T00:00:00Z", "9")],
        ] {
            let price = average_of(&changes);
            assert_eq!(price.average_usd, Some(usd("1")));
            assert_eq!(price.sample_count, 1);
        }
    }

    #[test]
    fn without_a_record_before_the_window_only_the_known_part_counts() {
        let price = average_of(&[("2026-01-01T00:20:00Z", "0.5")]);
        assert_eq!(price.average_usd, Some(usd("0.5")));
        assert_eq!(price.covered_seconds, 600);
    }

    #[test]
    fn order_and_repetition_do_not_matter() {
        let forward = average_of(&[
            ("2025-12-31T23:00:00Z", "3"),
            ("2025-12-31T23:40:00Z", "1"),
            ("2026-01-01T00:10:00Z", "2"),
        ]);
        let backward = average_of(&[
            ("2026-01-01T00:10:00Z", "2"),
            ("2025-12-31T23:40:00Z", "1"),
            ("2026-01-01T00:10:00Z", "2"),
            ("2025-12-31T23:00:00Z", "3"),
        ]);
        assert_eq!(forward, backward);
    }

    #[test]
    fn without_samples_there_is_no_average() {
        let price = average_of(&[]);
        assert_eq!(price.average_usd, None);
        assert_eq!(price.sample_count, 0);
    }

    #[test]
    fn records_at_or_after_the_end_do_not_count() {
        let price = average_of(&[("2026-01-01T00:30:00Z", "1")]);
        assert_eq!(price.sample_count, 0);
    }

    #[test]
    fn incredible_prices_are_rejected_and_counted() {
        let mut averages = PriceAverages::new(window(), [pool()]);
        for (price, rejected) in [
            ("-0.1", 1),
            ("1000000.01", 2),
            ("1000000", 2),
            ("0", 2),
            ("1000001", 3),
        ] {
            averages.add(PriceChange {
                pool: pool(),
                at: window().start,
                usd: usd(price),
            });
            assert_eq!(averages.rejected(), rejected, "{price}");
        }
        averages.reject();
        assert_eq!(averages.rejected(), 4);
        assert_eq!(averages.finish()[0].average_usd, Some(usd("1000000")));
    }

    #[test]
    fn pools_that_were_not_asked_for_are_passed_over() {
        let mut averages = PriceAverages::new(window(), [pool()]);
        averages.add(PriceChange {
            pool: Pool {
                instance_type: "p3.2xlarge".into(),
                ..pool()
            },
            at: window().start,
            usd: usd("1"),
        });
        assert_eq!(averages.rejected(), 0);
        let prices = averages.finish();
        assert_eq!(prices.len(), 1);
        assert_eq!(prices[0].sample_count, 0);
    }
}

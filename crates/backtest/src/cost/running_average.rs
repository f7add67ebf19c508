//! The average of one pool over a window that moves on.
//!
//! It equals what [`PriceAverages`](spotmanager_domain::price::PriceAverages) makes of the same
//! records, and holds no more of them than the window does.

use std::collections::VecDeque;

use jiff::Timestamp;
use rust_decimal::Decimal;
use spotmanager_domain::price::{Pool, PoolAverage, Window};

use super::{Average, elapsed::seconds};

/// The price changes of a pool within a window, and the one that the window opens with.
#[derive(Clone, Debug)]
pub struct RunningAverage {
    window_seconds: u32,
    average: Average,
    changes: VecDeque<(Timestamp, Decimal)>,
    // Of the held changes up to the last one: USD times seconds.
    weighted: Decimal,
    // Of all held changes, USD.
    sum: Decimal,
}

impl RunningAverage {
    /// An average over the last `window_seconds`.
    #[must_use]
    pub fn new(window_seconds: u32, average: Average) -> Self {
        Self {
            window_seconds,
            average,
            changes: VecDeque::new(),
            weighted: Decimal::ZERO,
            sum: Decimal::ZERO,
        }
    }

    /// Takes a change; one that is older than the last is passed over.
    pub fn push(&mut self, at: Timestamp, usd: Decimal) {
        if let Some((last_at, last_usd)) = self.changes.back_mut() {
            if at < *last_at {
                return;
            }
            if at == *last_at {
                // Two prices for one instant: the dearer one, as the decision has it.
                if usd > *last_usd {
                    self.sum += usd - *last_usd;
                    *last_usd = usd;
                }
                return;
            }
            self.weighted += *last_usd * seconds(*last_at, at);
        }
        self.changes.push_back((at, usd));
        self.sum += usd;
        if let Some(window) = Window::ending_at(at, self.window_seconds) {
            self.forget_before(window.start);
        }
    }

    /// The average of `pool`, whose changes these are, over the window that ends at `end`, which lies
    /// not before the last change nor before the `end` of an earlier call.
    pub fn average(&mut self, pool: &Pool, end: Timestamp) -> PoolAverage {
        let unknown = PoolAverage::unknown(pool.clone());
        let Some(window) = Window::ending_at(end, self.window_seconds) else {
            return unknown;
        };
        self.forget_before(window.start);
        let mut samples = self.changes.len();
        let (mut weighted, mut sum) = (self.weighted, self.sum);
        // What changes at the end does not count yet.
        if let Some((at, usd)) = self.changes.back()
            && *at >= end
        {
            samples -= 1;
            sum -= *usd;
            if let Some((before, held)) = self.last_of(samples) {
                weighted -= held * seconds(before, *at);
            }
        }
        let (Some((first_at, first_usd)), Some((last_at, last_usd))) =
            (self.changes.front().copied(), self.last_of(samples))
        else {
            return unknown;
        };
        weighted += last_usd * seconds(last_at, end);
        if first_at < window.start {
            weighted -= first_usd * seconds(first_at, window.start);
        }
        let covered = seconds(first_at.max(window.start), end);
        let average = match self.average {
            Average::TimeWeighted => weighted.checked_div(covered),
            Average::PlainMean => sum.checked_div(Decimal::from(samples)),
        };
        PoolAverage {
            average_usd: average.map(|usd| usd.round_dp(6).normalize()),
            latest_usd: Some(last_usd.normalize()),
            sample_count: samples,
            covered_seconds: i64::try_from(covered.trunc()).unwrap_or(i64::MAX),
            ..unknown
        }
    }

    /// The last of so many changes.
    fn last_of(&self, samples: usize) -> Option<(Timestamp, Decimal)> {
        self.changes.get(samples.checked_sub(1)?).copied()
    }

    /// Of what changed before the window, only the last still tells a price in it.
    fn forget_before(&mut self, start: Timestamp) {
        while let (Some((at, usd)), Some((next, _))) = (self.changes.front(), self.changes.get(1)) {
            if *next > start {
                break;
            }
            self.weighted -= *usd * seconds(*at, *next);
            self.sum -= *usd;
            self.changes.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    fn pool() -> Pool {
        Pool {
            instance_type: "g4dn.xlarge".into(),
            availability_zone: "eu-west-1a".into(),
        }
    }

    fn price(average: Average, changes: &[(i64, i64)], end: i64) -> PoolAverage {
        let mut running = RunningAverage::new(3_600, average);
        for (second, usd) in changes {
            running.push(at(*second), Decimal::from(*usd));
        }
        running.average(&pool(), at(end))
    }

    #[test]
    fn a_price_weighs_as_long_as_it_held_or_alike() {
        let changes = [(0, 1), (3_600, 3), (4_500, 1)];
        let weighted = price(Average::TimeWeighted, &changes, 7_200);
        assert_eq!(weighted.average_usd, Some("1.5".parse().unwrap()));
        assert_eq!(
            (weighted.sample_count, weighted.covered_seconds),
            (2, 3_600)
        );
        let plain = price(Average::PlainMean, &changes, 7_200);
        assert_eq!(plain.average_usd, Some(Decimal::TWO));
    }

    #[test]
    fn what_changes_at_the_end_does_not_count_yet() {
        let price = price(Average::TimeWeighted, &[(0, 1), (3_600, 9)], 3_600);
        assert_eq!(price.average_usd, Some(Decimal::ONE));
        assert_eq!(price.latest_usd, Some(Decimal::ONE));
        assert_eq!(price.sample_count, 1);
    }

    #[test]
    fn no_more_is_held_than_the_window_has() {
        let mut running = RunningAverage::new(3_600, Average::TimeWeighted);
        for minute in 0..100_000 {
            running.push(at(minute * 60), Decimal::from(minute % 7));
            assert!(running.changes.len() <= 61, "{}", running.changes.len());
        }
    }
}

//! Spot prices over a window, averaged by how long each price held.
//!
//! EC2 reports price *changes*, and with them the last change before the window, which is the
//! price the window opens with. A price that held for a minute must not weigh as much as one
//! that held for the rest of the hour.
//! See <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html>.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{launch_failure::LaunchFailure, left_out::LeftOut, on_demand_price::OnDemandPrice};

/// A price above this, in USD per instance-hour, is taken for a fault of the source.
pub const HIGHEST_CREDIBLE_PRICE: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);

/// What spot capacity is bought from: one instance type in one Availability Zone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pool {
    /// For example `g4dn.xlarge`.
    pub instance_type: String,
    /// For example `eu-west-1a`.
    pub availability_zone: String,
}

/// From `at` on, the pool cost `usd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceChange {
    /// The pool whose price changed.
    pub pool: Pool,
    /// When it changed, UTC.
    pub at: Timestamp,
    /// USD per instance-hour.
    pub usd: Decimal,
}

impl PriceChange {
    /// Whether the price can be one: neither negative nor beyond [`HIGHEST_CREDIBLE_PRICE`].
    #[must_use]
    pub fn is_credible(&self) -> bool {
        !self.usd.is_sign_negative() && self.usd <= HIGHEST_CREDIBLE_PRICE
    }
}

/// The time over which prices are averaged: from `start` up to, not including, `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// UTC.
    pub start: Timestamp,
    /// UTC.
    pub end: Timestamp,
}

impl Window {
    /// The window of `seconds` that ends at `end`, or nothing where it would be empty or lie
    /// before the calendar begins.
    #[must_use]
    pub fn ending_at(end: Timestamp, seconds: u32) -> Option<Self> {
        let start = end
            .checked_sub(SignedDuration::from_secs(i64::from(seconds)))
            .ok()?;
        (start < end).then_some(Self { start, end })
    }
}

/// What a pool cost over the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolPrice {
    /// The pool.
    #[serde(flatten)]
    pub pool: Pool,
    /// The time-weighted average, USD per instance-hour, to six decimals; absent without samples.
    pub average_usd: Option<Decimal>,
    /// The newest price, USD per instance-hour.
    pub latest_usd: Option<Decimal>,
    /// How many price records the average was made of, the one that opens the window included.
    pub sample_count: usize,
    /// The part of the window with a known price, seconds.
    pub covered_seconds: i64,
    /// The launch that failed in the pool's zone of late, which leaves the pool out of the choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launch_failure: Option<LaunchFailure>,
    /// When EC2 said that it takes an instance back from the pool, UTC, which leaves the pool out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interrupted_at: Option<Timestamp>,
    /// EC2's spot placement score of the pool's zone for the group's types together, 1 to 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement_score: Option<u8>,
    /// What the instance type costs on demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_demand: Option<OnDemandPrice>,
    /// How many units of capacity an instance of the type is, where the group weighs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weighted_capacity: Option<u32>,
    /// The rule that leaves the pool out of the choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<LeftOut>,
}

impl PoolPrice {
    /// A pool of which nothing is known yet.
    #[must_use]
    pub fn unknown(pool: Pool) -> Self {
        Self {
            pool,
            average_usd: None,
            latest_usd: None,
            sample_count: 0,
            covered_seconds: 0,
            launch_failure: None,
            interrupted_at: None,
            placement_score: None,
            on_demand: None,
            weighted_capacity: None,
            left_out: None,
        }
    }

    /// The average for a unit of capacity, USD per hour; for an instance where the group does not
    /// weigh.
    #[must_use]
    pub fn usd_per_unit(&self) -> Option<Decimal> {
        let units = Decimal::from(self.weighted_capacity.unwrap_or(1));
        let usd = self.average_usd?.checked_div(units)?;
        Some(usd.round_dp(6).normalize())
    }
}

/// Gathers price changes, in any order and from any number of pages, into averages per pool.
#[derive(Debug)]
pub struct PriceAverages {
    window: Window,
    // Keyed by time, so that a record which comes twice counts once.
    changes: BTreeMap<Pool, BTreeMap<Timestamp, Decimal>>,
    rejected: usize,
}

impl PriceAverages {
    /// Averages over `window` for each of `pools`; records of other pools are passed over.
    pub fn new(window: Window, pools: impl IntoIterator<Item = Pool>) -> Self {
        let changes = pools
            .into_iter()
            .map(|pool| (pool, BTreeMap::new()))
            .collect();
        Self {
            window,
            changes,
            rejected: 0,
        }
    }

    /// Takes one record.
    pub fn add(&mut self, change: PriceChange) {
        if !change.is_credible() {
            self.rejected += 1;
            return;
        }
        if change.at >= self.window.end {
            return;
        }
        let Some(changes) = self.changes.get_mut(&change.pool) else {
            return;
        };
        // Of the records before the window only the last one still tells a price in it.
        let opening = changes
            .range(..=self.window.start)
            .next_back()
            .map(|(at, _)| *at);
        if change.at <= self.window.start {
            match opening {
                Some(at) if at > change.at => return,
                Some(at) if at < change.at => {
                    changes.remove(&at);
                }
                _ => {}
            }
        }
        // Two prices for one instant: the dearer one, whatever order they came in.
        changes
            .entry(change.at)
            .and_modify(|usd| *usd = (*usd).max(change.usd))
            .or_insert(change.usd);
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
    pub fn finish(self) -> Vec<PoolPrice> {
        let window = self.window;
        self.changes
            .into_iter()
            .map(|(pool, changes)| average(pool, &changes, window))
            .collect()
    }
}

fn average(pool: Pool, changes: &BTreeMap<Timestamp, Decimal>, window: Window) -> PoolPrice {
    let mut weighted = Decimal::ZERO;
    let mut covered = Decimal::ZERO;
    let ends = changes
        .keys()
        .skip(1)
        .copied()
        .chain(std::iter::once(window.end));
    for ((at, usd), until) in changes.iter().zip(ends) {
        let held = until.duration_since((*at).max(window.start)).as_micros();
        // The calendar holds less than 2^40 seconds and a price at most a million USD: no overflow.
        let held = Decimal::from_i128_with_scale(held, 6);
        weighted += *usd * held;
        covered += held;
    }
    let average_usd = (covered > Decimal::ZERO)
        .then(|| weighted.checked_div(covered))
        .flatten()
        .map(|usd| usd.round_dp(6).normalize());
    PoolPrice {
        average_usd,
        latest_usd: changes.last_key_value().map(|(_, usd)| usd.normalize()),
        sample_count: changes.len(),
        covered_seconds: i64::try_from(covered.trunc()).unwrap_or(i64::MAX),
        ..PoolPrice::unknown(pool)
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

    fn average_of(changes: &[(&str, &str)]) -> PoolPrice {
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
        for price in ["-0.1", "1000001"] {
            averages.add(PriceChange {
                pool: pool(),
                at: window().start,
                usd: usd(price),
            });
        }
        averages.reject();
        assert_eq!(averages.rejected(), 3);
        assert_eq!(averages.finish()[0].average_usd, None);
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
        assert_eq!(averages.finish().len(), 1);
    }
}

//! How many units each Availability Zone is asked for, so that one reclaim does not take all of them.
//!
//! The units are spread as evenly as possible over the zones whose price is at most
//! `NEAR_PERCENT` above the cheapest. `docs/backtest.md`, "Spread", has the rules that were played
//! next to each other on zones of one campaign:
//!
//! - All in the cheapest zone costs least, and is lost as a whole most often.
//! - Any second zone halves that. A third and a fourth add little, and cost more the further their
//!   prices are away. So the price decides which zones belong to it, and not their number.
//! - How many instances are lost in all is the same with every rule. Spreading buys nothing else than
//!   that they are not lost at once, so it may cost a few percent, and no more.

use rust_decimal::Decimal;

/// How far above the cheapest zone's price another zone's may be, percent of it.
const NEAR_PERCENT: u32 = 10;

/// An Availability Zone that may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZonePrice {
    /// The zone's name.
    pub zone: String,
    /// What its best usable pool costs, USD per hour for a unit of capacity.
    pub usd_per_unit: Decimal,
}

/// Which zone is asked for how many of `units` first. `zones` are those that may be asked, the cheapest
/// first. The result is in their order, and has only those that are asked for one at least; if the
/// units do not divide evenly, the cheaper zones are asked for one more.
///
/// What a zone does not give is the caller's to ask of the next one.
///
/// ```
/// # use spotmanager_domain::scaling::{ZonePrice, spread};
/// let zone = |zone: &str, cents| ZonePrice { zone: zone.into(), usd_per_unit: rust_decimal::Decimal::new(cents, 2) };
/// let zones = [zone("a", 100), zone("b", 108), zone("c", 130)];
/// assert_eq!(spread(5, &zones), [("a", 3), ("b", 2)]);
/// ```
#[must_use]
pub fn spread(units: i32, zones: &[ZonePrice]) -> Vec<(&str, i32)> {
    let percent = Decimal::ONE_HUNDRED.saturating_add(NEAR_PERCENT.into());
    let most = zones
        .first()
        .map(|cheapest| cheapest.usd_per_unit.saturating_mul(percent));
    let is_near = |zone: &&ZonePrice| {
        let price = zone.usd_per_unit.saturating_mul(Decimal::ONE_HUNDRED);
        most.is_some_and(|most| price <= most)
    };
    let near: Vec<_> = zones.iter().filter(is_near).collect();
    let mut left = units.max(0);
    let mut shares = Vec::new();
    for (before, zone) in near.iter().enumerate() {
        let zones_left = i32::try_from(near.len() - before).unwrap_or(i32::MAX);
        // Rounded up, so that the cheaper ones have more.
        let share = left / zones_left + i32::from(left % zones_left > 0);
        if share > 0 {
            shares.push((zone.zone.as_str(), share));
            left -= share;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zones(cents: &[i64]) -> Vec<ZonePrice> {
        let zones = ('a'..).zip(cents).map(|(zone, cents)| ZonePrice {
            zone: zone.to_string(),
            usd_per_unit: Decimal::new(*cents, 2),
        });
        zones.collect()
    }

    #[test]
    fn zones_near_the_cheapest_share_the_units_and_others_have_none() {
        for (units, cents, expected) in [
            (1, &[100, 100, 100][..], &[("a", 1)][..]),
            (2, &[100, 110, 111], &[("a", 1), ("b", 1)]),
            (5, &[100, 105, 110, 111], &[("a", 2), ("b", 2), ("c", 1)]),
            (7, &[100, 111], &[("a", 7)]),
            (100, &[50], &[("a", 100)]),
            (0, &[100, 100], &[]),
            (-1, &[100], &[]),
            (3, &[], &[]),
            (3, &[0, 1], &[("a", 3)]),
        ] {
            assert_eq!(spread(units, &zones(cents)), expected, "{units} {cents:?}");
        }
    }

    proptest! {
        #[test]
        fn all_units_are_asked_for_once_and_as_evenly_as_possible(
            units in 1_i32..1_000,
            mut cents in prop::collection::vec(1_i64..1_000, 1..8),
        ) {
            cents.sort_unstable();
            let zones = zones(&cents);
            let shares = spread(units, &zones);
            prop_assert_eq!(shares.iter().map(|(_, units)| units).sum::<i32>(), units);
            let most = shares.iter().map(|(_, units)| *units).max().unwrap_or_default();
            let near = cents.iter().filter(|one| **one * 10 <= cents[0] * 11).count();
            let near = i32::try_from(near).unwrap();
            prop_assert_eq!(most, (units + near - 1) / near);
            prop_assert!(shares.iter().all(|(_, units)| *units >= most - 1));
            prop_assert_eq!(shares.len(), usize::try_from(near.min(units)).unwrap());
        }
    }
}

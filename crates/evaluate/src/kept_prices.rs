//! The on-demand prices that a warm function keeps, each for a day.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};
use spotmanager_domain::on_demand_price::OnDemandPrice;

/// How long a price is kept; AWS changes them seldom, and downwards.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Prices by product description and instance type, with when each was read.
#[derive(Debug, Default)]
pub(crate) struct KeptPrices(HashMap<(String, String), (Timestamp, OnDemandPrice)>);

impl KeptPrices {
    /// Keeps the price of an instance type that was read at `now`.
    pub(crate) fn keep(
        &mut self,
        product_description: &str,
        instance_type: &str,
        price: OnDemandPrice,
        now: Timestamp,
    ) {
        let key = (product_description.to_owned(), instance_type.to_owned());
        self.0.insert(key, (now, price));
    }

    /// The price of each type that was read less than a day before `now`.
    pub(crate) fn fresh(
        &self,
        product_description: &str,
        instance_types: &[String],
        now: Timestamp,
    ) -> BTreeMap<String, OnDemandPrice> {
        let fresh = |instance_type: &String| {
            let key = (product_description.to_owned(), instance_type.clone());
            let (at, price) = self.0.get(&key)?;
            (now.duration_since(*at) < KEPT).then(|| (instance_type.clone(), price.clone()))
        };
        instance_types.iter().filter_map(fresh).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spotmanager_domain::on_demand_price::OnDemandPriceSource;

    const LINUX: &str = "Linux/UNIX";
    const DAY: i64 = 24 * 60 * 60;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn price(usd: &str) -> OnDemandPrice {
        OnDemandPrice {
            usd: usd.parse().unwrap(),
            source: OnDemandPriceSource::PriceList,
        }
    }

    #[test]
    fn a_price_is_kept_for_less_than_a_day_after_it_was_read_last() {
        let types = ["g4dn.xlarge".to_owned()];
        let mut kept = KeptPrices::default();
        let usd = |kept: &KeptPrices, second| {
            let fresh = kept.fresh(LINUX, &types, at(second));
            fresh.get("g4dn.xlarge").map(|price| price.usd.to_string())
        };
        assert_eq!(usd(&kept, 0), None);
        kept.keep(LINUX, "g4dn.xlarge", price("0.526"), at(0));
        for (second, expected) in [
            (0, Some("0.526")),
            (DAY - 1, Some("0.526")),
            (DAY, None),
            (2 * DAY, None),
        ] {
            assert_eq!(usd(&kept, second).as_deref(), expected, "{second}");
        }
        kept.keep(LINUX, "g4dn.xlarge", price("0.5"), at(DAY));
        assert_eq!(usd(&kept, 2 * DAY - 1).as_deref(), Some("0.5"));
    }

    #[test]
    fn a_price_is_that_of_its_type_and_product() {
        let mut kept = KeptPrices::default();
        kept.keep(LINUX, "g4dn.xlarge", price("0.526"), at(0));
        kept.keep("Windows", "g4dn.xlarge", price("0.71"), at(0));
        let types = ["g4dn.xlarge", "g5.xlarge"].map(str::to_owned);
        let fresh = |product| kept.fresh(product, &types, at(1));
        let expected = |usd| BTreeMap::from([(types[0].clone(), price(usd))]);
        assert_eq!(fresh(LINUX), expected("0.526"));
        assert_eq!(fresh("Windows"), expected("0.71"));
        assert!(fresh("SUSE Linux").is_empty());
    }
}

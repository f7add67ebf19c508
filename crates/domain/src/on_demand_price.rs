//! What an instance costs on demand, USD per instance-hour, and where the figure comes from.
//!
//! A table travels with the program. It is as of 2026-11, made from
//! figures published on 2026-08-26, and only a fallback for when AWS's price list cannot be had:
//! Linux, shared tenancy, GPU types in `us-east-1` and `eu-west-1`. What is not in it has no
//! price; G6 instances are not sold in `eu-west-1`.
//! See <https://aws.amazon.com/ec2/pricing/on-demand/>.

use std::{collections::BTreeMap, sync::LazyLock};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What an instance type costs on demand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnDemandPrice {
    /// USD per instance-hour.
    pub usd: Decimal,
    /// Where the figure comes from.
    pub source: OnDemandPriceSource,
}

/// Where an on-demand price comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDemandPriceSource {
    /// AWS's price list, at the time of the decision.
    PriceList,
    /// The table that travels with the program.
    StaticTable,
}

/// Columns: region, instance type, USD per instance-hour.
const CSV: &str = include_str!("../data/on_demand_prices.csv");

#[derive(Debug)]
struct Row {
    region: &'static str,
    instance_type: &'static str,
    usd: Decimal,
}

static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| lines().filter_map(row).collect());

/// What EC2's product descriptions that the table has prices of begin with.
const LINUX: &str = "Linux/UNIX";

/// The table's on-demand price of an instance type under EC2's product description, USD per
/// instance-hour; none for other products than Linux.
fn static_price(region: &str, product_description: &str, instance_type: &str) -> Option<Decimal> {
    if !product_description.starts_with(LINUX) {
        return None;
    }
    TABLE
        .iter()
        .find(|row| row.region == region && row.instance_type == instance_type)
        .map(|row| row.usd)
}

/// The price of each instance type: that of `listed`, AWS's price list in USD per instance-hour,
/// otherwise that of the table. A type without either is missing.
#[must_use]
pub fn listed_or_static(
    region: &str,
    product_description: &str,
    instance_types: &[String],
    listed: &BTreeMap<String, Decimal>,
) -> BTreeMap<String, OnDemandPrice> {
    let price = |name: &String| {
        let listed = listed.get(name).map(|usd| OnDemandPrice {
            usd: *usd,
            source: OnDemandPriceSource::PriceList,
        });
        listed.or_else(|| {
            let usd = static_price(region, product_description, name)?;
            let source = OnDemandPriceSource::StaticTable;
            Some(OnDemandPrice { usd, source })
        })
    };
    let prices = instance_types.iter();
    prices
        .filter_map(|name| Some((name.clone(), price(name)?)))
        .collect()
}

fn lines() -> impl Iterator<Item = &'static str> {
    // The first line names the columns.
    CSV.lines().skip(1)
}

fn row(line: &'static str) -> Option<Row> {
    let mut cells = line.split(',');
    let row = Row {
        region: cells.next()?,
        instance_type: cells.next()?,
        usd: cells.next()?.parse().ok()?,
    };
    cells.next().is_none().then_some(row)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::price::HIGHEST_CREDIBLE_PRICE;

    #[test]
    fn every_line_is_a_credible_price() {
        assert_eq!(CSV.lines().next(), Some("region,instance_type,usd"));
        for line in lines() {
            let row = row(line).unwrap_or_else(|| panic!("{line}"));
            assert!(["us-east-1", "eu-west-1"].contains(&row.region), "{line}");
            assert!(row.usd > Decimal::ZERO, "{line}");
            assert!(row.usd <= HIGHEST_CREDIBLE_PRICE, "{line}");
        }
    }

    #[test]
    fn no_type_has_two_prices_in_a_region() {
        let keys: BTreeSet<_> = TABLE
            .iter()
            .map(|row| (row.region, row.instance_type))
            .collect();
        assert_eq!(keys.len(), lines().count());
    }

    #[test]
    fn a_price_is_found_by_region_and_type() {
        let usd = |text: &str| text.parse::<Decimal>().ok();
        assert_eq!(
            static_price("us-east-1", LINUX, "g4dn.xlarge"),
            usd("0.526")
        );
        assert_eq!(
            static_price("eu-west-1", LINUX, "g4dn.xlarge"),
            usd("0.587")
        );
        assert_eq!(static_price("eu-west-1", LINUX, "g6.xlarge"), None);
        assert_eq!(static_price("ap-south-1", LINUX, "g4dn.xlarge"), None);
        assert_eq!(static_price("us-east-1", "Windows", "g4dn.xlarge"), None);
        let vpc = "Linux/UNIX (Amazon VPC)";
        assert_eq!(static_price("us-east-1", vpc, "g4dn.xlarge"), usd("0.526"));
    }

    #[test]
    fn the_price_list_comes_before_the_table() {
        let usd = |text: &str| text.parse::<Decimal>().unwrap();
        let types = ["g4dn.xlarge", "g5.xlarge", "unknown.large"].map(str::to_owned);
        let listed = BTreeMap::from([(types[0].clone(), usd("0.5"))]);
        let prices = listed_or_static("us-east-1", LINUX, &types, &listed);
        let price = |usd, source| OnDemandPrice { usd, source };
        let table = static_price("us-east-1", LINUX, "g5.xlarge").unwrap();
        let expected = [
            (
                types[0].clone(),
                price(usd("0.5"), OnDemandPriceSource::PriceList),
            ),
            (
                types[1].clone(),
                price(table, OnDemandPriceSource::StaticTable),
            ),
        ];
        assert_eq!(prices, expected.into());
    }

    #[test]
    fn what_is_no_line_is_none() {
        for line in ["", "us-east-1,a.large", "r,t,cheap", "r,t,1,2"] {
            assert!(row(line).is_none(), "{line}");
        }
    }

    #[test]
    fn the_sources_have_stable_codes() {
        for (source, code) in [
            (OnDemandPriceSource::PriceList, "price_list"),
            (OnDemandPriceSource::StaticTable, "static_table"),
        ] {
            assert_eq!(serde_json::to_value(source).unwrap(), code);
        }
    }
}

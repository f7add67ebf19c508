//! What instance types cost on demand.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use spotmanager_aws::{
    SdkConfig,
    on_demand_prices::{client, read_prices},
};
use spotmanager_domain::on_demand_price::{OnDemandPrice, listed_or_static};

/// On-demand prices, and why the price list gave none.
#[derive(Debug, Default)]
pub(crate) struct OnDemandPrices {
    /// By instance type; a price that cannot be had is missing.
    pub(crate) prices: BTreeMap<String, OnDemandPrice>,
    /// Why the price list could not be read.
    pub(crate) problem: Option<String>,
}

/// The on-demand price of each type, USD per instance-hour: from the price list, otherwise from the
/// table that travels with the program. One that cannot be had is missing.
pub(crate) async fn prices(
    config: &SdkConfig,
    instance_types: &[String],
    product_description: &str,
) -> BTreeMap<String, Decimal> {
    let found = Box::pin(read(config, instance_types, product_description)).await;
    let prices = found.prices.into_iter();
    prices.map(|(name, price)| (name, price.usd)).collect()
}

/// The same, with where each price comes from.
pub(crate) async fn read(
    config: &SdkConfig,
    instance_types: &[String],
    product_description: &str,
) -> OnDemandPrices {
    let region = config.region().map_or("", |region| region.as_ref());
    let client = client(config);
    let listed = read_prices(&client, region, product_description, instance_types).await;
    let (listed, problem) = match listed {
        Ok(listed) => (listed, None),
        Err(error) => (BTreeMap::new(), Some(error.to_string())),
    };
    OnDemandPrices {
        prices: listed_or_static(region, product_description, instance_types, &listed),
        problem,
    }
}

/// The prices of the table alone.
pub(crate) fn of_table(
    region: &str,
    instance_types: &[String],
    product_description: &str,
) -> BTreeMap<String, OnDemandPrice> {
    let unlisted = BTreeMap::new();
    listed_or_static(region, product_description, instance_types, &unlisted)
}

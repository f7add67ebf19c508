//! What instance types cost on demand.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use spotmanager_aws::{
    SdkConfig,
    on_demand_prices::{client, read_prices},
};
use spotmanager_decision::on_demand_price::static_price;

/// The on-demand price of each type, USD per instance-hour: from the price list, else from the table
/// that travels with the program. One that cannot be had is none.
pub(crate) async fn prices(
    config: &SdkConfig,
    instance_types: &[String],
    product_description: &str,
) -> BTreeMap<String, Decimal> {
    let region = config.region().map_or("", |region| region.as_ref());
    let client = client(config);
    let listed = read_prices(&client, region, product_description, instance_types).await;
    let mut prices = listed.unwrap_or_default();
    for (name, usd) in of_table(region, instance_types, product_description) {
        prices.entry(name).or_insert(usd);
    }
    prices
}

/// The same from the table alone.
pub(crate) fn of_table(
    region: &str,
    instance_types: &[String],
    product_description: &str,
) -> BTreeMap<String, Decimal> {
    let of_type = |name: &String| {
        let usd = static_price(region, product_description, name)?;
        Some((name.clone(), usd))
    };
    instance_types.iter().filter_map(of_type).collect()
}

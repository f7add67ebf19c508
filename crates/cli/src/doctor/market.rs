//! What the spot group's instances cost: the lowest spot prices of the last day, and on demand.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use spotmanager_aws::{
    AwsError, SdkConfig,
    on_demand_prices::{self, read_prices},
    spot_prices::{Client, Query, read_lowest},
};
use spotmanager_contract::Settings;
use spotmanager_decision::{
    on_demand_price::static_price,
    price::{Pool, Window},
};
use spotmanager_doctor::WorkerGroup;

/// How far back prices are looked at, seconds.
const DAY: u32 = 86_400;

/// The lowest price of each pool of the group that had one in the last day, USD per instance-hour.
///
/// # Errors
/// [`AwsError`] when a page cannot be had.
pub(super) async fn lowest_prices(
    client: &Client,
    group: &WorkerGroup,
    settings: &Settings,
) -> Result<BTreeMap<Pool, Decimal>, AwsError> {
    let Some(window) = Window::ending_at(Timestamp::now(), DAY) else {
        return Ok(BTreeMap::new());
    };
    // Without types EC2 would list every one.
    if group.instance_types.is_empty() {
        return Ok(BTreeMap::new());
    }
    let query = Query {
        instance_types: &group.instance_types,
        product_description: &settings.product_description,
        window,
    };
    let mut prices = read_lowest(client, query).await?;
    prices.retain(|pool, _| group.availability_zones.contains(&pool.availability_zone));
    Ok(prices)
}

/// The on-demand price of each type of the group, USD per instance-hour: from the price list, else
/// from the table that travels with the program. One that cannot be had is none.
pub(super) async fn on_demand_prices(
    config: &SdkConfig,
    group: &WorkerGroup,
    settings: &Settings,
) -> BTreeMap<String, Decimal> {
    let region = config.region().map_or("", |region| region.as_ref());
    let client = on_demand_prices::client(config);
    let (types, product) = (&group.instance_types, &settings.product_description);
    let listed = read_prices(&client, region, product, types).await;
    let mut prices = listed.unwrap_or_default();
    if product.starts_with("Linux/UNIX") {
        for name in types {
            if !prices.contains_key(name)
                && let Some(usd) = static_price(region, name)
            {
                prices.insert(name.clone(), usd);
            }
        }
    }
    prices
}

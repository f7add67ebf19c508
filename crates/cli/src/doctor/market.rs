//! What the spot group's instances cost: the lowest spot prices of the last day.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use spotmanager_aws::{
    AwsError,
    spot_prices::{Client, Query, read_lowest},
};
use spotmanager_doctor::WorkerGroup;
use spotmanager_domain::{
    Settings,
    price::{Pool, Window},
};

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
    now: Timestamp,
) -> Result<BTreeMap<Pool, Decimal>, AwsError> {
    let Some(window) = Window::ending_at(now, DAY) else {
        return Ok(BTreeMap::new());
    };
    // Without types EC2 would list every one.
    if group.read.launch.instance_types.is_empty() {
        return Ok(BTreeMap::new());
    }
    let query = Query {
        instance_types: &group.read.launch.instance_types,
        product_description: &settings.product_description,
        window,
    };
    let mut prices = read_lowest(client, query).await?;
    prices.retain(|pool, _| group.availability_zones.contains(&pool.availability_zone));
    Ok(prices)
}

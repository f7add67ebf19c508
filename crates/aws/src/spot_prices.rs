//! The history of spot prices.

use std::collections::BTreeMap;

use aws_sdk_ec2::{
    primitives::DateTime,
    types::{InstanceType, SpotPrice},
};
use jiff::Timestamp;
use rust_decimal::Decimal;
use spotmanager_domain::{
    decimal,
    price::{Pool, PriceAverages, PriceChange, Window},
};

pub use aws_sdk_ec2::Client;

use crate::{AwsError, time::timestamp};

/// Which prices are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// The instance types.
    pub instance_types: &'a [String],
    /// EC2's product description, such as `Linux/UNIX`.
    pub product_description: &'a str,
    /// The window; EC2 adds the last change before it.
    pub window: Window,
}

/// Feeds the price changes, page by page, into `averages`; no page outlives its reading.
///
/// # Errors
/// [`AwsError`] when a page cannot be had.
pub async fn read_averages(
    client: &Client,
    query: Query<'_>,
    averages: &mut PriceAverages,
) -> Result<(), AwsError> {
    read_changes(client, query, |change| match change {
        Some(change) => averages.add(change),
        None => averages.reject(),
    })
    .await
}

/// The lowest credible price of each pool that had one in the window, USD per instance-hour.
///
/// # Errors
/// [`AwsError`] when a page cannot be had.
pub async fn read_lowest(
    client: &Client,
    query: Query<'_>,
) -> Result<BTreeMap<Pool, Decimal>, AwsError> {
    let mut lowest = BTreeMap::new();
    read_changes(client, query, |change| {
        if let Some(change) = change.filter(PriceChange::is_credible) {
            lowest
                .entry(change.pool)
                .and_modify(|usd: &mut Decimal| *usd = (*usd).min(change.usd))
                .or_insert(change.usd);
        }
    })
    .await?;
    Ok(lowest)
}

/// Hands on every price change, `None` for what is none, page by page.
/// See <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html>.
///
/// # Errors
/// [`AwsError`] when a page cannot be had.
pub async fn read_changes(
    client: &Client,
    query: Query<'_>,
    mut take: impl FnMut(Option<PriceChange>),
) -> Result<(), AwsError> {
    let instance_types = query
        .instance_types
        .iter()
        .map(|name| InstanceType::from(name.as_str()))
        .collect();
    let mut pages = client
        .describe_spot_price_history()
        .set_instance_types(Some(instance_types))
        .product_descriptions(query.product_description)
        .start_time(date_time(query.window.start))
        .end_time(date_time(query.window.end))
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| AwsError::new("ec2:DescribeSpotPriceHistory", error))?;
        for record in page.spot_price_history() {
            take(price_change(record));
        }
    }
    Ok(())
}

fn date_time(time: Timestamp) -> DateTime {
    DateTime::from_millis(time.as_millisecond())
}

fn price_change(record: &SpotPrice) -> Option<PriceChange> {
    Some(PriceChange {
        pool: Pool {
            instance_type: record.instance_type()?.as_str().to_owned(),
            availability_zone: record.availability_zone()?.to_owned(),
        },
        at: timestamp(record.timestamp()?)?,
        usd: decimal::read(record.spot_price()?)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(price: &str) -> SpotPrice {
        SpotPrice::builder()
            .instance_type(InstanceType::from("g4dn.xlarge"))
            .availability_zone("eu-west-1a")
            .timestamp(DateTime::from_secs(1))
            .spot_price(price)
            .build()
    }

    #[test]
    fn a_record_becomes_a_price_change() {
        let change = price_change(&record("0.210400")).unwrap();
        assert_eq!(change.usd, "0.2104".parse().unwrap());
        assert_eq!(change.at, Timestamp::from_second(1).unwrap());
    }

    #[test]
    fn what_is_no_price_is_none() {
        let digits = "9".repeat(5_000);
        for price in [
            "",
            "NaN",
            "cheap",
            "1,5",
            "-1",
            "1e400",
            "1e-1",
            "1_0",
            digits.as_str(),
        ] {
            assert_eq!(price_change(&record(price)), None, "{price}");
        }
        assert_eq!(price_change(&SpotPrice::builder().build()), None);
    }
}

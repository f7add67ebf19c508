//! On-demand prices, from AWS's price list.
//!
//! The price list is for information: where it and a service's pricing page differ, AWS charges
//! what the page says. It has prices in USD only for AWS's standard regions; in those of China
//! they are in another currency, and other partitions do not serve it.
//! See <https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-changes.html>.

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_pricing::{
    config::{Builder, Region},
    error::BuildError,
    operation::get_products::GetProductsError,
    types::{Filter, FilterType},
};
use aws_smithy_runtime_api::client::result::SdkError;
use rust_decimal::Decimal;

pub use aws_sdk_pricing::Client;

use crate::{AwsError, price_list_entry::hourly_price};

const CALL: &str = "pricing:GetProducts";
/// The most types that are asked for one by one. More are read from the list of all, which takes
/// about ten pages, however many they are.
const MOST_ASKED_SINGLY: usize = 10;

/// A client of the price list's endpoint that is nearest to the region of `config`.
#[must_use]
pub fn client(config: &SdkConfig) -> Client {
    let region = config.region().map_or("", |region| region.as_ref());
    let config = Builder::from(config).region(Region::from_static(endpoint_region(region)));
    Client::from_conf(config.build())
}

/// The region in which the price list is asked, for only some serve it. Each serves the prices of
/// all regions.
/// See <https://docs.aws.amazon.com/general/latest/gr/billing.html>.
#[must_use]
pub fn endpoint_region(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("eu" | "il" | "me" | "af") => "eu-central-1",
        Some("ap") => "ap-south-1",
        Some("cn") => "cn-northwest-1",
        _ => "us-east-1",
    }
}

/// The on-demand price of each instance type in `region`, USD per instance-hour, for shared
/// tenancy and the operating system of EC2's `product_description`, such as `Linux/UNIX`.
///
/// A type that the price list does not have at a credible price is absent, and so is every type
/// for a product description that the list has no operating system for.
/// See <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html>.
///
/// # Errors
/// [`AwsError`] when a page cannot be had.
pub async fn read_prices(
    client: &Client,
    region: &str,
    product_description: &str,
    instance_types: &[String],
) -> Result<BTreeMap<String, Decimal>, AwsError> {
    let mut prices = BTreeMap::new();
    let Some(operating_system) = operating_system(product_description) else {
        return Ok(prices);
    };
    // Filters hold all at once, so that each type takes a call.
    let singly = instance_types.iter().map(|one| Some(one.as_str()));
    let asked: Vec<_> = if instance_types.len() > MOST_ASKED_SINGLY {
        vec![None]
    } else {
        singly.collect()
    };
    for instance_type in asked {
        let filters = filters(region, operating_system, instance_type).map_err(|error| {
            let error = SdkError::<GetProductsError, _>::construction_failure(error);
            AwsError::new(CALL, error)
        })?;
        let mut pages = client
            .get_products()
            .service_code("AmazonEC2")
            .set_filters(Some(filters))
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| AwsError::new(CALL, error))?;
            for price in page
                .price_list()
                .iter()
                .filter_map(|entry| hourly_price(entry))
            {
                if !instance_types.contains(&price.instance_type) {
                    continue;
                }
                // Two prices for one type: the dearer one, as of two spot prices.
                prices
                    .entry(price.instance_type)
                    .and_modify(|usd: &mut Decimal| *usd = (*usd).max(price.usd))
                    .or_insert(price.usd);
            }
        }
    }
    Ok(prices)
}

/// The price list's name for the operating system of EC2's product description.
/// See <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html>.
fn operating_system(product_description: &str) -> Option<&'static str> {
    match product_description.trim_end_matches(" (Amazon VPC)") {
        "Linux/UNIX" => Some("Linux"),
        "Windows" => Some("Windows"),
        "Red Hat Enterprise Linux" => Some("RHEL"),
        "SUSE Linux" => Some("SUSE"),
        _ => None,
    }
}

/// What picks the one product that an instance of the type is billed as: without these the list
/// also has dedicated instances, capacity reservations, databases and own licences. Without a type
/// the one product of each.
fn filters(
    region: &str,
    operating_system: &str,
    instance_type: Option<&str>,
) -> Result<Vec<Filter>, BuildError> {
    [
        ("regionCode", region),
        ("operatingSystem", operating_system),
        ("preInstalledSw", "NA"),
        ("tenancy", "Shared"),
        ("capacitystatus", "Used"),
        ("licenseModel", "No License required"),
        ("marketoption", "OnDemand"),
    ]
    .into_iter()
    .chain(instance_type.map(|one| ("instanceType", one)))
    .map(|(field, value)| {
        Filter::builder()
            .r#type(FilterType::TermMatch)
            .field(field)
            .value(value)
            .build()
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_region_has_an_endpoint_near_it() {
        for (region, endpoint) in [
            ("us-east-1", "us-east-1"),
            ("sa-east-1", "us-east-1"),
            ("", "us-east-1"),
            ("eu-west-1", "eu-central-1"),
            ("me-central-1", "eu-central-1"),
            ("ap-southeast-2", "ap-south-1"),
            ("cn-north-1", "cn-northwest-1"),
        ] {
            assert_eq!(endpoint_region(region), endpoint, "{region}");
        }
    }

    #[test]
    fn product_descriptions_have_their_operating_system() {
        for (product, system) in [
            ("Linux/UNIX", Some("Linux")),
            ("Linux/UNIX (Amazon VPC)", Some("Linux")),
            ("Windows", Some("Windows")),
            ("Red Hat Enterprise Linux", Some("RHEL")),
            ("SUSE Linux", Some("SUSE")),
            ("BeOS", None),
        ] {
            assert_eq!(operating_system(product), system, "{product}");
        }
    }

    #[test]
    fn every_filter_is_sent() {
        assert_eq!(filters("eu-west-1", "Linux", None).unwrap().len(), 7);
        let filters = filters("eu-west-1", "Linux", Some("g4dn.xlarge")).unwrap();
        assert_eq!(filters.len(), 8);
        assert!(
            filters.iter().any(|filter| {
                filter.field() == "instanceType" && filter.value() == "g4dn.xlarge"
            })
        );
    }
}

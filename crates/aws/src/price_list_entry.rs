//! An entry of AWS's price list: JSON in a string, one product with its terms.
//! See <https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html>.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;
use spotmanager_domain::{decimal, price::HIGHEST_CREDIBLE_PRICE};

/// What an instance type costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HourlyPrice {
    /// For example `g4dn.xlarge`.
    pub(crate) instance_type: String,
    /// USD per instance-hour.
    pub(crate) usd: Decimal,
}

#[derive(Deserialize)]
struct Entry {
    product: Product,
    terms: Terms,
}

#[derive(Deserialize)]
struct Product {
    attributes: Attributes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attributes {
    instance_type: String,
}

#[derive(Deserialize)]
struct Terms {
    #[serde(rename = "OnDemand", default)]
    on_demand: BTreeMap<String, Term>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Term {
    price_dimensions: BTreeMap<String, PriceDimension>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PriceDimension {
    unit: String,
    /// By currency.
    price_per_unit: BTreeMap<String, String>,
}

/// The entry's on-demand price; `None` where the entry cannot be read or has no credible one. A
/// capacity reservation's instances, which are paid with the reservation, have a price of 0.
pub(crate) fn hourly_price(entry: &str) -> Option<HourlyPrice> {
    let entry: Entry = serde_json::from_str(entry).ok()?;
    let usd = entry
        .terms
        .on_demand
        .values()
        .flat_map(|term| term.price_dimensions.values())
        .filter(|dimension| dimension.unit == "Hrs")
        .filter_map(|dimension| decimal::read(dimension.price_per_unit.get("USD")?))
        .filter(|usd| *usd > Decimal::ZERO && *usd <= HIGHEST_CREDIBLE_PRICE)
        .max()?;
    Some(HourlyPrice {
        instance_type: entry.product.attributes.instance_type,
        usd: usd.normalize(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = r#"{
      "product": {
        "productFamily": "Compute Instance",
        "attributes": {
          "memory": "16 GiB", "vcpu": "4", "gpu": "1", "capacitystatus": "Used",
          "instanceType": "g4dn.xlarge", "tenancy": "Shared", "usagetype": "EU-BoxUsage:g4dn.xlarge",
          "locationType": "AWS Region", "storage": "125 GB NVMe SSD", "instanceFamily": "GPU instance",
          "operatingSystem": "Linux", "regionCode": "eu-west-1", "servicecode": "AmazonEC2",
          "licenseModel": "No License required", "currentGeneration": "Yes", "preInstalledSw": "NA",
          "location": "EU (Ireland)", "marketoption": "OnDemand", "operation": "RunInstances"
        },
        "sku": "2257YY4K7BWZ4F46"
      },
      "serviceCode": "AmazonEC2",
      "terms": {
        "OnDemand": {
          "2257YY4K7BWZ4F46.JRTCKXETXF": {
            "priceDimensions": {
              "2257YY4K7BWZ4F46.JRTCKXETXF.6YS6EN2CT7": {
                "unit": "Hrs", "endRange": "Inf", "appliesTo": [], "beginRange": "0",
                "description": "$0.587 per On Demand Linux g4dn.xlarge Instance Hour",
                "rateCode": "2257YY4K7BWZ4F46.JRTCKXETXF.6YS6EN2CT7",
                "pricePerUnit": { "USD": "0.5870000000" }
              }
            },
            "sku": "2257YY4K7BWZ4F46", "effectiveDate": "2026-10-01T00:00:00Z",
            "offerTermCode": "JRTCKXETXF", "termAttributes": {}
          }
        },
        "Reserved": {
          "2257YY4K7BWZ4F46.4NA7Y494T4": {
            "priceDimensions": {
              "2257YY4K7BWZ4F46.4NA7Y494T4.6YS6EN2CT7": {
                "unit": "Hrs", "pricePerUnit": { "USD": "0.4000000000" }
              }
            },
            "termAttributes": { "LeaseContractLength": "1yr", "PurchaseOption": "No Upfront" }
          }
        }
      },
      "version": "20261101000000", "publicationDate": "2026-11-01T00:00:00Z"
    }"#;

    #[test]
    fn an_entry_has_its_type_and_its_on_demand_price() {
        let price = hourly_price(ENTRY).unwrap();
        assert_eq!(price.instance_type, "g4dn.xlarge");
        assert_eq!(price.usd, "0.587".parse().unwrap());
    }

    #[test]
    fn what_is_not_credible_is_no_price() {
        for price in ["0.0000000000", "-0.1", "1000000.1", "NaN", ""] {
            let entry = ENTRY.replace("0.5870000000", price);
            assert_eq!(hourly_price(&entry), None, "{price}");
        }
    }

    #[test]
    fn only_hours_in_usd_under_on_demand_terms_count() {
        for (found, instead) in [
            ("\"Hrs\"", "\"Quantity\""),
            ("\"USD\"", "\"CNY\""),
            ("\"OnDemand\": {", "\"Other\": {"),
        ] {
            assert_eq!(hourly_price(&ENTRY.replace(found, instead)), None);
        }
    }

    #[test]
    fn what_is_no_entry_is_none() {
        for entry in [
            "",
            "[]",
            "{}",
            r#"{"product":{"attributes":{}},"terms":{}}"#,
        ] {
            assert_eq!(hourly_price(entry), None, "{entry}");
        }
    }
}

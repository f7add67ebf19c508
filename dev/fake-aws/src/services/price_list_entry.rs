//! The price list's entries for an instance type, in AWS's shape.
//! See <https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html>.

use std::hash::{DefaultHasher, Hash, Hasher};

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::emulator::REGION;

/// The codes of the on-demand term and of its price per hour, the same for every product.
const TERM: &str = "JRTCKXETXF";
const RATE: &str = "6YS6EN2CT7";

/// The products of one instance type: tenancy, capacity status, price in instance-hours. AWS has
/// them all, and more; a caller that does not filter sees them.
const PRODUCTS: [(&str, &str, u8); 3] = [
    ("Shared", "Used", 1),
    ("Shared", "AllocatedCapacityReservation", 0),
    ("Dedicated", "Used", 2),
];

/// The entries of an instance type whose instances cost `usd` per hour under Linux.
pub(crate) fn entries(instance_type: &str, usd: Decimal) -> impl Iterator<Item = Value> {
    PRODUCTS
        .map(|product| entry(instance_type, usd, product))
        .into_iter()
}

fn entry(
    instance_type: &str,
    usd: Decimal,
    (tenancy, capacity_status, hours): (&str, &str, u8),
) -> Value {
    let usd = usd * Decimal::from(hours);
    let sku = sku(&[instance_type, tenancy, capacity_status]);
    let (term, rate) = (format!("{sku}.{TERM}"), format!("{sku}.{TERM}.{RATE}"));
    json!({
        "product": {
            "productFamily": "Compute Instance",
            "attributes": {
                "servicecode": "AmazonEC2",
                "servicename": "Amazon Elastic Compute Cloud",
                "instanceType": instance_type,
                "regionCode": REGION,
                "location": "US East (N. Virginia)",
                "locationType": "AWS Region",
                "operatingSystem": "Linux",
                "operation": "RunInstances",
                "preInstalledSw": "NA",
                "licenseModel": "No License required",
                "marketoption": "OnDemand",
                "tenancy": tenancy,
                "capacitystatus": capacity_status,
            },
            "sku": sku,
        },
        "serviceCode": "AmazonEC2",
        "terms": {
            "OnDemand": {
                term: {
                    "priceDimensions": {
                        rate.as_str(): {
                            "unit": "Hrs",
                            "beginRange": "0",
                            "endRange": "Inf",
                            "description": format!("${usd} per {tenancy} Linux {instance_type} Instance Hour"),
                            "appliesTo": [],
                            "rateCode": rate,
                            "pricePerUnit": { "USD": format!("{usd:.10}") },
                        }
                    },
                    "sku": sku,
                    "effectiveDate": "2026-01-01T00:00:00Z",
                    "offerTermCode": TERM,
                    "termAttributes": {},
                }
            }
        },
        "version": "20260101000000",
        "publicationDate": "2026-01-01T00:00:00Z",
    })
}

/// Sixteen capitals and digits that stay the same for the same product.
fn sku(product: &[&str]) -> String {
    let mut hasher = DefaultHasher::new();
    product.hash(&mut hasher);
    format!("{:016X}", hasher.finish())
}

//! What the instance types cost on demand: from AWS's price list, kept for a day while the function
//! is warm, else from the table that travels with the program. No decision waits for it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Mutex,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use spotmanager_aws::on_demand_prices::{Client, read_prices};
use spotmanager_decision::on_demand_price::{OnDemandPrice, OnDemandPriceSource, static_price};

/// How long the price list may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a price is kept; AWS changes them seldom, and downwards.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// A product description and an instance type.
type Key = (String, String);

/// The prices of one region, with what was read before.
#[derive(Debug)]
pub(crate) struct OnDemandPrices {
    client: Client,
    region: String,
    kept: Mutex<HashMap<Key, (Timestamp, OnDemandPrice)>>,
}

impl OnDemandPrices {
    pub(crate) fn new(client: Client, region: String) -> Self {
        Self {
            client,
            region,
            kept: Mutex::default(),
        }
    }

    /// The price of each type that has one.
    pub(crate) async fn of(
        &self,
        instance_types: &[String],
        product_description: &str,
        now: Timestamp,
    ) -> BTreeMap<String, OnDemandPrice> {
        let key = |instance_type: &String| (product_description.to_owned(), instance_type.clone());
        let mut prices: BTreeMap<_, _> = {
            let kept = self
                .kept
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            let fresh = |instance_type: &String| {
                let (at, price) = kept.get(&key(instance_type))?;
                (now.duration_since(*at) < KEPT).then(|| (instance_type.clone(), price.clone()))
            };
            instance_types.iter().filter_map(fresh).collect()
        };
        let missing: Vec<_> = instance_types
            .iter()
            .filter(|instance_type| !prices.contains_key(*instance_type))
            .cloned()
            .collect();
        if missing.is_empty() {
            return prices;
        }
        let asked = read_prices(&self.client, &self.region, product_description, &missing);
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(read)) => {
                let mut kept = self
                    .kept
                    .lock()
                    .unwrap_or_else(|poisoned| poisoned.into_inner());
                for (instance_type, usd) in read {
                    let price = OnDemandPrice {
                        usd,
                        source: OnDemandPriceSource::PriceList,
                    };
                    kept.insert(key(&instance_type), (now, price.clone()));
                    prices.insert(instance_type, price);
                }
            }
            Ok(Err(error)) => tracing::warn!(error = %error, "the price list cannot be read"),
            Err(_) => tracing::warn!("the price list did not answer in time"),
        }
        for instance_type in missing {
            if !prices.contains_key(&instance_type)
                && let Some(usd) = static_price(&self.region, product_description, &instance_type)
            {
                let source = OnDemandPriceSource::StaticTable;
                prices.insert(instance_type, OnDemandPrice { usd, source });
            }
        }
        prices
    }
}

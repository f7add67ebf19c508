//! What the instance types cost on demand: from AWS's price list, kept for a day while the function
//! is warm, else from the table that travels with the program. No decision waits for it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use jiff::Timestamp;
use spotmanager_aws::on_demand_prices::{Client, read_prices};
use spotmanager_domain::on_demand_price::{OnDemandPrice, OnDemandPriceSource, listed_or_static};

use crate::kept_prices::KeptPrices;

/// How long the price list may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The prices of one region, with what was read before.
#[derive(Debug)]
pub(crate) struct OnDemandPrices {
    client: Client,
    region: String,
    kept: Mutex<KeptPrices>,
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
        let mut prices = self.kept().fresh(product_description, instance_types, now);
        let missing: Vec<_> = instance_types
            .iter()
            .filter(|instance_type| !prices.contains_key(*instance_type))
            .cloned()
            .collect();
        if missing.is_empty() {
            return prices;
        }
        let asked = read_prices(&self.client, &self.region, product_description, &missing);
        let listed = match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(listed)) => listed,
            Ok(Err(error)) => {
                tracing::warn!(error = %error, "the price list cannot be read");
                BTreeMap::new()
            }
            Err(_) => {
                tracing::warn!("the price list did not answer in time");
                BTreeMap::new()
            }
        };
        let read = listed_or_static(&self.region, product_description, &missing, &listed);
        let mut kept = self.kept();
        for (instance_type, price) in &read {
            if price.source == OnDemandPriceSource::PriceList {
                kept.keep(product_description, instance_type, price.clone(), now);
            }
        }
        prices.extend(read);
        prices
    }

    fn kept(&self) -> MutexGuard<'_, KeptPrices> {
        self.kept
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

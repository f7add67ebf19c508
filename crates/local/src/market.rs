//! The market: what spot costs and where there is capacity.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use rust_decimal::Decimal;

/// How an instance is bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purchase {
    /// Spare capacity at the spot price.
    Spot,
    /// At the on-demand price.
    OnDemand,
}

/// A change of a spot price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceChange {
    /// From when it holds, UTC.
    pub at: Timestamp,
    /// USD per instance-hour.
    pub usd: Decimal,
}

/// The key of a price history: instance type, Availability Zone, product description.
pub(crate) type HistoryKey = (String, String, String);

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) histories: BTreeMap<HistoryKey, Vec<PriceChange>>,
    pub(crate) page_size: Option<usize>,
    outages: HashSet<(String, String, Purchase)>,
    unreadable: HashSet<String>,
}

impl State {
    /// Whether EC2 fails when it is asked for the prices of any of these.
    pub(crate) fn is_unreadable(&self, instance_types: &[&str]) -> bool {
        instance_types
            .iter()
            .any(|instance_type| self.unreadable.contains(*instance_type))
    }
}

/// The market, by instance type and Availability Zone; a test that takes an instance type of its
/// own has a market of its own.
#[derive(Clone, Debug, Default)]
pub struct Market(Arc<Mutex<State>>);

impl Market {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the price history of a pool, for the product `Linux/UNIX`.
    pub fn set_price_history(
        &self,
        instance_type: &str,
        availability_zone: &str,
        changes: Vec<PriceChange>,
    ) {
        let key = (
            instance_type.to_owned(),
            availability_zone.to_owned(),
            "Linux/UNIX".to_owned(),
        );
        self.state().histories.insert(key, changes);
    }

    /// Sets whether instances can be had; at first they can.
    pub fn set_capacity(
        &self,
        instance_type: &str,
        availability_zone: &str,
        purchase: Purchase,
        available: bool,
    ) {
        let key = (
            instance_type.to_owned(),
            availability_zone.to_owned(),
            purchase,
        );
        let mut state = self.state();
        if available {
            state.outages.remove(&key);
        } else {
            state.outages.insert(key);
        }
    }

    /// From now on EC2 answers with a server error when it is asked for this type's prices.
    pub fn fail_price_history(&self, instance_type: &str) {
        self.state().unreadable.insert(instance_type.to_owned());
    }

    /// The most price records on a page, below what a caller asks for.
    pub fn set_page_size(&self, records: usize) {
        self.state().page_size = Some(records);
    }

    pub(crate) fn has_capacity(&self, instance_type: &str, zone: &str, purchase: Purchase) -> bool {
        let key = (instance_type.to_owned(), zone.to_owned(), purchase);
        !self.state().outages.contains(&key)
    }

    /// The price that holds at `now`.
    pub(crate) fn price(&self, instance_type: &str, zone: &str, now: Timestamp) -> Option<Decimal> {
        let key = (
            instance_type.to_owned(),
            zone.to_owned(),
            "Linux/UNIX".to_owned(),
        );
        self.state()
            .histories
            .get(&key)?
            .iter()
            .filter(|change| change.at <= now)
            .max_by_key(|change| change.at)
            .map(|change| change.usd)
    }
}

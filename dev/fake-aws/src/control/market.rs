//! The market: what instances cost and where there is capacity.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
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
    /// Sent beside the histories, with the prices as they stand here.
    pub(crate) texts: BTreeMap<HistoryKey, Vec<(Timestamp, String)>>,
    /// USD per instance-hour, by instance type.
    pub(crate) on_demand_prices: BTreeMap<String, Decimal>,
    page_size: Option<usize>,
    /// How many instances can be had, if not any number.
    left: HashMap<(String, String, Purchase), usize>,
    unreadable: HashSet<String>,
    /// By instance type and Availability Zone.
    placement_scores: HashMap<(String, String), u8>,
    unscored: HashSet<String>,
    unlisted: HashSet<String>,
    /// By instance type.
    launch_seconds: HashMap<String, f64>,
}

/// From a launch to an instance in service where nothing was set, seconds.
const LAUNCH_SECONDS: f64 = 30.0;

/// The placement score where none was set.
const PLACEMENT_SCORE: u8 = 9;

impl State {
    /// Whether EC2 fails when it is asked for the prices of any of these.
    pub(crate) fn is_unreadable(&self, instance_types: &[&str]) -> bool {
        instance_types
            .iter()
            .any(|instance_type| self.unreadable.contains(*instance_type))
    }

    /// Whether EC2 refuses to score any of these.
    pub(crate) fn is_unscored(&self, instance_types: &[&str]) -> bool {
        instance_types
            .iter()
            .any(|instance_type| self.unscored.contains(*instance_type))
    }

    /// Whether the price list fails when it is asked for this type's price.
    pub(crate) fn is_unlisted(&self, instance_type: &str) -> bool {
        self.unlisted.contains(instance_type)
    }

    pub(crate) fn placement_score(&self, instance_type: &str, zone: &str) -> u8 {
        let key = (instance_type.to_owned(), zone.to_owned());
        let score = self.placement_scores.get(&key);
        score.copied().unwrap_or(PLACEMENT_SCORE)
    }

    /// How many records a page has: as many as the caller asks for, at most the service's `most`
    /// and what was set.
    pub(crate) fn page_size(&self, asked: Option<usize>, most: usize) -> usize {
        asked
            .unwrap_or(most)
            .min(self.page_size.unwrap_or(most))
            .clamp(1, most)
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
        let key = history_key(instance_type, availability_zone);
        self.state().histories.insert(key, changes);
    }

    /// Sets records that are sent beside the price history, whatever window is asked for and
    /// whatever stands in place of their prices: EC2 should send none such.
    pub fn set_price_texts(
        &self,
        instance_type: &str,
        availability_zone: &str,
        texts: Vec<(Timestamp, String)>,
    ) {
        let key = history_key(instance_type, availability_zone);
        self.state().texts.insert(key, texts);
    }

    /// Sets whether instances can be had; at first they can.
    pub fn set_capacity(
        &self,
        instance_type: &str,
        availability_zone: &str,
        purchase: Purchase,
        available: bool,
    ) {
        let left = if available { None } else { Some(0) };
        self.set_instances_left(instance_type, availability_zone, purchase, left);
    }

    /// Sets how many more instances can be had; `None` for any number. One that ends is not to be had
    /// again.
    pub fn set_instances_left(
        &self,
        instance_type: &str,
        availability_zone: &str,
        purchase: Purchase,
        left: Option<usize>,
    ) {
        let key = (
            instance_type.to_owned(),
            availability_zone.to_owned(),
            purchase,
        );
        let mut state = self.state();
        match left {
            Some(left) => state.left.insert(key, left),
            None => state.left.remove(&key),
        };
    }

    /// From now on EC2 answers with a server error when it is asked for this type's prices.
    pub fn fail_price_history(&self, instance_type: &str) {
        self.state().unreadable.insert(instance_type.to_owned());
    }

    /// Sets how likely a spot request is to succeed, from 1 to 10; at first it is 9.
    pub fn set_placement_score(&self, instance_type: &str, availability_zone: &str, score: u8) {
        let key = (instance_type.to_owned(), availability_zone.to_owned());
        self.state().placement_scores.insert(key, score);
    }

    /// From now on EC2 refuses to score this type, as it does beyond the configurations of a day.
    pub fn fail_placement_scores(&self, instance_type: &str) {
        self.state().unscored.insert(instance_type.to_owned());
    }

    /// Sets the price list's on-demand price under Linux, USD per instance-hour; at first the
    /// price list does not have the type.
    pub fn set_on_demand_price(&self, instance_type: &str, usd: Decimal) {
        self.state()
            .on_demand_prices
            .insert(instance_type.to_owned(), usd);
    }

    /// From now on the price list answers with a server error when it is asked for this type.
    pub fn fail_price_list(&self, instance_type: &str) {
        self.state().unlisted.insert(instance_type.to_owned());
    }

    /// Sets how long it takes from a launch to an instance in service, seconds; at first 30.
    pub fn set_launch_seconds(&self, instance_type: &str, seconds: f64) {
        self.state()
            .launch_seconds
            .insert(instance_type.to_owned(), seconds);
    }

    /// The most records on a page of prices or scores, below what a caller asks for.
    pub fn set_page_size(&self, records: usize) {
        self.state().page_size = Some(records);
    }

    pub(crate) fn launch_seconds(&self, instance_type: &str) -> f64 {
        let seconds = self.state().launch_seconds.get(instance_type).copied();
        seconds.unwrap_or(LAUNCH_SECONDS)
    }

    /// Takes an instance; whether there was one.
    pub(crate) fn take(&self, instance_type: &str, zone: &str, purchase: Purchase) -> bool {
        let key = (instance_type.to_owned(), zone.to_owned(), purchase);
        match self.state().left.get_mut(&key) {
            None => true,
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }

    pub(crate) fn on_demand_price(&self, instance_type: &str) -> Option<Decimal> {
        let state = self.state();
        state.on_demand_prices.get(instance_type).copied()
    }

    /// The price that holds at `now`.
    pub(crate) fn price(&self, instance_type: &str, zone: &str, now: Timestamp) -> Option<Decimal> {
        let key = history_key(instance_type, zone);
        self.state()
            .histories
            .get(&key)?
            .iter()
            .filter(|change| change.at <= now)
            .max_by_key(|change| change.at)
            .map(|change| change.usd)
    }
}

fn history_key(instance_type: &str, availability_zone: &str) -> HistoryKey {
    (
        instance_type.to_owned(),
        availability_zone.to_owned(),
        "Linux/UNIX".to_owned(),
    )
}

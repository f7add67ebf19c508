//! The market of a scene, in every zone of its workers.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use spotmanager_fake_aws::{LocalAws, PriceChange, Purchase};

use crate::stage::Stage;

/// Where the example workers have their subnets.
pub(super) const ZONES: [&str; 3] = ["us-east-1a", "us-east-1b", "us-east-1c"];

/// A spot price in each of [`ZONES`], US cents per instance-hour.
pub(super) type Cents = [i64; 3];

/// Below the example's limit of 29.75.
pub(super) const CHEAP: Cents = [17, 20, 23];
/// Far above it.
pub(super) const DEAR: Cents = [56, 59, 62];
/// For so many days EC2 keeps prices.
const DAYS: i64 = 90;
/// What spot cost before the last forty minutes.
const BEFORE: Cents = [16, 19, 22];

/// Sets prices, of which the last forty minutes are `recent`, and whether EC2 has spot
/// capacity.
pub(super) fn set(stage: &Stage<'_>, recent: Cents, has_capacity: bool) {
    set_prices(&stage.cloud.local, stage.instance_type, recent);
    set_capacity(stage, has_capacity);
}

/// Sets the prices of an instance type for as long as EC2 keeps them, of which the last forty minutes
/// are `recent`.
pub(super) fn set_prices(local: &LocalAws, instance_type: &str, recent: Cents) {
    let market = local.market();
    let now = Timestamp::now();
    let change = |minutes_ago: i64, cents: i64| PriceChange {
        at: now - SignedDuration::from_mins(minutes_ago),
        usd: Decimal::new(cents, 2),
    };
    for (zone, (before, recent)) in ZONES.into_iter().zip(BEFORE.into_iter().zip(recent)) {
        let changes = vec![change(DAYS * 24 * 60, before), change(40, recent)];
        market.set_price_history(instance_type, zone, changes);
    }
}

/// Sets whether EC2 has spot capacity.
pub(super) fn set_capacity(stage: &Stage<'_>, has_capacity: bool) {
    let market = stage.cloud.local.market();
    for zone in ZONES {
        market.set_capacity(stage.instance_type, zone, Purchase::Spot, has_capacity);
    }
}

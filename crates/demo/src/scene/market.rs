//! The market that a scene begins with.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use spotmanager_local::{PriceChange, Purchase};

use crate::stage::Stage;

/// What the example workers launch.
const INSTANCE_TYPE: &str = "g4dn.xlarge";
const ZONES: [&str; 3] = ["us-east-1a", "us-east-1b", "us-east-1c"];

/// Sets an hour of prices in every zone, below the example's limit or far above it in the last
/// half hour, and whether EC2 has spot capacity.
pub(super) fn set(stage: &Stage, is_dear: bool, has_capacity: bool) {
    let market = stage.local.market();
    let now = Timestamp::now();
    for (zone, cents) in ZONES.into_iter().zip([16, 19, 22]) {
        let change = |minutes_ago: i64, cents: i64| PriceChange {
            at: now - SignedDuration::from_mins(minutes_ago),
            usd: Decimal::new(cents, 2),
        };
        let recent = if is_dear { cents + 40 } else { cents + 1 };
        let changes = vec![change(180, cents), change(40, recent)];
        market.set_price_history(INSTANCE_TYPE, zone, changes);
        market.set_capacity(INSTANCE_TYPE, zone, Purchase::Spot, has_capacity);
    }
}

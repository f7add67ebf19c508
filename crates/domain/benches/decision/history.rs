//! Price histories of any length, and the groups that a decision is made for.

use jiff::Timestamp;
use rust_decimal::Decimal;
use spotmanager_domain::{
    Group,
    price::{Pool, PoolAverage, PoolFacts, PoolPrice, PriceAverages, PriceChange, Window},
};

const HOUR: i64 = 3600;
/// How often the price of each pool changes in the hour.
const CHANGES: u64 = 10;
const SECONDS_BETWEEN: i64 = 360;
const ZONES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
/// An event with both groups, as *evaluate* gets it.
const EVENT: &str = include_str!("../../../../tests/events/evaluate/base.json");

/// An hour of price changes.
#[derive(Clone)]
pub(crate) struct History {
    window: Window,
    pools: Vec<Pool>,
    changes: Vec<PriceChange>,
}

impl History {
    /// So many changes, ten for each pool, the newest first across all pools.
    pub(crate) fn of(samples: u64) -> Self {
        let pools: Vec<_> = (0_u64..)
            .zip(ZONES.iter().cycle())
            .take_while(|(pool, _)| pool * CHANGES < samples)
            .map(|(pool, zone)| Pool {
                instance_type: format!("t{}.xlarge", pool / 6),
                availability_zone: format!("us-east-1{zone}"),
            })
            .collect();
        let changes = (0..HOUR / SECONDS_BETWEEN)
            .rev()
            .map(|change| change * SECONDS_BETWEEN)
            .flat_map(|second| pools.iter().zip(0_i64..).map(move |pool| (second, pool)))
            .map(|(second, (pool, index))| PriceChange {
                pool: pool.clone(),
                at: Timestamp::constant(second, 0),
                usd: Decimal::new(1000 + (index * 37 + second) % 500, 4),
            })
            .collect();
        Self {
            window: Window {
                start: Timestamp::UNIX_EPOCH,
                end: Timestamp::constant(HOUR, 0),
            },
            pools,
            changes,
        }
    }

    /// What each pool cost.
    pub(crate) fn average(self) -> Vec<PoolAverage> {
        let mut averages = PriceAverages::new(self.window, self.pools);
        for change in self.changes {
            averages.add(change);
        }
        averages.finish()
    }

    /// What each pool cost, of which nothing else is known.
    pub(crate) fn prices(self) -> Vec<PoolPrice> {
        let priced = |average| {
            let facts = PoolFacts {
                launch_failure: None,
                interrupted_at: None,
                placement_score: None,
                on_demand: None,
                weighted_capacity: None,
            };
            PoolPrice::new(average, facts)
        };
        self.average().into_iter().map(priced).collect()
    }
}

/// The spot group and the on-demand group.
pub(crate) fn groups() -> serde_json::Result<[Group; 2]> {
    let mut event: serde_json::Value = serde_json::from_str(EVENT)?;
    let mut group = |name: &str| serde_json::from_value(event["discovery"][name].take());
    Ok([group("spot_group")?, group("on_demand_group")?])
}

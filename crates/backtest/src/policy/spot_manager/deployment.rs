//! What *discover* and *evaluate* find in the simulation.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use spotmanager_domain::{
    Capacity, Discovery, ExecutionInput, Group, Market, Settings,
    launch_failure::unresolved,
    price::{PoolAverage, PoolFacts, PoolPrice, Window},
    scaling::ZonePrice,
    settings::LaunchBy,
    verdict::Evaluation,
};

use crate::{Spread, Trial, group::timestamp, pair::group, queue::queue, world::World};

pub(super) const INSTANCE_TYPE: &str = "p3.2xlarge";

/// A pair of groups with its settings. With groups of one instance no queue is named, so that one
/// alarm brings one instance.
#[derive(Debug)]
pub(super) struct Deployment {
    zones: Vec<String>,
    /// What spot costs in each zone, USD per instance-hour.
    prices: BTreeMap<String, Decimal>,
    spread: Spread,
    settings: Settings,
    /// Whether an alarm's execution launches by LaunchInstances.
    pub(super) launches: bool,
}

impl Deployment {
    pub(super) fn new(world: &World<'_>, launch_by: LaunchBy, trial: Trial<'_>) -> Self {
        let (timings, fleet) = (world.timings, world.fleet);
        let zones = world.traces.iter().map(|trace| trace.zone().to_owned());
        let zones: Vec<_> = zones.collect();
        let prices = zones.iter().cloned().zip(trial.zone_prices.iter().copied());
        Self {
            prices: prices.collect(),
            spread: trial.spread,
            zones,
            settings: Settings {
                verify_interval_seconds: timings.verify_interval,
                spot_capacity_timeout_seconds: timings.spot_capacity_timeout,
                launch_failure_window_seconds: timings.launch_failure_window,
                launch_by,
                maximum_capacity_of_both_groups: fleet.has_queue().then_some(fleet.max_size),
                target_backlog_per_instance: fleet.target_backlog_per_instance,
                max_rounds: trial.max_rounds,
                rounds_timeout_seconds: trial.rounds_timeout,
                ..Settings::default()
            },
            launches: false,
        }
    }

    /// What *discover* finds, other executions aside.
    pub(super) fn discover(&self, input: ExecutionInput, world: &World<'_>) -> Discovery {
        let mut spot = world.spot.described(world.now);
        let mut loss = input.loss;
        if let Some(loss) = &mut loss {
            loss.discount(&mut spot);
        }
        let on_demand_group = self.group(Market::OnDemand, world.on_demand.capacity(world.now));
        Discovery {
            stack_name: input.stack_name,
            settings: self.settings.clone(),
            purpose: input.purpose,
            loss,
            spot_group: self.group(Market::Spot, spot.capacity),
            on_demand_group,
            queue: world.fleet.has_queue().then(|| queue(world.waiting())),
            queue_problem: None,
            leader: None,
            return_runs: false,
            if_evaluation_fails: None,
            execution: None,
            deployed: None,
            step: None,
        }
    }

    /// What spot costs in a zone, USD per instance-hour.
    fn price(&self, zone: &str) -> Decimal {
        self.prices.get(zone).copied().unwrap_or(Decimal::ONE)
    }

    /// Which zone is asked for how many of so many units, one after the other: first as the rule
    /// spreads, and for what does not come each usable zone again.
    pub(super) fn launch(&self, units: i32, usable: &[ZonePrice], world: &mut World<'_>) -> i32 {
        let zone_of = |name: &str| self.zones.iter().position(|zone| zone == name);
        let mut came = 0;
        for (zone, count) in (self.spread)(units, usable) {
            came += zone_of(zone).map_or(0, |zone| world.launch_spot(zone, count));
        }
        for zone in usable {
            let left = units.saturating_sub(came);
            came += zone_of(&zone.zone).map_or(0, |zone| world.launch_spot(zone, left));
        }
        came
    }

    fn group(&self, market: Market, capacity: Capacity) -> Group {
        let maximum = (market == Market::Spot).then_some(Decimal::TEN);
        let types = [INSTANCE_TYPE.to_owned()];
        group(market, capacity, types, self.zones.clone(), maximum)
    }
}

/// What *evaluate* finds: a price far below the limit in every pool, which a failed launch excludes
/// for a while.
pub(super) fn evaluate(
    discovery: &Discovery,
    round: u32,
    deployment: &Deployment,
    world: &World<'_>,
) -> Evaluation {
    if !discovery.asks_for_prices(round) {
        return discovery.decide(round, Vec::new());
    }
    let seconds = discovery.settings.launch_failure_window_seconds;
    let window = Window::ending_at(timestamp(world.now), seconds);
    let activities = window.map(|window| world.spot.activities_since(window.start));
    let failures = unresolved(activities.unwrap_or_default());
    let priced = discovery.pools().map(|pool| {
        let facts = PoolFacts {
            launch_failure: failures.get(&pool.availability_zone).cloned(),
            interrupted_at: discovery.interrupted_at(&pool),
            placement_score: None,
            on_demand: None,
            weighted_capacity: None,
        };
        let price = Some(deployment.price(&pool.availability_zone));
        let average = PoolAverage {
            pool,
            average_usd: price,
            latest_usd: price,
            sample_count: 1,
            covered_seconds: 3_600,
        };
        PoolPrice::new(average, facts)
    });
    discovery.decide(round, priced.collect())
}

/// The zones with a usable pool, the cheapest first.
pub(super) fn usable_zones(evaluation: &Evaluation) -> Vec<ZonePrice> {
    let pools = evaluation.pools.iter();
    let usable = pools.filter(|pool| pool.excluded().is_none());
    let zones = usable.filter_map(|pool| {
        Some(ZonePrice {
            zone: pool.pool.availability_zone.clone(),
            usd_per_unit: pool.usd_per_unit()?,
        })
    });
    let mut zones: Vec<_> = zones.collect();
    zones.sort_by(|a, b| (a.usd_per_unit, &a.zone).cmp(&(b.usd_per_unit, &b.zone)));
    zones
}

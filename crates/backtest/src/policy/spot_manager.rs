//! What this project does: the deployed decision, with the state machine's timings.

use rust_decimal::Decimal;
use spotmanager_domain::{
    Group, Market, Settings,
    activity::Activity,
    capacity::{CapacityStatus, Expectation, assess},
    launch_failure::unresolved,
    price::{Pool, PoolAverage, PoolFacts, PoolPrice},
    verdict::{Case, Choice, Demand, Situation, Terms},
};

use crate::{
    group::timestamp,
    pair::group,
    world::{Event, World},
};

const INSTANCE_TYPE: &str = "p3.2xlarge";

/// An execution that waits for capacity.
#[derive(Clone, Copy, Debug)]
struct Execution {
    market: Market,
    scaled_at: u64,
    returns: bool,
}

/// The executions that run.
#[derive(Debug)]
pub(crate) struct SpotManager {
    zones: Vec<String>,
    terms: Terms,
    executions: Vec<Execution>,
}

impl SpotManager {
    pub(crate) fn new(world: &World<'_>) -> Self {
        Self {
            zones: world
                .traces
                .iter()
                .map(|trace| trace.zone().to_owned())
                .collect(),
            terms: Terms::with_margin(Settings::default().safety_margin_percent),
            executions: Vec::new(),
        }
    }

    pub(crate) fn on(&mut self, event: Event, world: &mut World<'_>) {
        match event {
            Event::JobsToDo => self.scale_up(world, false),
            Event::InterruptionWarning => {
                world.spot.detach_warned();
                self.scale_up(world, true);
            }
            Event::NoMoreJobs => {}
        }
    }

    /// The scale-up of an alarm, or the replacement of what EC2 takes back.
    fn scale_up(&mut self, world: &mut World<'_>, is_loss: bool) {
        let case = Case::ScaleUp(Demand::Alarm(None));
        match self.choice(world, case, is_loss) {
            Choice::Spot => self.scale(world, Market::Spot, false),
            Choice::OnDemand => self.scale(world, Market::OnDemand, false),
            Choice::Nothing => {}
        }
    }

    fn scale(&mut self, world: &mut World<'_>, market: Market, returns: bool) {
        let desired = world.group(market).capacity(world.now).desired_capacity;
        world.scale(market, desired + 1);
        self.executions.push(Execution {
            market,
            scaled_at: world.now,
            returns,
        });
    }

    pub(crate) fn step(&mut self, world: &mut World<'_>) {
        let schedule = u64::from(world.timings.return_to_spot);
        if schedule > 0 && world.now.is_multiple_of(schedule) {
            self.look_for_return(world);
        }
        for execution in std::mem::take(&mut self.executions) {
            self.verify(execution, world);
        }
    }

    fn look_for_return(&mut self, world: &mut World<'_>) {
        if self.choice(world, Case::ReturnToSpot, false) == Choice::Spot {
            self.scale(world, Market::Spot, true);
        }
    }

    fn verify(&mut self, execution: Execution, world: &mut World<'_>) {
        let Execution {
            market,
            scaled_at,
            returns,
        } = execution;
        let timings = world.timings;
        let waited = world.now - scaled_at;
        if waited == 0 || !waited.is_multiple_of(u64::from(timings.verify_interval)) {
            self.executions.push(execution);
            return;
        }
        let group = world.group(market);
        let since = timestamp(scaled_at);
        let activities: Vec<Activity> = group
            .activities()
            .iter()
            .filter(|activity| activity.started_at >= since)
            .cloned()
            .collect();
        let expectation = Expectation {
            baseline: 0,
            availability_zones: &self.zones,
            waited_seconds: u32::try_from(waited).unwrap_or(u32::MAX),
            timeout_seconds: timings.spot_capacity_timeout,
        };
        let report = assess(expectation, group.capacity(world.now), &activities);
        match (report.status, market) {
            (CapacityStatus::Arrived, _) if returns => world.scale(Market::OnDemand, 0),
            (CapacityStatus::Arrived | CapacityStatus::Withdrawn, _) => {}
            (CapacityStatus::NoCapacity | CapacityStatus::TimedOut, Market::Spot) => {
                world.scale(Market::Spot, 0);
                if !returns {
                    self.scale(world, Market::OnDemand, false);
                }
            }
            _ => self.executions.push(execution),
        }
    }

    /// What is decided; after a loss the pools that are not available are those it came from.
    fn choice(&self, world: &World<'_>, case: Case<'_>, is_loss: bool) -> Choice {
        let situation = Situation {
            spot: &self.group(world, Market::Spot),
            on_demand: &self.group(world, Market::OnDemand),
            terms: self.terms,
            case,
        };
        situation.decide(self.pools(world, is_loss)).verdict.choice
    }

    fn group(&self, world: &World<'_>, market: Market) -> Group {
        let maximum = (market == Market::Spot).then_some(Decimal::TWO);
        let capacity = world.group(market).capacity(world.now);
        let types = vec![INSTANCE_TYPE.to_owned()];
        group(market, capacity, types, self.zones.clone(), maximum)
    }

    /// A price far below the limit in every zone, which a failed launch excludes for a while.
    fn pools(&self, world: &World<'_>, is_loss: bool) -> Vec<PoolPrice> {
        let window = u64::from(world.timings.launch_failure_window);
        let since = timestamp(world.now.saturating_sub(window));
        let mut activities = world.spot.activities().to_vec();
        activities.retain(|activity| activity.started_at > since);
        let failures = unresolved(&activities);
        let is_gone = |zone: &String| {
            let trace = world.traces.iter().find(|trace| trace.zone() == zone);
            is_loss && trace.is_some_and(|trace| !trace.is_available(world.now))
        };
        let priced = self.zones.iter().map(|zone| {
            let average = PoolAverage {
                pool: Pool {
                    instance_type: INSTANCE_TYPE.to_owned(),
                    availability_zone: zone.clone(),
                },
                average_usd: Some(Decimal::ONE),
                latest_usd: Some(Decimal::ONE),
                sample_count: 1,
                covered_seconds: 3_600,
            };
            let facts = PoolFacts {
                launch_failure: failures.get(zone).cloned(),
                interrupted_at: is_gone(zone).then(|| timestamp(world.now)),
                placement_score: None,
                on_demand: None,
                weighted_capacity: None,
            };
            PoolPrice::new(average, facts)
        });
        priced.collect()
    }
}

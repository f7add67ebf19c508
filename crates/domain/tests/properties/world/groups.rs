//! The two groups of a pair, and what *discover* and *verify* find of them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use spotmanager_domain::{
    Capacity, CapacityLoss, ClientToken, Group, Market,
    activity::Activity,
    flow::{Flow, Look, Progress},
    price::PoolPrice,
    resources::AutoScalingGroup,
    testing,
};

use super::{SimulatedGroup, launch::Sent};

/// Both groups of a pair.
#[derive(Clone, Debug)]
pub(crate) struct Groups {
    pub(crate) spot: SimulatedGroup,
    pub(crate) on_demand: SimulatedGroup,
    /// Each call of LaunchInstances by its token.
    pub(crate) launched: BTreeMap<ClientToken, Sent>,
    /// Of the spot instances in service, those that EC2 takes back or may take back.
    pub(crate) doomed: Vec<String>,
}

impl Groups {
    pub(crate) fn capacities(&self) -> [Capacity; 2] {
        [self.spot.capacity(), self.on_demand.capacity()]
    }

    pub(crate) fn of(&self, market: Market) -> &SimulatedGroup {
        match market {
            Market::Spot => &self.spot,
            Market::OnDemand => &self.on_demand,
        }
    }

    pub(crate) fn of_mut(&mut self, market: Market) -> &mut SimulatedGroup {
        match market {
            Market::Spot => &mut self.spot,
            Market::OnDemand => &mut self.on_demand,
        }
    }

    /// The time until the next check goes by.
    pub(crate) fn tick(&mut self, now: Timestamp) {
        self.spot.tick(now);
        self.on_demand.tick(now);
    }

    pub(crate) fn has(&self, instance_id: &str) -> bool {
        self.doomed.iter().any(|doomed| doomed == instance_id)
    }

    /// The instance is in the spot group no more.
    pub(super) fn forget(&mut self, instance_id: &str) {
        self.doomed.retain(|doomed| doomed != instance_id);
    }

    /// EC2 takes an instance back, if its group has it.
    pub(crate) fn take_back(&mut self, instance_id: &str) {
        if self.has(instance_id) {
            self.forget(instance_id);
            self.spot.loses_instance();
        }
    }

    /// Of the instances that scaling in has ended some may have been doomed.
    pub(super) fn forget_ended(&mut self) {
        let in_service = usize::try_from(self.spot.in_service).unwrap();
        self.doomed.truncate(in_service);
    }

    /// A group as *discover* finds it.
    pub(crate) fn found(&self, market: Market) -> Group {
        let group = self.of(market);
        Group {
            availability_zones: group.zone_names(),
            scale_up_policy: group.scale_up_policy(),
            ..testing::group(market, group.capacity())
        }
    }

    /// The spot group as *discover* finds it after this loss: what EC2 takes back counts no more.
    pub(crate) fn found_after(&self, loss: &mut Option<CapacityLoss>) -> Group {
        let mut found = self.found(Market::Spot);
        if let Some(loss) = loss {
            let doomed = self.doomed.iter().map(|id| (id.clone(), 1));
            let mut group = AutoScalingGroup {
                capacity: found.capacity,
                in_service: doomed.collect::<BTreeMap<_, _>>(),
                ..AutoScalingGroup::default()
            };
            loss.discount(&mut group);
            found.capacity = group.capacity;
        }
        found
    }

    /// The spot prices: low or high.
    pub(crate) fn prices(&self, is_cheap: bool) -> Vec<PoolPrice> {
        let usd = if is_cheap { "0.2" } else { "0.6" }.parse().unwrap();
        let zones = self.spot.zone_names();
        zones
            .iter()
            .map(|zone| testing::price(zone, Some(usd)))
            .collect()
    }

    /// What *verify* looks at.
    pub(crate) fn looks(&self, flow: Flow<'_>, progress: &Progress) -> Vec<Looked> {
        let markets = flow.looks_at(progress);
        markets
            .map(|market| {
                let group = self.of(market);
                Looked {
                    market,
                    capacity: group.capacity(),
                    activities: group.activities_since(flow.execution.round_began_at),
                }
            })
            .collect()
    }
}

/// A group as *verify* finds it.
pub(crate) struct Looked {
    pub(crate) market: Market,
    capacity: Capacity,
    activities: Vec<Activity>,
}

impl Looked {
    pub(crate) fn look(&self) -> Look<'_> {
        Look {
            market: self.market,
            capacity: self.capacity,
            activities: &self.activities,
        }
    }
}

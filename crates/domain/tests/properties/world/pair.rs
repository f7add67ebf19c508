//! The groups and the clock of a scenario, and what *discover* and *evaluate* find there.

use jiff::{SignedDuration, Timestamp};
use spotmanager_domain::{
    Capacity, CapacityLoss, Discovery, ExecutionInput, Group, Leader, LossKind, Market, Settings,
    backlog::Queue, price::PoolPrice, testing,
};

use super::{Scenario, SimulatedGroup};

/// How long a check waits, seconds.
const INTERVAL_SECONDS: u32 = 15;

/// The groups and the clock of a scenario.
#[derive(Debug)]
pub(super) struct World<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) spot: SimulatedGroup,
    pub(super) on_demand: SimulatedGroup,
    pub(super) now: Timestamp,
    /// How many waits there were.
    waits: usize,
    /// Whether the lost instance has left its group.
    pub(super) is_gone: bool,
}

impl<'a> World<'a> {
    pub(super) fn new(scenario: &'a Scenario, now: Timestamp) -> Self {
        Self {
            scenario,
            spot: scenario.spot.clone(),
            on_demand: scenario.on_demand.clone(),
            now,
            waits: 0,
            is_gone: false,
        }
    }

    pub(super) fn capacities(&self) -> [Capacity; 2] {
        [self.spot.capacity(), self.on_demand.capacity()]
    }

    pub(super) fn group(&self, market: Market) -> &SimulatedGroup {
        match market {
            Market::Spot => &self.spot,
            Market::OnDemand => &self.on_demand,
        }
    }

    pub(super) fn group_mut(&mut self, market: Market) -> &mut SimulatedGroup {
        match market {
            Market::Spot => &mut self.spot,
            Market::OnDemand => &mut self.on_demand,
        }
    }

    /// So many seconds go by.
    pub(super) fn pass(&mut self, seconds: u32) {
        self.now += SignedDuration::from_secs(seconds.into());
    }

    /// The groups go on for the time until a check, others change them, and the time is over.
    pub(super) fn wait(&mut self, seconds: u32) {
        if seconds == 0 {
            return;
        }
        let now = self.now;
        for market in [Market::Spot, Market::OnDemand] {
            self.group_mut(market).tick(now);
        }
        if let Some(Some(change)) = self.scenario.others.get(self.waits).copied() {
            self.group_mut(change.market).change(change);
        }
        self.waits += 1;
        self.pass(seconds);
    }

    fn found(&self, market: Market) -> Group {
        let group = self.group(market);
        Group {
            availability_zones: group.zone_names(),
            scale_up_policy: group.scale_up_policy(),
            scale_down_policy: Some(group.scale_down_policy()),
            ..testing::group(market, group.capacity())
        }
    }

    /// What *discover* finds in this round.
    pub(super) fn discover(&mut self, input: &ExecutionInput, round: u32) -> Discovery {
        let scenario = self.scenario;
        let [spot_patience, on_demand_patience] = scenario.patience;
        let messages = scenario.messages.get(round as usize - 1);
        let messages = messages.or(scenario.messages.last());
        let mut discovery = Discovery {
            settings: Settings {
                dry_run: scenario.dry_run,
                max_rounds: scenario.max_rounds,
                launch_by: scenario.launch_by,
                maximum_capacity_of_both_groups: scenario.maximum_of_both,
                verify_interval_seconds: INTERVAL_SECONDS,
                spot_capacity_timeout_seconds: spot_patience * INTERVAL_SECONDS,
                on_demand_capacity_timeout_seconds: on_demand_patience * INTERVAL_SECONDS,
                rounds_timeout_seconds: 86_400,
                ..Settings::default()
            },
            purpose: input.purpose,
            loss: input.loss.clone(),
            queue: messages.map(|messages| Queue {
                logical_id: "queueJobs".into(),
                queue_url: "https://sqs/jobs".into(),
                visible_messages: *messages,
            }),
            leader: (scenario.is_led && round == 1).then(|| Leader {
                execution_name: "another".into(),
                started_at: self.now,
            }),
            ..testing::discovery(self.found(Market::Spot), self.found(Market::OnDemand))
        };
        self.discount(&mut discovery);
        discovery
    }

    /// An instance that EC2 takes back counts no more.
    fn discount(&self, discovery: &mut Discovery) {
        let Some(loss) = &mut discovery.loss else {
            return;
        };
        let capacity = &mut discovery.spot_group.capacity;
        match loss.kind {
            LossKind::InterruptionWarning if capacity.in_service > 0 => {
                capacity.in_service -= 1;
                if capacity.desired_capacity > capacity.min_size {
                    capacity.desired_capacity -= 1;
                }
            }
            LossKind::InterruptionWarning | LossKind::RebalanceRecommendation
                if capacity.in_service == 0 =>
            {
                loss.kind = LossKind::InstanceGone;
            }
            _ => {}
        }
    }

    /// The spot prices in this round.
    pub(super) fn prices(&self, round: u32) -> Vec<PoolPrice> {
        let is_cheap = self.scenario.is_cheap.get(round as usize - 1) == Some(&true);
        let usd = if is_cheap { "0.2" } else { "0.6" }.parse().unwrap();
        let zones = self.spot.zone_names();
        zones
            .iter()
            .map(|zone| testing::price(zone, Some(usd)))
            .collect()
    }

    /// The loss that an execution begins with.
    pub(super) fn loss(&self) -> Option<CapacityLoss> {
        self.scenario.loss.map(|kind| CapacityLoss {
            kind,
            event_id: "event".into(),
            time: self.now,
            auto_scaling_group_name: "workers-spot".into(),
            instance_id: (kind != LossKind::LaunchUnsuccessful).then(|| "i-1".into()),
            pool: None,
        })
    }
}

//! The groups and the clock of a scenario, and what *discover* finds there.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use spotmanager_domain::{
    CapacityLoss, Discovery, ExecutionInput, Leader, LossKind, Market, Settings, backlog::Queue,
    testing,
};

use super::{Groups, Scenario};

/// How long a check waits, seconds.
const INTERVAL_SECONDS: u32 = 15;
/// The instance that is lost.
const INSTANCE: &str = "i-1";

/// The groups and the clock of a scenario.
#[derive(Debug)]
pub(super) struct World<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) groups: Groups,
    pub(super) now: Timestamp,
    /// How many waits there were.
    waits: usize,
}

impl<'a> World<'a> {
    pub(super) fn new(scenario: &'a Scenario, now: Timestamp) -> Self {
        let mut groups = Groups {
            spot: scenario.spot.clone(),
            on_demand: scenario.on_demand.clone(),
            doomed: Vec::new(),
            launched: BTreeMap::new(),
        };
        if scenario.spot.in_service > 0 {
            groups.doomed.push(INSTANCE.to_owned());
        }
        Self {
            scenario,
            groups,
            now,
            waits: 0,
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
        self.groups.tick(self.now);
        if let Some(Some(change)) = self.scenario.others.get(self.waits).copied() {
            self.groups.of_mut(change.market).change(change);
            self.groups.forget_ended();
        }
        self.waits += 1;
        self.pass(seconds);
    }

    /// EC2 may be faster than *scale*: the group replaces the instance.
    pub(super) fn may_lose_instance(&mut self) {
        if !self.scenario.is_there && self.scenario.loss.is_some() {
            self.groups.take_back(INSTANCE);
        }
    }

    /// What *discover* finds in this round.
    pub(super) fn discover(&mut self, input: &ExecutionInput, round: u32) -> Discovery {
        let scenario = self.scenario;
        let [spot_patience, on_demand_patience] = scenario.patience;
        let messages = scenario.messages.get(round as usize - 1);
        let messages = messages.or(scenario.messages.last());
        let mut loss = input.loss.clone();
        let spot = self.groups.found_after(&mut loss);
        Discovery {
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
            loss,
            queue: messages.map(|messages| Queue {
                logical_id: "queueJobs".into(),
                queue_url: "https://sqs/jobs".into(),
                visible_messages: *messages,
            }),
            leader: (scenario.is_led && round == 1).then(|| Leader {
                execution_name: "another".into(),
                started_at: self.now,
            }),
            ..testing::discovery(spot, self.groups.found(Market::OnDemand))
        }
    }

    /// Whether spot is cheap in this round.
    pub(super) fn is_cheap(&self, round: u32) -> bool {
        self.scenario.is_cheap.get(round as usize - 1) == Some(&true)
    }

    /// The loss that an execution begins with.
    pub(super) fn loss(&self) -> Option<CapacityLoss> {
        self.scenario.loss.map(|kind| CapacityLoss {
            kind,
            event_id: "event".into(),
            time: self.now,
            auto_scaling_group_name: "workers-spot".into(),
            instance_id: (kind != LossKind::LaunchUnsuccessful).then(|| INSTANCE.into()),
            pool: None,
            at_min_size: false,
            recommended: (kind == LossKind::InterruptionWarning
                && !self.scenario.replacements.is_empty())
            .then(|| "farm-rebalance-i-1".into()),
        })
    }
}

//! What was read of a stack.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use spotmanager_domain::{ErrorName, Settings, WorkerPair, price::Pool, resources::Alarm};

use crate::{Chain, NotRead, Read, SpotManagerStack, WorkerGroup};

/// A stack as it is, with the settings under which SpotManager would look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The stack's name.
    pub stack_name: String,
    /// The pair, as SpotManager's stack has it; absent without one.
    pub pair: Option<WorkerPair>,
    /// The stack's status, if it was read; see `rules::status`.
    pub stack_status: Option<String>,
    /// What could not be read, and why.
    pub unread: BTreeMap<Part, NotRead>,
    /// The settings.
    pub settings: Settings,
    /// What follows a stack's name in its topic's name.
    pub topic_suffix: String,
    /// What *discover* would refuse.
    pub refusals: Vec<Refusal>,
    /// The spot group, where it was found.
    pub spot_group: Option<WorkerGroup>,
    /// The on-demand group, where it was found.
    pub on_demand_group: Option<WorkerGroup>,
    /// Every alarm of the account and region.
    pub alarms: Vec<Alarm>,
    /// The names of those that the stack or one of its nested stacks made.
    pub own_alarms: BTreeSet<String>,
    /// The region's Availability Zones, sorted.
    pub region_zones: Vec<String>,
    /// The lowest price of the last day, of each pool of the spot group that had one, USD per
    /// instance-hour.
    pub lowest_prices: BTreeMap<Pool, Decimal>,
    /// The on-demand prices of the spot group's instance types, as far as they are known, USD per
    /// instance-hour.
    pub on_demand_prices: BTreeMap<String, Decimal>,
    /// For how long a message that a worker takes is hidden, seconds, by the names of the queues
    /// for which that matters.
    pub visibility_timeouts: BTreeMap<String, Read<i32>>,
    /// SpotManager itself.
    pub spotmanager: SpotManagerStack,
    /// The way from the alarm to the state machine, if SpotManager's stack was found.
    pub chain: Option<Chain>,
}

/// What a step would refuse, under the step's own name for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The name.
    pub error: ErrorName,
    /// What is so, in a sentence.
    pub message: String,
}

/// Something that rules look at, and that a call reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The status of the workers' stack.
    StackStatus,
    /// The resources of the workers' stack.
    WorkersStack,
    /// The groups.
    Groups,
    /// Their scaling policies.
    Policies,
    /// What they launch with.
    LaunchSources,
    /// Where their subnets lie.
    Subnets,
    /// The alarms.
    Alarms,
    /// The region's Availability Zones.
    Zones,
    /// The spot prices of the last day.
    Prices,
}

impl Part {
    /// What it is called in a list of what was not looked at.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::StackStatus => "the status of the stack",
            Self::WorkersStack => "the stack of the workers",
            Self::Groups => "the groups",
            Self::Policies => "the scaling policies",
            Self::LaunchSources => "what the groups launch with",
            Self::Subnets => "the subnets",
            Self::Alarms => "the alarms",
            Self::Zones => "the region's Availability Zones",
            Self::Prices => "spot prices",
        }
    }
}

impl Snapshot {
    /// Why one of these parts was not read.
    pub(crate) fn unread(&self, parts: &[Part]) -> Option<&NotRead> {
        parts.iter().find_map(|part| self.unread.get(part))
    }

    /// The pair: the stack, and the logical id of its spot group.
    #[must_use]
    pub fn pair_name(&self) -> String {
        let found = self.spot_group.as_ref();
        let id = found.map_or(self.settings.spot_group_logical_id.as_str(), |group| {
            group.read.logical_id.as_str()
        });
        format!("{}/{id}", self.stack_name)
    }

    /// Whether the stack or one of its nested stacks made the alarm.
    #[must_use]
    pub fn is_own(&self, alarm: &Alarm) -> bool {
        self.own_alarms.contains(&alarm.name)
    }

    /// The groups that were found.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &WorkerGroup> {
        self.spot_group.iter().chain(&self.on_demand_group)
    }

    /// Both groups, spot first, where both were found.
    pub(crate) fn pair(&self) -> Option<(&WorkerGroup, &WorkerGroup)> {
        self.spot_group.as_ref().zip(self.on_demand_group.as_ref())
    }
}

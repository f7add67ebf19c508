//! What was read of a stack.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use spotmanager_contract::{ErrorName, Settings};
use spotmanager_decision::price::Pool;

use crate::{Alarm, Chain, Read, SpotManagerStack, WorkerGroup};

/// A stack as it is, with the settings under which SpotManager would look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The stack's name.
    pub stack_name: String,
    /// The settings.
    pub settings: Settings,
    /// What follows a stack's name in its topic's name.
    pub topic_suffix: String,
    /// What *discover* would refuse.
    pub refusals: Vec<Refusal>,
    /// Why no policy would do for a return to spot, where none would.
    pub return_refusal: Option<String>,
    /// The spot group, where it was found.
    pub spot_group: Option<WorkerGroup>,
    /// The on-demand group, where it was found.
    pub on_demand_group: Option<WorkerGroup>,
    /// The alarms that concern the stack.
    pub alarms: Vec<Alarm>,
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

impl Snapshot {
    /// The groups that were found.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &WorkerGroup> {
        self.spot_group.iter().chain(&self.on_demand_group)
    }

    /// Both groups, spot first, where both were found.
    pub(crate) fn pair(&self) -> Option<(&WorkerGroup, &WorkerGroup)> {
        self.spot_group.as_ref().zip(self.on_demand_group.as_ref())
    }
}

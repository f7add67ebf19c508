//! The flow, step by step: what each branch does, reports and says.

mod capacity;
mod decision;
mod doubt;
mod expected;
mod failures;
mod in_addition;
mod launches;
mod losses;
mod notices;
mod others;
mod outcome;
mod partly;
mod played;
mod return_to_spot;
mod rounds;
mod sent;
mod sizing;
mod unclear;

use serde_json::{Value, json};

use super::{Flow, Launched, Look, Others, Replacement, Scaled, Step};
use crate::{
    Capacity, CapacityLoss, Discovery, Execution, Group, LossKind, Market, Purpose, ScaleAction,
    ScaleOutcome,
    activity::Activity,
    backlog::Queue,
    capacity::CapacityStatus,
    on_demand_price::{OnDemandPrice, OnDemandPriceSource},
    price::PoolPrice,
    settings::LaunchBy,
    testing::{self, machine::Machine},
};
use jiff::{SignedDuration, Timestamp};
use played::{Played, UNKNOWN, decided, decided_in, undecided};

/// When each execution begins, UTC.
const BEGAN_AT: &str = "2026-11-25T15:16:52.123Z";
/// An average price within the spot group's limit of 0.2975, USD per instance-hour.
const CHEAP: &str = "0.21";
/// An average price above it.
const DEAR: &str = "0.33";
/// Why spot is chosen at [`CHEAP`].
const WITHIN: &str = "g4dn.xlarge in eu-west-1a averaged 0.21 USD per hour, within the limit of 0.2975 (0.35 less 15 %).";
const NO_CAPACITY: &str = "SpotManager.NoCapacity";
const DENIED: &str = "SpotManager.AccessDenied";

fn began_at() -> Timestamp {
    BEGAN_AT.parse().unwrap()
}

fn group(market: Market, capacity: Capacity) -> Group {
    let is_spot = market == Market::Spot;
    let mut group = testing::group(market, capacity);
    group.logical_id = if is_spot { "asgGPUSpot" } else { "asgGPU" }.into();
    if let Some(maximum) = &mut group.maximum_price {
        maximum.usd = "0.35".parse().unwrap();
    }
    group
}

/// A discovery for an alarm, changed by `change`. No two figures of its groups are alike, which scale
/// up by their policies.
fn found(change: impl FnOnce(&mut Discovery)) -> Discovery {
    let mut discovery = testing::discovery(
        group(Market::Spot, testing::capacity([5, 3, 2, 1])),
        group(Market::OnDemand, testing::capacity([9, 7, 5, 2])),
    );
    discovery.settings.launch_by = LaunchBy::ScalingPolicy;
    change(&mut discovery);
    discovery
}

fn returning(change: impl FnOnce(&mut Discovery)) -> Discovery {
    found(|found| {
        found.purpose = Purpose::ReturnToSpot;
        change(found);
    })
}

/// The same with `jobs` in a queue, which says how many are missing in addition to the 10 that are
/// in service or launching: one for every 10 jobs. There is one round.
fn sized(jobs: u64, change: impl FnOnce(&mut Discovery)) -> Discovery {
    found(|found| {
        found.settings.launch_by = LaunchBy::Automatic;
        found.settings.max_rounds = 1;
        found.queue = queue(jobs);
        change(found);
    })
}

/// Leaves more room in the on-demand group than is ever wanted.
fn roomy(found: &mut Discovery) {
    found.on_demand_group.capacity.max_size = 100;
}

/// Leaves no room in a group.
fn fill(group: &mut Group) {
    group.capacity.max_size = group.capacity.desired_capacity;
}

fn loss(kind: LossKind) -> CapacityLoss {
    CapacityLoss {
        kind,
        event_id: "event".into(),
        time: "2026-11-25T15:16:51Z".parse().unwrap(),
        auto_scaling_group_name: "workers-spot".into(),
        instance_id: Some("i-1".into()),
        pool: None,
        recommended: None,
        at_min_size: false,
    }
}

/// The queue with `visible_messages` jobs.
fn queue(visible_messages: u64) -> Option<Queue> {
    Some(Queue {
        logical_id: "queueJobs".into(),
        queue_url: "https://sqs.us-east-1.amazonaws.com/123456789012/jobs".into(),
        visible_messages,
    })
}

fn pool(usd: &str) -> PoolPrice {
    let mut pool = testing::price("eu-west-1a", Some(usd.parse().unwrap()));
    pool.placement_score = Some(7);
    pool.on_demand = Some(OnDemandPrice {
        usd: "0.526".parse().unwrap(),
        source: OnDemandPriceSource::PriceList,
    });
    pool
}

/// A launch that failed in the group's only zone.
fn failed_launch() -> Activity {
    Activity {
        started_at: began_at(),
        status_code: "Failed".into(),
        status_message: Some("No spot.".into()),
        cause: String::new(),
        availability_zone: Some("eu-west-1a".into()),
        launches: true,
    }
}

/// What a check says if every launch failed.
const NOWHERE: &str = "A launch failed in every Availability Zone of the group: eu-west-1a.";

/// Why spot brought nothing if every launch failed.
fn no_spot() -> Value {
    let cause = format!("{NOWHERE} No spot.");
    json!({"error": NO_CAPACITY, "cause": cause, "state": "VerifyCapacity"})
}

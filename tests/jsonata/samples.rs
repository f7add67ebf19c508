//! What the functions return, in the domain's own types.

use serde::Serialize;
use spotmanager_domain::{
    AlarmEvent, Capacity, CapacityLoss, Discovery, EvaluateOutput, ExecutionInput, Group, LossKind,
    Market, MaximumPrice, PriceSource, Purpose, ScaleAction, ScaleOutcome, ScaleOutput, Settings,
    SettingsOverride, VerifyOutput,
    backlog::Queue,
    capacity::{CapacityReport, CapacityStatus},
    on_demand_price::{OnDemandPrice, OnDemandPriceSource},
    price::{Pool, PoolAverage, PoolFacts, PoolPrice, Window},
    testing::{self, NO_FACTS, capacity, scaling_policy},
};

pub(crate) const MACHINE_ARN: &str =
    "arn:aws:states:us-east-1:123456789012:stateMachine:spotmanager";
/// An execution as *start* names it.
pub(crate) const EXECUTION: &str = "render-farm-20261125T151652-ca0fa221f0eff217";
pub(crate) const EXECUTION_ARN: &str = "arn:aws:states:us-east-1:123456789012:execution:spotmanager:render-farm-20261125T151652-ca0fa221f0eff217";
/// When each execution starts, UTC.
pub(crate) const STARTED_AT: &str = "2026-11-25T15:16:52.123Z";
/// An average price within the spot group's limit of 0.2975, USD per instance-hour.
pub(crate) const CHEAP: &str = "0.21";
/// An average price above it.
pub(crate) const DEAR: &str = "0.33";

pub(crate) fn alarm() -> ExecutionInput {
    ExecutionInput {
        stack_name: "render-farm".into(),
        settings: SettingsOverride::default(),
        alarm: Some(AlarmEvent {
            alarm_name: "jobs-to-do".into(),
            alarm_arn: None,
            state_change_time: "2026-11-25T15:16:50.000+0000".into(),
            new_state_reason: "Threshold Crossed".into(),
            topic_arn: "arn:aws:sns:us-east-1:123456789012:render-farm-jobs-to-do".into(),
        }),
        purpose: Purpose::ScaleUp,
        loss: None,
        round: None,
    }
}

pub(crate) fn loss(kind: LossKind) -> CapacityLoss {
    CapacityLoss {
        kind,
        event_id: "event".into(),
        time: "2026-11-25T15:16:51Z".parse().unwrap(),
        auto_scaling_group_name: "workers-spot".into(),
        instance_id: Some("i-1".into()),
        pool: Some(pool()),
    }
}

/// The text of the mail on a failure of `error`.
pub(crate) fn message(what: &str, why: &str, error: &str) -> String {
    let entry = error.to_lowercase().replace('.', "");
    format!(
        "What: {what}\nWhy: {why}\nWhat to do: see {error} in the runbook, docs/runbook.md#{entry}\nExecution: https://us-east-1.console.aws.amazon.com/states/home?region=us-east-1#/v2/executions/details/{EXECUTION_ARN}\nIn a terminal: spotmanager explain {EXECUTION_ARN}"
    )
}

fn pool() -> Pool {
    Pool {
        instance_type: "g4dn.xlarge".into(),
        availability_zone: "us-east-1a".into(),
    }
}

fn group(market: Market, capacity: Capacity) -> Group {
    let is_spot = market == Market::Spot;
    Group {
        logical_id: if is_spot { "asgGPUSpot" } else { "asgGPU" }.into(),
        auto_scaling_group_name: format!("workers-{}", market.code()),
        instance_types: vec![pool().instance_type],
        availability_zones: vec![pool().availability_zone],
        maximum_price: is_spot.then(|| MaximumPrice {
            usd: "0.35".parse().unwrap(),
            source: PriceSource::LaunchTemplate,
            found_in: "launch template lt-1 version 1".into(),
        }),
        scale_down_policy: (!is_spot).then(|| scaling_policy("ScaleDown", -1)),
        ..testing::group(market, capacity)
    }
}

/// A discovery for an alarm, changed by `change`. No two figures of its groups are alike.
pub(crate) fn found(change: impl FnOnce(&mut Discovery)) -> Discovery {
    let mut discovery = Discovery {
        stack_name: "render-farm".into(),
        settings: Settings::default(),
        purpose: Purpose::ScaleUp,
        loss: None,
        spot_group: group(Market::Spot, capacity([5, 3, 2, 1])),
        on_demand_group: group(Market::OnDemand, capacity([9, 7, 5, 2])),
        queue: None,
        queue_problem: None,
        leader: None,
        if_evaluation_fails: None,
    };
    change(&mut discovery);
    discovery.if_evaluation_fails = Some(discovery.if_evaluation_fails(1));
    discovery
}

/// The queue with `visible_messages` jobs.
pub(crate) fn queue(visible_messages: u64) -> Option<Queue> {
    Some(Queue {
        logical_id: "queueJobs".into(),
        queue_url: "https://sqs.us-east-1.amazonaws.com/123456789012/jobs".into(),
        visible_messages,
    })
}

/// Leaves no room in a group.
pub(crate) fn fill(group: &mut Group) {
    group.capacity.max_size = group.capacity.desired_capacity;
}

/// The verdict on `discovery` if the spot price averages `usd`.
pub(crate) fn evaluated(discovery: &Discovery, round: u32, usd: &str) -> EvaluateOutput {
    let usd = Some(usd.parse().unwrap());
    let average = PoolAverage {
        average_usd: usd,
        latest_usd: usd,
        ..PoolAverage::unknown(pool())
    };
    let facts = PoolFacts {
        placement_score: Some(7),
        on_demand: Some(OnDemandPrice {
            usd: "0.526".parse().unwrap(),
            source: OnDemandPriceSource::PriceList,
        }),
        ..NO_FACTS
    };
    let end = STARTED_AT.parse().unwrap();
    EvaluateOutput {
        evaluation: discovery.decide(round, vec![PoolPrice::new(average, facts)]),
        pools_left_off: None,
        window: Window::ending_at(end, 3600).unwrap(),
        product_description: "Linux/UNIX".into(),
        rejected_samples: 0,
    }
}

/// What *scale* returns with this outcome.
pub(crate) fn scale(group: &Group, outcome: ScaleOutcome) -> ScaleOutput {
    use ScaleOutcome as Outcome;
    let action = match outcome {
        Outcome::ScaledDown | Outcome::WouldScaleDown | Outcome::AlreadyScaledDown => {
            ScaleAction::ScaleDown
        }
        Outcome::Detached | Outcome::AlreadyDetached => ScaleAction::Detach,
        Outcome::StoodDown
        | Outcome::WouldStandDown
        | Outcome::AlreadyDown
        | Outcome::CapacityArrived => ScaleAction::StandDown,
        _ => ScaleAction::ScaleUp,
    };
    let target = group.scale_up_policy.target_from(group.capacity);
    ScaleOutput {
        action,
        outcome,
        sentence: format!("{outcome:?}."),
        would_call: None,
        market: group.market,
        auto_scaling_group_name: group.auto_scaling_group_name.clone(),
        policy_name: group.scale_up_policy.policy_name.clone(),
        baseline_capacity: group.capacity.desired_capacity,
        target_capacity: (action == ScaleAction::ScaleUp).then_some(target),
        capacity_before: group.capacity,
    }
}

/// What *verify* returns with this status.
pub(crate) fn verify(group: &Group, status: CapacityStatus) -> impl Serialize {
    let failed = status == CapacityStatus::NoCapacity;
    VerifyOutput {
        market: group.market,
        auto_scaling_group_name: group.auto_scaling_group_name.clone(),
        capacity: group.capacity,
        waited_seconds: 15,
        report: CapacityReport {
            status,
            sentence: format!("{status:?}."),
            failed_availability_zones: Default::default(),
            last_failure: failed.then(|| "No spot.".into()),
        },
    }
}

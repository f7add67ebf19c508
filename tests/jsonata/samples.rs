//! What the functions return, in the domain's own types.

use jiff::Timestamp;
use spotmanager_domain::{
    AlarmEvent, Capacity, CapacityLoss, Discovery, EvaluateOutput, ExecutionInput, Group, LossKind,
    Market, Purpose, ScaleAction, ScaleOutcome, ScaleOutput, SettingsOverride,
    activity::Activity,
    backlog::Queue,
    capacity::CapacityStatus,
    flow::{Flow, Progress},
    on_demand_price::{OnDemandPrice, OnDemandPriceSource},
    price::Window,
    testing::{self, capacity},
};

pub(crate) const MACHINE_ARN: &str =
    "arn:aws:states:us-east-1:123456789012:stateMachine:spotmanager";
/// An execution as *start* names it.
pub(crate) const EXECUTION: &str = "render-farm-20261125T151652-ca0fa221f0eff217";
pub(crate) const EXECUTION_ARN: &str = "arn:aws:states:us-east-1:123456789012:execution:spotmanager:render-farm-20261125T151652-ca0fa221f0eff217";
/// When each execution starts, UTC.
pub(crate) const STARTED_AT: &str = "2026-11-25T15:16:52.123Z";

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

pub(crate) fn loss(kind: LossKind) -> Option<CapacityLoss> {
    Some(CapacityLoss {
        kind,
        event_id: "event".into(),
        time: "2026-11-25T15:16:51Z".parse().unwrap(),
        auto_scaling_group_name: "workers-spot".into(),
        instance_id: Some("i-1".into()),
        pool: None,
        recommended: None,
        at_min_size: false,
    })
}

/// A discovery for an alarm, changed by `change`. No two figures of its groups are alike.
pub(crate) fn found(change: impl FnOnce(&mut Discovery)) -> Discovery {
    let mut discovery = testing::discovery(
        testing::group(Market::Spot, capacity([5, 3, 2, 1])),
        testing::group(Market::OnDemand, capacity([9, 7, 5, 2])),
    );
    change(&mut discovery);
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

/// The verdict if the spot price averages `usd`.
pub(crate) fn evaluated(flow: Flow<'_>, usd: &str) -> EvaluateOutput {
    let mut pool = testing::price("eu-west-1a", Some(usd.parse().unwrap()));
    pool.placement_score = Some(7);
    pool.on_demand = Some(OnDemandPrice {
        usd: "0.526".parse().unwrap(),
        source: OnDemandPriceSource::PriceList,
    });
    let evaluation = flow.discovery.decide(flow.execution.round, vec![pool]);
    EvaluateOutput {
        step: flow.decided(&evaluation),
        evaluation,
        pools_left_off: None,
        window: Window::ending_at(STARTED_AT.parse().unwrap(), 3600).unwrap(),
        product_description: "Linux/UNIX".into(),
        rejected_samples: 0,
        reported: Vec::new(),
    }
}

/// What *scale* does if nothing is against it.
pub(crate) fn usual(action: &ScaleAction, dry_run: bool) -> ScaleOutcome {
    match action {
        ScaleAction::ScaleUp { .. }
        | ScaleAction::RaiseCapacity { .. }
        | ScaleAction::LaunchInstances { .. } => {
            if dry_run {
                ScaleOutcome::WouldScale
            } else {
                ScaleOutcome::Scaled
            }
        }
        ScaleAction::LowerCapacity { .. } => ScaleOutcome::ScaledDown,
        ScaleAction::Detach { .. } => ScaleOutcome::Detached,
        ScaleAction::StandDown { .. } | ScaleAction::TakeBack { .. } => ScaleOutcome::StoodDown,
    }
}

/// What *scale* returns with this outcome.
pub(crate) fn scaled(flow: Flow<'_>, action: &ScaleAction, outcome: ScaleOutcome) -> ScaleOutput {
    let group = flow.group(action.market());
    let desired = group.capacity.desired_capacity;
    let (baseline_capacity, target_capacity) = match *action {
        ScaleAction::ScaleUp { .. } => {
            let target = group.scale_up_policy.target_from(group.capacity);
            (desired, Some(target))
        }
        ScaleAction::RaiseCapacity { from, to, .. }
        | ScaleAction::LowerCapacity { from, to, .. } => (from, Some(to)),
        ScaleAction::StandDown {
            baseline_capacity, ..
        } => {
            let kept = baseline_capacity.max(group.capacity.in_service);
            (
                baseline_capacity,
                (outcome == ScaleOutcome::StoodDown).then_some(kept),
            )
        }
        _ => (desired, None),
    };
    ScaleOutput {
        action: action.name(),
        outcome,
        sentence: format!("{outcome:?}."),
        would_call: None,
        market: group.market,
        auto_scaling_group_name: group.auto_scaling_group_name.clone(),
        policy_name: group.scale_up_policy.policy_name.clone(),
        baseline_capacity,
        target_capacity,
        capacity_before: group.capacity,
        on_demand_capacity: matches!(
            action,
            ScaleAction::StandDown { .. } | ScaleAction::TakeBack { .. }
        )
        .then_some(flow.discovery.on_demand_group.capacity),
        launched: Vec::new(),
        step: None,
    }
}

/// A group of which a check finds this.
pub(crate) fn looks(
    group: &Group,
    progress: &Progress,
    status: CapacityStatus,
) -> (Capacity, Vec<Activity>) {
    let failed = group.availability_zones.iter().map(|zone| Activity {
        started_at: STARTED_AT.parse::<Timestamp>().unwrap(),
        status_code: "Failed".into(),
        status_message: Some("No spot.".into()),
        cause: String::new(),
        availability_zone: Some(zone.clone()),
        launches: true,
    });
    let is_failed = status == CapacityStatus::NoCapacity;
    let failed = failed.filter(|_| is_failed).collect();
    let with = |desired_capacity, in_service| Capacity {
        desired_capacity,
        in_service,
        pending: 0,
        ..group.capacity
    };
    if let Some(lowering) = &progress.lowering {
        let fell = status == CapacityStatus::Arrived;
        let desired = if fell { lowering.to } else { lowering.from };
        return (with(desired, desired), failed);
    }
    // Two groups that were asked at once fare alike.
    let mut attempts = progress.attempt.iter().chain(&progress.in_addition);
    let Some(attempt) = attempts.find(|attempt| attempt.market == group.market) else {
        return (group.capacity, failed);
    };
    let baseline = attempt.baseline_capacity;
    let asked_for = attempt.target_capacity.unwrap_or(baseline + 1);
    let (desired, in_service) = match status {
        CapacityStatus::Withdrawn => (baseline, baseline),
        CapacityStatus::Arrived => (asked_for, asked_for),
        _ => (asked_for, baseline),
    };
    (with(desired, in_service), failed)
}

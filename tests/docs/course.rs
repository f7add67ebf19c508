//! An execution that the flow plays, in which nothing fails but launches.

use anyhow::{Context, Result};
use jiff::Timestamp;
use spotmanager_domain::{
    Capacity, CapacityLoss, Caught, Discovery, Execution, Leader, LossKind, Market, Purpose,
    ScaleAction, ScaleOutcome,
    activity::Activity,
    backlog::Queue,
    flow::{Attempt, Flow, Launched, Look, Others, Progress, Scaled, Step},
    testing,
};

/// Everything happens at once; how long is waited is counted in intervals.
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// What an execution is for, and how it goes.
#[derive(Clone, Default)]
pub(crate) struct Occasion {
    /// MaxSize, DesiredCapacity, and what is in service and launching.
    pub(crate) spot: [i32; 4],
    pub(crate) on_demand: [i32; 4],
    pub(crate) returns: bool,
    pub(crate) loss: Option<LossKind>,
    pub(crate) is_led: bool,
    /// The instance of the loss has left its group before it is detached.
    pub(crate) is_gone: bool,
    /// Jobs that wait in each round; without a queue there is none.
    pub(crate) jobs: Vec<u64>,
    /// What each round before has brought of spot, and of on-demand.
    pub(crate) brings: [i32; 2],
    /// At which check spot comes; after three without it fails.
    pub(crate) spot_comes_at: Option<u32>,
}

/// The steps of a round, the next round's discovery included.
pub(crate) fn steps(occasion: &Occasion, round: usize) -> Result<Vec<&'static str>> {
    let execution = Execution {
        round: u32::try_from(round)? + 1,
        ..testing::execution(NOW)
    };
    let discovery = discovery(occasion, round);
    let flow = Flow {
        execution: &execution,
        discovery: &discovery,
    };
    let mut steps = Vec::new();
    let mut step = flow.discovered();
    loop {
        steps.push(step.state());
        step = match step {
            Step::Evaluate { .. } => {
                let pools = vec![testing::price("eu-west-1a", "0.2".parse().ok())];
                sent(flow.decided(&discovery.decide(execution.round, pools)))
            }
            Step::Report { then, .. } => *then,
            Step::WaitForCapacity { progress, .. } => sent(checked(occasion, flow, progress)),
            ref step => match step.action() {
                Some(action) => scaled(occasion, flow, step, action)?,
                None => return Ok(steps),
            },
        };
    }
}

/// What comes next after *evaluate* or *verify* has sent its events.
fn sent(mut step: Step) -> Step {
    while let Some((_, then)) = step.sendable() {
        step = then.clone();
    }
    step
}

fn scaled(occasion: &Occasion, flow: Flow<'_>, step: &Step, action: &ScaleAction) -> Result<Step> {
    let before = flow.group(action.market()).capacity;
    let (from, to) = match *action {
        ScaleAction::RaiseCapacity { from, to, .. }
        | ScaleAction::LowerCapacity { from, to, .. } => (from, to),
        ScaleAction::TakeBack { from, by } => (from, from - by),
        _ => (before.desired_capacity, before.desired_capacity + 1),
    };
    let detaches = matches!(
        action,
        ScaleAction::Detach {
            decrements: false,
            ..
        }
    );
    let is_replaced = detaches && !occasion.is_gone;
    let scaled = Scaled {
        outcome: match action {
            ScaleAction::ScaleUp { .. }
            | ScaleAction::RaiseCapacity { .. }
            | ScaleAction::LaunchInstances { .. } => ScaleOutcome::Scaled,
            ScaleAction::LowerCapacity { .. } => ScaleOutcome::ScaledDown,
            ScaleAction::StandDown { .. } | ScaleAction::TakeBack { .. } => ScaleOutcome::StoodDown,
            ScaleAction::Detach { .. } if occasion.is_gone => ScaleOutcome::AlreadyDetached,
            ScaleAction::Detach { .. } => ScaleOutcome::Detached,
        },
        sentence: "Done.",
        baseline_capacity: from,
        target_capacity: Some(to),
        capacity_before: Capacity {
            // Discovered without the instance, which the group is to replace.
            desired_capacity: before.desired_capacity + i32::from(is_replaced),
            ..before
        },
        on_demand_capacity: Some(flow.group(Market::OnDemand).capacity),
        is_first: true,
        launched: Launched::default(),
    };
    let next = flow.scaled(step, &scaled, &Caught::default(), NOW);
    next.context("no step of scale")
}

fn checked(occasion: &Occasion, flow: Flow<'_>, progress: Progress) -> Step {
    let failed = [failed_launch()];
    let looks: Vec<_> = flow
        .looks_at(&progress)
        .map(|market| look(occasion, flow, &progress, market, &failed))
        .collect();
    flow.checked(progress, &looks, &Others::default(), NOW).step
}

/// A group, as a check finds it.
fn look<'a>(
    occasion: &Occasion,
    flow: Flow<'_>,
    progress: &Progress,
    market: Market,
    failed: &'a [Activity],
) -> Look<'a> {
    let mut attempts = progress.attempt.iter().chain(&progress.in_addition);
    let attempt = attempts.find(|attempt| attempt.market == market);
    let discovered = flow.group(market).capacity;
    let seconds = attempt.map_or(0, |attempt| attempt.waited_seconds);
    let check = seconds / flow.discovery.settings.verify_interval_seconds;
    let comes_at = match market {
        Market::Spot => occasion.spot_comes_at,
        Market::OnDemand => Some(2),
    };
    let comes = comes_at.is_some_and(|at| check >= at);
    let fails = comes_at.is_none() && check >= 3;
    let capacity = match (attempt, &progress.lowering) {
        (_, Some(lowering)) => Capacity {
            desired_capacity: lowering.to,
            ..discovered
        },
        (
            Some(Attempt {
                target_capacity: Some(asked_for),
                baseline_capacity,
                ..
            }),
            None,
        ) => Capacity {
            desired_capacity: *asked_for,
            in_service: if comes {
                *asked_for
            } else {
                *baseline_capacity
            },
            pending: i32::from(!comes && !fails),
            ..discovered
        },
        _ => discovered,
    };
    Look {
        market,
        capacity,
        activities: if fails { failed } else { &[] },
    }
}

fn discovery(occasion: &Occasion, round: usize) -> Discovery {
    let rounds = i32::try_from(round).unwrap_or(i32::MAX);
    let [brings_spot, brings_on_demand] = occasion.brings;
    let group = |market, [max_size, desired, in_service, pending]: [i32; 4], brings: i32| {
        let brought = rounds * brings;
        let sizes = [max_size, desired + brought, in_service + brought, pending];
        testing::group(market, testing::capacity(sizes))
    };
    let spot = group(Market::Spot, occasion.spot, brings_spot);
    let on_demand = group(Market::OnDemand, occasion.on_demand, brings_on_demand);
    let jobs = occasion.jobs.get(round);
    Discovery {
        purpose: if occasion.returns {
            Purpose::ReturnToSpot
        } else {
            Purpose::ScaleUp
        },
        queue: jobs.map(|jobs| Queue {
            logical_id: "queueJobs".to_owned(),
            queue_url: "https://sqs/jobs".to_owned(),
            visible_messages: *jobs,
        }),
        loss: occasion.loss.map(|kind| CapacityLoss {
            kind,
            event_id: "event".to_owned(),
            time: NOW,
            auto_scaling_group_name: spot.auto_scaling_group_name.clone(),
            instance_id: Some("i-1".to_owned()),
            pool: None,
            recommended: None,
            at_min_size: false,
        }),
        leader: occasion.is_led.then(|| Leader {
            execution_name: "leader".to_owned(),
            started_at: NOW,
        }),
        ..testing::discovery(spot, on_demand)
    }
}

/// A launch that failed in the groups' only zone.
fn failed_launch() -> Activity {
    Activity {
        started_at: NOW,
        status_code: "Failed".to_owned(),
        status_message: Some("There is no capacity.".to_owned()),
        cause: String::new(),
        availability_zone: Some("eu-west-1a".to_owned()),
        launches: true,
    }
}

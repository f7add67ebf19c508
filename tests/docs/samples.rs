//! Events with every field that they can have, and with none but those that they must have. No field
//! is passed over: the compiler asks for a new one here.

use jiff::Timestamp;
use spotmanager_domain::{
    CapacityLoss, LossKind, Purpose,
    backlog::Backlog,
    flow::{CheapestPool, Decision, Event, Failure, Fallback, Outcome, RoundResult, ServedBy},
    price::Pool,
    verdict::{Choice, ReasonCode},
};

/// The events, full and bare.
pub(crate) fn events() -> Vec<Event> {
    let mut events = vec![Event::Failure {}];
    for is_full in [true, false] {
        events.push(Event::Decision(Box::new(decision(is_full))));
        events.push(Event::Outcome(Box::new(outcome(is_full))));
        events.push(Event::Fallback(fallback(is_full)));
    }
    events
}

/// What failed.
pub(crate) fn failure() -> Failure {
    Failure {
        error: "SpotManager.NoCapacity".to_owned(),
        cause: "A launch failed in every Availability Zone of the group.".to_owned(),
        state: "VerifyCapacity".to_owned(),
    }
}

fn decision(is_full: bool) -> Decision {
    let usd = || "0.25".parse().ok().filter(|_| is_full);
    Decision {
        purpose: Purpose::ScaleUp,
        round: 1,
        dry_run: false,
        choice: Choice::Spot,
        reason: ReasonCode::SpotWithinLimit,
        sentence: "Spot is within the limit.".to_owned(),
        limit_usd: usd(),
        cheapest: is_full.then(|| CheapestPool {
            instance_type: "g4dn.xlarge".to_owned(),
            availability_zone: "us-east-1a".to_owned(),
            average_usd: 1.into(),
            placement_score: Some(9),
            on_demand_usd: usd(),
        }),
        saving_usd_per_hour: usd(),
        wanted: is_full.then_some(3),
        backlog: is_full.then(|| Backlog {
            visible_messages: 7,
            instances: 2,
            per_instance: usd(),
            target_per_instance: 1.into(),
        }),
        loss: is_full.then(|| CapacityLoss {
            kind: LossKind::InterruptionWarning,
            event_id: "7bf73129-1428-4cd3-a780-95db273d1602".to_owned(),
            time: Timestamp::UNIX_EPOCH,
            auto_scaling_group_name: "spot".to_owned(),
            instance_id: Some("i-1".to_owned()),
            pool: Some(Pool {
                instance_type: "g4dn.xlarge".to_owned(),
                availability_zone: "us-east-1a".to_owned(),
            }),
            recommended: Some("farm-rebalance-1".to_owned()),
            at_min_size: true,
        }),
    }
}

fn outcome(is_full: bool) -> Outcome {
    Outcome {
        purpose: is_full.then_some(Purpose::ScaleUp),
        round: is_full.then_some(1),
        dry_run: is_full.then_some(false),
        result: RoundResult::CapacityArrived,
        served_by: is_full.then_some(ServedBy::OnDemand),
        group: is_full.then(|| "asgGPU".to_owned()),
        reason: is_full.then_some(ReasonCode::SpotWithinLimit),
        sentence: "1 of 1 instances are in service.".to_owned(),
        saving_usd_per_hour: "0.25".parse().ok().filter(|_| is_full),
        failure: is_full.then(failure),
        queue_problem: is_full.then(|| "The queue cannot be read.".to_owned()),
    }
}

fn fallback(is_full: bool) -> Fallback {
    Fallback {
        round: 1,
        dry_run: false,
        from_group: "spot".to_owned(),
        to_group: "on-demand".to_owned(),
        stood_down: true,
        failure: is_full.then(failure),
    }
}

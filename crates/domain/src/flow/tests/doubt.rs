//! If the evaluation fails: what *discover* has said of it.

use serde_json::json;

use super::*;
use crate::Leader;

/// What becomes of a discovery in this round, if its evaluation fails.
fn doubt(round: u32, change: impl FnOnce(&mut Discovery)) -> Played {
    let discovery = found(change);
    let verdict = discovery.if_evaluation_fails(round);
    let failure = json!({"error": "SpotManager.Unexpected", "cause": "no prices",
                         "state": "Evaluate"});
    undecided(discovery, round).says(
        "Decision",
        json!({
            "reason": "EVALUATION_FAILED",
            "choice": verdict.choice,
            "sentence": verdict.sentence,
            "round": round,
            "cheapest": null,
            "limit_usd": null,
            "saving_usd_per_hour": null,
            "backlog": null,
            "failure": failure,
        }),
    )
}

fn lost(kind: LossKind) -> impl FnOnce(&mut Discovery) {
    move |found| found.loss = Some(loss(kind))
}

fn waiting(jobs: u64) -> impl FnOnce(&mut Discovery) {
    move |found| found.queue = queue(jobs)
}

#[test]
fn in_doubt_on_demand_scales_up() {
    let sentence = "The evaluation failed. In doubt workers-on-demand scales up.";
    doubt(1, |_| ())
        .says("Decision", json!({"sentence": sentence}))
        .scales_up(Market::OnDemand, true, true)
        .scaled()
        .arrives()
        .at("CapacityArrived")
        .says(
            "Outcome",
            json!({"reason": "EVALUATION_FAILED", "failure": null, "served_by": "on_demand"}),
        );
    for (round, jobs) in [(1, 0), (2, 101)] {
        doubt(round, waiting(jobs)).scales_up(Market::OnDemand, true, true);
    }
    doubt(2, |_| ()).scales_up(Market::OnDemand, true, true);
}

#[test]
fn spot_scales_up_if_on_demand_is_full() {
    doubt(1, |found| fill(&mut found.on_demand_group)).scales_up(Market::Spot, true, true);
}

#[test]
fn nothing_is_done_if_nothing_is_lacking_and_the_outcome_has_no_failure_of_its_own() {
    let warned = Some(loss(LossKind::InterruptionWarning));
    let led = |found: &mut Discovery| {
        found.leader = Some(Leader {
            execution_name: "another".into(),
            started_at: began_at(),
        });
        found.loss.clone_from(&warned);
    };
    let full = |found: &mut Discovery| {
        fill(&mut found.spot_group);
        fill(&mut found.on_demand_group);
        found.loss.clone_from(&warned);
    };
    let at_target = |found: &mut Discovery| {
        found.queue = queue(100);
        found.loss.clone_from(&warned);
    };
    let served = |found: &mut Discovery| {
        found.loss = Some(loss(LossKind::LaunchUnsuccessful));
        found.spot_group.capacity.in_service = found.spot_group.capacity.desired_capacity;
    };
    for played in [
        doubt(1, |found| found.purpose = Purpose::ReturnToSpot),
        doubt(1, lost(LossKind::RebalanceRecommendation)),
        doubt(1, led),
        doubt(1, full),
        doubt(1, served),
        doubt(2, at_target),
    ] {
        let sentence = played.sent("Decision")["sentence"].clone();
        played.at("NothingToDo").reported("Decision Outcome").says(
            "Outcome",
            json!({"result": "nothing_to_do", "sentence": sentence, "failure": null}),
        );
    }
}

#[test]
fn a_group_that_lacks_an_instance_is_waited_for() {
    for kind in [LossKind::LaunchUnsuccessful, LossKind::InstanceGone] {
        doubt(1, lost(kind)).waits(Market::Spot, 2, Some(3), 15);
    }
}

#[test]
fn an_interrupted_instance_is_detached_and_replaced_by_on_demand() {
    doubt(1, lost(LossKind::InterruptionWarning))
        .at("DetachInstance")
        .scales(ScaleOutcome::Detached)
        .scales_up(Market::OnDemand, false, true);
}

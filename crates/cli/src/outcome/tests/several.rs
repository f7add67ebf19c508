//! The outcome of several rounds is what came, and then how they ended.

use super::*;

const SPOT: &str =
    "spot serves, asgGPUSpot 1 of 1; saves 0.326 USD per instance-hour against on-demand";
const TOOK_OVER: &str = "on-demand serves, asgGPU 1 of 1, because spot brought no instance: A launch failed everywhere; no saving";

/// Rounds of an execution, one after the other.
fn after(rounds: Vec<Vec<Step>>) -> Vec<Step> {
    rounds.into_iter().flatten().collect()
}

fn takes_over() -> Vec<Step> {
    let mut steps = spot_fails();
    steps.push(scaled("ScaleUp", "asgGPU", "scaled", "Executed."));
    steps.push(seen("asgGPU", "arrived", "1 of 1."));
    steps
}

fn withdrawn() -> Vec<Step> {
    vec![
        discovered(json!({})),
        decided(),
        seen("asgGPUSpot", "withdrawn", "Scaled in."),
    ]
}

fn nothing(reason: &str) -> Vec<Step> {
    vec![
        discovered(json!({})),
        verdict("nothing", reason),
        last("NothingToDo"),
    ]
}

#[test]
fn the_last_round_that_brought_capacity_has_the_figures() {
    let spot = Some(Market::Spot);
    let on_demand = Some(Market::OnDemand);
    let end = |steps| after(vec![steps, nothing("QUEUE_EMPTY")]);
    for (steps, served_by, sentence) in [
        (
            end(spot_arrives()),
            spot,
            format!("{SPOT}; no more was needed: QUEUE_EMPTY"),
        ),
        (
            end(takes_over()),
            on_demand,
            format!("{TOOK_OVER}; no more was needed: QUEUE_EMPTY"),
        ),
        (
            after(vec![spot_arrives(), nothing("BOTH_GROUPS_FULL")]),
            spot,
            format!("{SPOT}; no more was asked for: BOTH_GROUPS_FULL"),
        ),
        (
            end(after(vec![spot_arrives(), takes_over()])),
            on_demand,
            format!(
                "{TOOK_OVER}; spot arrived in round 1; on-demand arrived in round 2; no more was needed: QUEUE_EMPTY"
            ),
        ),
        (
            after(vec![spot_arrives(), withdrawn(), vec![last("RoundsEnded")]]),
            spot,
            format!(
                "{SPOT}; in round 2 the group was scaled in, so fewer may serve now; more jobs may wait, and the settings allow no further round"
            ),
        ),
    ] {
        let outcome = outcome(steps);
        expect(&outcome, Ending::CapacityArrived, served_by, &sentence);
        let serving = outcome.serving.unwrap();
        assert_eq!(serving.in_service, 1, "{sentence}");
    }
}

#[test]
fn rounds_without_capacity_say_so() {
    let outcome = outcome(after(vec![withdrawn(), nothing("QUEUE_EMPTY")]));
    expect(
        &outcome,
        Ending::NothingToDo,
        None,
        "round 2: nothing was changed, because of QUEUE_EMPTY",
    );
}

#[test]
fn a_further_round_that_fails_or_is_stopped_keeps_what_came() {
    let failure = StepFailure {
        at: last("Discover").entered_at,
        error: "SpotManager.Throttled".into(),
        cause: "slow down".into(),
    };
    let mut discover = last("Discover");
    discover.failures = vec![failure];
    let failed = ExecutionHistory {
        error: Some("SpotManager.Throttled".into()),
        ..ended(
            "FAILED",
            "slow down",
            after(vec![spot_arrives(), vec![discover, last("Failed")]]),
        )
    };
    expect(
        &Outcome::of(&failed).unwrap(),
        Ending::Failed,
        Some(Market::Spot),
        &format!(
            "{SPOT}; round 2: failed, nothing was decided in this round: SpotManager.Throttled in Discover"
        ),
    );
    let stopped = after(vec![spot_arrives(), vec![discovered(json!({}))]]);
    expect(
        &Outcome::of(&ended("ABORTED", "", stopped)).unwrap(),
        Ending::Aborted,
        Some(Market::Spot),
        &format!("{SPOT}; round 2: aborted in Discover"),
    );
}

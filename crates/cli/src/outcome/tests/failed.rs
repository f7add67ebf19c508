//! A failure says no more than is known, and a return to spot keeps on-demand.

use super::*;

/// The states that end an execution, of this release's machine and of the previous one's.
const ENDS: [&[&str]; 2] = [
    &[
        "NextStep", "Notify", "NextStep", "Report", "NextStep", "Failed",
    ],
    &["NotifyFailure", "TellFailure", "Failed"],
];

fn failed_in(state: &str, error: &str, input: &Value, steps: &[Step], end: &[&str]) -> Outcome {
    let mut steps = steps.to_vec();
    steps.push(caught(state, error, "why"));
    steps.extend(end.iter().map(|state| last(state)));
    let history = ExecutionHistory {
        error: Some(error.into()),
        input: input.clone(),
        ..ended("FAILED", "why", steps)
    };
    Outcome::of(&history).unwrap()
}

fn document(outcome: &Outcome) -> Value {
    serde_json::to_value(outcome).unwrap()
}

#[test]
fn what_is_not_known_is_not_claimed() {
    let denied = "SpotManager.AccessDenied";
    let by_alarm = json!({"stack_name": "farm"});
    let tick = json!({"stack_name": "farm", "purpose": "return_to_spot"});
    let asked = || spot_arrives()[..3].to_vec();
    let unknown = "failed, it is not known if capacity arrived";
    for (state, input, steps, served_by, sentence) in [
        (
            "Discover",
            &by_alarm,
            vec![],
            ServedBy::Nobody,
            "failed, nothing was decided in this round",
        ),
        (
            "Discover",
            &tick,
            vec![],
            ServedBy::Unknown,
            "failed, nothing was decided in this round, and nothing was changed",
        ),
        (
            "VerifyCapacity",
            &by_alarm,
            asked(),
            ServedBy::Unknown,
            unknown,
        ),
        (
            "ScaleUpAgain",
            &by_alarm,
            asked(),
            ServedBy::Unknown,
            unknown,
        ),
        (
            "ScaleUp",
            &by_alarm,
            asked(),
            ServedBy::Nobody,
            "failed, no capacity arrived",
        ),
    ] {
        for end in ENDS {
            let outcome = failed_in(state, denied, input, &steps, end);
            assert_eq!(outcome.served_by, served_by, "{outcome:?}");
            let sentence = format!("{sentence}: {denied} in {state}");
            assert_eq!(outcome.sentence, sentence);
            let is_known = document(&outcome).get("served_by").is_some();
            assert_eq!(is_known, served_by != ServedBy::Unknown, "{outcome:?}");
        }
    }
    for end in ENDS {
        let no_capacity = failed_in(
            "Failed",
            "SpotManager.NoCapacity",
            &json!({"stack_name": "farm", "round": {"number": 3}}),
            &spot_fails()[..4],
            end,
        );
        assert_eq!(document(&no_capacity)["served_by"], "nobody");
        let start = "failed, no capacity arrived in this round: ";
        assert!(no_capacity.sentence.starts_with(start), "{no_capacity:?}");
    }
}

#[test]
fn on_demand_serves_in_a_return_to_spot_that_changed_nothing() {
    let returning = || discovered(json!({"purpose": "return_to_spot"}));
    let would = scaled(
        "ScaleUp",
        "asgGPUSpot",
        "would_scale",
        "Dry run: would execute up.",
    );
    let spot = || verdict("spot", "SPOT_WITHIN_LIMIT");
    let withdrawn = seen("asgGPUSpot", "withdrawn", "Scaled in.");
    let asked = || scaled("ScaleUp", "asgGPUSpot", "scaled", "Executed.");
    for (status, steps, result, sentence) in [
        (
            "SUCCEEDED",
            vec![returning(), spot(), would, last("DryRunEnded")],
            Ending::DryRun,
            "dry run, nothing was changed: would execute up; on-demand goes on serving",
        ),
        (
            "SUCCEEDED",
            vec![
                returning(),
                spot(),
                asked(),
                withdrawn,
                last("NoLongerNeeded"),
            ],
            Ending::NoLongerNeeded,
            "nothing is waited for any more: the group was scaled in meanwhile; on-demand goes on serving; no saving",
        ),
        (
            "ABORTED",
            vec![returning(), spot(), asked(), last("WaitForCapacity")],
            Ending::Aborted,
            "aborted in WaitForCapacity; on-demand serves, asgGPU 1 of 1; asgGPUSpot was asked for 1, and nobody checks if that arrives",
        ),
        (
            "TIMED_OUT",
            vec![returning(), spot()],
            Ending::TimedOut,
            "timed out in Evaluate; on-demand serves, asgGPU 1 of 1",
        ),
    ] {
        let outcome = Outcome::of(&ended(status, "", steps)).unwrap();
        expect(&outcome, result, Some(Market::OnDemand), sentence);
        let document = document(&outcome);
        assert_eq!(document["served_by"], "on_demand");
        assert_eq!(document["group"], "asgGPU");
    }
}

//! The machine decides nothing: it goes where the step says, and hands on what the step says of a
//! failure.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use spotmanager_domain::flow::Step;
use strum::VariantNames;

use crate::{DEFINITION, FUNCTION, list, of_type, states, tasks};

/// Where an execution may end.
const LAST: [&str; 9] = [
    "CapacityArrived",
    "ContinuedAsNew",
    "DryRunEnded",
    "Failed",
    "NoLongerNeeded",
    "NothingToDo",
    "ReturnedToSpot",
    "RoundsEnded",
    "StayedOnDemand",
];

#[test]
fn it_is_small() {
    let last: BTreeSet<_> = of_type("Succeed")
        .into_iter()
        .chain(of_type("Fail"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(last, LAST.map(str::to_owned).into());
    let others = states().len() - last.len();
    assert!(others <= 20, "{others}");
    let expressions = DEFINITION.split("{%").skip(1);
    let characters: usize = expressions
        .map(|rest| rest.split_once("%}").unwrap().0.chars().count())
        .sum();
    assert!(characters <= 2_500, "{characters}");
}

#[test]
fn one_choice_goes_where_the_step_says() {
    let choices = of_type("Choice");
    let [(name, choice)] = choices.as_slice() else {
        panic!("{choices:#?}")
    };
    let mut steps = BTreeSet::new();
    for rule in list(&choice["Choices"]) {
        let next = rule["Next"].as_str().unwrap();
        let mut expected = json!({
            "Condition": format!("{{% $step.next = '{next}' %}}"),
            "Next": next,
        });
        if next == "Discover" {
            expected["Output"] = "{% $step.input %}".into();
        }
        assert_eq!(*rule, expected);
        assert!(steps.insert(next), "{next}");
    }
    // What follows a discovery is always the evaluation, and what no rule names has failed.
    assert_eq!(choice["Default"], "Failed");
    steps.extend(["Evaluate", "Failed"]);
    assert_eq!(steps, Step::VARIANTS.iter().copied().collect());
    for (state, task) in tasks() {
        let next = match state.as_str() {
            "Discover" => "Evaluate",
            "ScaleUp" => "WaitForCapacity",
            "ContinueAsNew" => "ContinuedAsNew",
            _ => name,
        };
        assert_eq!(task["Next"], next, "{state}");
    }
}

/// *verify* reads it from the execution of a rebalance recommendation.
#[test]
fn an_execution_whose_capacity_arrived_says_so_in_its_output() {
    let states = states();
    let output = json!({"ended": Step::CapacityArrived.state()});
    assert_eq!(states["CapacityArrived"]["Output"], output);
    for (name, state) in of_type("Succeed") {
        let has = state.get("Output").is_some();
        assert_eq!(has, name == "CapacityArrived", "{name}");
    }
}

/// The names that serde writes are those of the states.
#[test]
fn each_step_is_a_state() {
    let unknown = serde_json::from_value::<Step>(json!({"next": "?"}));
    let names = Step::VARIANTS.join("`, `");
    let expected = format!("unknown variant `?`, expected one of `{names}`");
    assert_eq!(unknown.unwrap_err().to_string(), expected);
    for name in Step::VARIANTS {
        assert!(states().contains_key(*name), "{name}");
    }
}

#[test]
fn each_task_takes_its_step_from_the_function_or_from_the_step_before() {
    for (name, task) in tasks() {
        let assigned = match name.as_str() {
            "Report" | "Notify" => json!({"step": "{% $step.then %}"}),
            "Discover" => json!({
                "discovery": "{% $states.result.Payload %}",
                "failure": {"Error": "", "Cause": ""},
                "step": "{% $states.result.Payload.step %}",
            }),
            "VerifyCapacity" => json!({
                "failure": "{% $states.result.Payload.failure %}",
                "step": "{% $states.result.Payload.step %}",
            }),
            "ContinueAsNew" => Value::Null,
            _ => json!({"step": "{% $states.result.Payload.step %}"}),
        };
        assert_eq!(task["Assign"], assigned, "{name}");
        let is_function = task["Resource"] == FUNCTION;
        let output = is_function.then(|| json!("{% $states.result.Payload %}"));
        assert_eq!(task.get("Output"), output.as_ref(), "{name}");
    }
}

#[test]
fn each_catch_goes_on_with_what_the_step_says_of_a_failure() {
    for (name, task) in tasks() {
        for catch in list(&task["Catch"]) {
            let is_all = catch["ErrorEquals"] == json!(["States.ALL"]);
            let failed = |step: &str| json!({"step": step, "failure": "{% $states.errorOutput %}"});
            let assigned = match (name.as_str(), is_all) {
                ("Report" | "Notify", true) => json!({"step": "{% $step.then %}"}),
                ("ScaleUp" | "ScaleDownOnDemand", false) => failed("{% $step.if_unclear %}"),
                // Another execution goes on already.
                ("ContinueAsNew", false) => Value::Null,
                // Nothing is known before the discovery, so its step stands in the machine.
                ("Discover", true) => {
                    let step = &catch["Assign"]["step"];
                    let read: Step = serde_json::from_value(step.clone()).unwrap();
                    assert_eq!(read.state(), "Notify");
                    let failure = "{% $states.errorOutput %}";
                    json!({"discovery": {}, "step": step, "failure": failure})
                }
                (_, true) => failed("{% $step.if_fails %}"),
                (_, false) => panic!("{name}: {catch}"),
            };
            assert_eq!(catch["Assign"], assigned, "{name}");
            let next = match &assigned {
                Value::Null => "ContinuedAsNew",
                _ => "NextStep",
            };
            assert_eq!(catch["Next"], next, "{name}");
        }
    }
}

//! Holds the state machine's definition against the domain's types.

#![expect(
    clippy::unwrap_used,
    reason = "a definition that cannot be read fails the test"
)]

mod errors;
mod longest;
mod routing;
mod variables;

use serde_json::{Map, Value};

const DEFINITION: &str = include_str!("../../statemachine/spotmanager.asl.json");
const FUNCTION: &str = "arn:${Partition}:states:::lambda:invoke";

fn definition() -> Value {
    serde_json::from_str(DEFINITION).unwrap()
}

fn states() -> Map<String, Value> {
    definition()["States"].as_object().unwrap().clone()
}

/// The states of a type.
fn of_type(type_: &str) -> Vec<(String, Value)> {
    let states = states().into_iter();
    let found: Vec<_> = states.filter(|(_, state)| state["Type"] == type_).collect();
    assert!(!found.is_empty());
    found
}

fn tasks() -> Vec<(String, Value)> {
    of_type("Task")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

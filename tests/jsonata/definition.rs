//! The definition as it is deployed, its branches, and the schemas of its events.

use std::{collections::BTreeSet, fs, sync::LazyLock};

use jsonschema::Validator;
use serde_json::Value;

const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// What stands for the operations topic.
pub(crate) const TOPIC: &str = "OperationsTopicArn";

/// What stands for a substitution: its own name, but for the partition.
const SUBSTITUTIONS: [(&str, &str); 6] = [
    ("Partition", "aws"),
    ("DiscoverFunctionArn", "DiscoverFunctionArn"),
    ("EvaluateFunctionArn", "EvaluateFunctionArn"),
    ("ScaleFunctionArn", "ScaleFunctionArn"),
    ("VerifyFunctionArn", "VerifyFunctionArn"),
    (TOPIC, TOPIC),
];

/// The validators of the events' details, by detail type.
pub(crate) static EVENTS: LazyLock<Vec<(Value, Validator)>> = LazyLock::new(|| {
    let schemas = ["decision", "outcome", "fallback", "failure"]
        .into_iter()
        .map(|event| {
            let schema = text(&format!("schemas/{event}.json"));
            let schema: Value = serde_json::from_str(&schema).unwrap();
            let validator = jsonschema::validator_for(&schema).unwrap();
            (schema["title"].clone(), validator)
        });
    schemas.collect()
});

#[allow(clippy::disallowed_methods, reason = "this test is of the files")]
fn text(path: &str) -> String {
    fs::read_to_string(format!("{CHECKOUT}/{path}")).unwrap()
}

/// The definition with its substitutions made.
pub(crate) fn deployed() -> Value {
    let mut definition = text("statemachine/spotmanager.asl.json");
    for (name, value) in SUBSTITUTIONS {
        definition = definition.replace(&format!("${{{name}}}"), value);
    }
    let left = definition.split("${").nth(1);
    assert_eq!(left, None, "a substitution is missing in SUBSTITUTIONS");
    serde_json::from_str(&definition).unwrap()
}

/// Every way out of every state, and every retrier.
pub(crate) fn branches(definition: &Value) -> BTreeSet<String> {
    let mut branches = BTreeSet::new();
    for (name, state) in definition["States"].as_object().unwrap() {
        for field in ["Next", "Default"] {
            if state.get(field).is_some() {
                branches.insert(format!("{name}/{field}"));
            }
        }
        for list in ["Choices", "Catch", "Retry"] {
            for i in 0..state[list].as_array().map_or(0, Vec::len) {
                branches.insert(format!("{name}/{list}/{i}"));
            }
        }
    }
    branches
}

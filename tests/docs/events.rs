//! The events, from their schemas, and what the flow and the state machine put into them.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use spotmanager_testbed::expect_schema;

use crate::{
    read, samples,
    table::{code, table},
};

/// The schemas of the events' details.
const SCHEMAS: [&str; 4] = ["decision", "outcome", "fallback", "failure"];

pub(crate) fn text() -> Result<String> {
    let mut rows = Vec::new();
    for name in SCHEMAS {
        let schema = schema(name)?;
        let (always, perhaps): (Vec<_>, Vec<_>) = properties(&schema)
            .into_iter()
            .partition(|field| required(&schema).contains(field));
        rows.push([
            code(schema["title"].as_str().context("no title")?),
            format!("[{name}.json](../../schemas/{name}.json)"),
            codes(always),
            codes(perhaps),
        ]);
    }
    let headers = ["detail type", "schema", "always has", "may have"];
    Ok(table(headers, rows))
}

/// Each event has what its schema requires and nothing that it does not know, and each field of the
/// schema is one that the flow or the state machine writes.
pub(crate) fn hold_fields() -> Result<()> {
    let definition: Value = serde_json::from_str(&read("statemachine/spotmanager.asl.json")?)?;
    let entries = &definition["States"]["Report"]["Arguments"]["Entries"];
    let added = added(entries.as_str().context("no entries")?)?;
    let mut events: Vec<_> = samples::events().iter().map(|event| json!(event)).collect();
    literals(&definition, &mut events);
    for name in SCHEMAS {
        let schema = schema(name)?;
        let mut unwritten = properties(&schema);
        let of_this_type = |event: &&Value| event["DetailType"] == schema["title"];
        for event in events.iter().filter(of_this_type) {
            let mut detail = added.clone();
            merge(&mut detail, &event["Detail"]);
            expect_schema(&schema, &detail)?;
            unwritten.retain(|field| detail.get(field).is_none());
        }
        ensure!(
            unwritten.is_empty(),
            "nobody writes {unwritten:?} of schemas/{name}.json"
        );
    }
    Ok(())
}

/// The events that the definition itself writes.
fn literals(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Object(fields) if fields.contains_key("DetailType") => found.push(value.clone()),
        Value::Object(fields) => fields.values().for_each(|field| literals(field, found)),
        Value::Array(items) => items.iter().for_each(|item| literals(item, found)),
        _ => {}
    }
}

fn merge(object: &mut Value, other: &Value) {
    for (name, value) in other.as_object().into_iter().flatten() {
        object[name] = value.clone();
    }
}

/// What the state machine adds to each detail, with values that its schema allows.
fn added(entries: &str) -> Result<Value> {
    let (_, objects) = entries
        .split_once("'Detail': $merge([")
        .context("no detail")?;
    let mut detail = json!({});
    for field in keys(objects) {
        detail[field] = match field {
            "version" => "1".into(),
            "failure" => json!(samples::failure()),
            _ => "arn".into(),
        };
    }
    Ok(detail)
}

fn schema(name: &str) -> Result<Value> {
    Ok(serde_json::from_str(&read(&format!(
        "schemas/{name}.json"
    ))?)?)
}

fn properties(schema: &Value) -> BTreeSet<&str> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.map(|(name, _)| name.as_str()).collect()
}

fn required(schema: &Value) -> BTreeSet<&str> {
    let required = schema["required"].as_array().into_iter().flatten();
    required.filter_map(Value::as_str).collect()
}

fn codes<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(code).collect::<Vec<_>>().join(", ")
}

/// The keys of the objects at the beginning of `text`, without those of objects within them.
fn keys(text: &str) -> BTreeSet<&str> {
    let (mut keys, mut depth, mut may_be_key) = (BTreeSet::new(), 0, false);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\'' => {
                let (quoted, after) = rest.split_once('\'').unwrap_or((rest, ""));
                if may_be_key && depth == 1 {
                    keys.insert(quoted);
                }
                rest = after;
            }
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            break;
        }
        may_be_key = matches!(c, '{' | ',') || may_be_key && c == ' ';
    }
    keys
}

#[test]
fn only_the_keys_of_the_outer_objects_are_fields() {
    let text = "{'a': 'b', 'c': $x ? 'd' : {'e': 1}, 'f': [1, 'g']}, {'h': 2}]), {'i': 3}";
    let found: Vec<_> = keys(text).into_iter().collect();
    assert_eq!(found, ["a", "c", "f", "h"]);
}

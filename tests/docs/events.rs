//! The events, from their schemas and from the states that send them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{
    read,
    table::{code, table},
};

/// The schemas of the events' details.
const SCHEMAS: [&str; 4] = ["decision", "outcome", "fallback", "failure"];

/// The fields that each state writes into a detail, by detail type and state.
type Sent = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

pub(crate) fn text() -> Result<String> {
    let sent = sent()?;
    let mut rows = Vec::new();
    for name in SCHEMAS {
        let (title, schema) = schema(name)?;
        let states = sent
            .get(&title)
            .with_context(|| format!("no state sends {title}"))?;
        let (always, perhaps): (Vec<_>, Vec<_>) = properties(&schema)
            .into_iter()
            .partition(|field| required(&schema).contains(field));
        rows.push([
            code(&title),
            codes(states.keys().map(String::as_str)),
            format!("[{name}.json](../../schemas/{name}.json)"),
            codes(always),
            codes(perhaps),
        ]);
    }
    let headers = ["detail type", "sent by", "schema", "always has", "may have"];
    Ok(table(headers, rows))
}

/// Each state writes what the schema requires and nothing that it does not know, and each field of
/// the schema is written by some state.
pub(crate) fn hold_states() -> Result<()> {
    let sent = sent()?;
    ensure!(sent.len() == SCHEMAS.len(), "{:?} are sent", sent.keys());
    for name in SCHEMAS {
        let (title, schema) = schema(name)?;
        let states = sent
            .get(&title)
            .with_context(|| format!("no state sends {title}"))?;
        let mut unsent = properties(&schema);
        for (state, fields) in states {
            let fields: BTreeSet<_> = fields.iter().map(String::as_str).collect();
            let unknown: Vec<_> = fields.difference(&properties(&schema)).copied().collect();
            let missing: Vec<_> = required(&schema).difference(&fields).copied().collect();
            ensure!(
                unknown.is_empty() && missing.is_empty(),
                "{title} of {state} has {unknown:?}, which schemas/{name}.json does not know, and \
                 lacks {missing:?}"
            );
            unsent.retain(|field| !fields.contains(field));
        }
        ensure!(
            unsent.is_empty(),
            "no state writes {unsent:?} of schemas/{name}.json"
        );
    }
    Ok(())
}

fn schema(name: &str) -> Result<(String, Value)> {
    let schema: Value = serde_json::from_str(&read(&format!("schemas/{name}.json"))?)?;
    let title = schema["title"].as_str().context("no title")?.to_owned();
    Ok((title, schema))
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

fn sent() -> Result<Sent> {
    let definition: Value = serde_json::from_str(&read("statemachine/spotmanager.asl.json")?)?;
    let states = definition["States"].as_object().context("no states")?;
    let mut sent = Sent::new();
    for (state, fields) in states {
        let resource = fields["Resource"].as_str().unwrap_or_default();
        if !resource.ends_with(":events:putEvents") {
            continue;
        }
        let entries = &fields["Arguments"]["Entries"];
        // An expression that makes the entries, or entries of which each detail is an expression.
        let details = match entries.as_str() {
            Some(expression) => details(expression)?,
            None => entries
                .as_array()
                .into_iter()
                .flatten()
                .map(detail)
                .collect::<Result<_>>()?,
        };
        for (title, fields) in details {
            sent.entry(title).or_default().insert(state.clone(), fields);
        }
    }
    Ok(sent)
}

fn detail(entry: &Value) -> Result<(String, BTreeSet<String>)> {
    let title = entry["DetailType"].as_str().context("no detail type")?;
    let detail = entry["Detail"].as_str().context("no detail")?;
    Ok((title.to_owned(), merged(detail, detail)?))
}

fn details(expression: &str) -> Result<Vec<(String, BTreeSet<String>)>> {
    let entries = expression.split("'DetailType': '").skip(1);
    let details = entries.map(|entry| {
        let (title, rest) = entry.split_once('\'').context("no detail type")?;
        let (_, detail) = rest.split_once("'Detail': ").context("no detail")?;
        Ok((title.to_owned(), merged(expression, detail)?))
    });
    details.collect()
}

/// The fields of the objects that the first `$merge` of `detail` merges.
fn merged(expression: &str, detail: &str) -> Result<BTreeSet<String>> {
    let (_, objects) = detail.split_once("$merge([").context("no $merge")?;
    let mut fields = keys(objects);
    if objects.starts_with("$common") {
        let (_, common) = expression.split_once("$common := ").context("no $common")?;
        fields.extend(keys(common));
    }
    Ok(fields)
}

/// The keys of the objects at the beginning of `text`, without those of objects within them.
fn keys(text: &str) -> BTreeSet<String> {
    let (mut keys, mut depth, mut may_be_key) = (BTreeSet::new(), 0, false);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\'' => {
                let (quoted, after) = rest.split_once('\'').unwrap_or((rest, ""));
                if may_be_key && depth == 1 {
                    keys.insert(quoted.to_owned());
                }
                rest = after;
            }
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => depth -= 1,
            _ => {}
        }
        if depth < 0 || depth == 0 && c == ';' {
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

//! The table of errors, from the catalogue of their names and from the state machine, and what the
//! runbook says of each.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use spotmanager_domain::ErrorName;

use crate::{
    read,
    table::{code, table},
};

pub(crate) fn text() -> Result<String> {
    let definition: Value = serde_json::from_str(&read("statemachine/spotmanager.asl.json")?)?;
    let states = definition["States"].as_object().context("no states")?;
    let rows = ErrorName::ALL.iter().map(|name| {
        let name = *name;
        [
            code(name.as_str()),
            name.meaning().to_owned(),
            name.raised_by().to_owned(),
            retried(states, name),
        ]
    });
    let headers = ["error", "what it means", "raised by", "retried at most"];
    Ok(table(headers, rows))
}

/// How often each state retries the error.
fn retried(states: &serde_json::Map<String, Value>, name: ErrorName) -> String {
    let mut by_attempts: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for (state, fields) in states {
        for retrier in list(&fields["Retry"]) {
            let is_named = list(&retrier["ErrorEquals"]).any(|error| error == name.as_str());
            if let Some(attempts) = retrier["MaxAttempts"].as_u64().filter(|_| is_named) {
                by_attempts.entry(attempts).or_default().push(code(state));
            }
        }
    }
    // What most states do is said first, and the others by name.
    let most = by_attempts.iter().max_by_key(|(_, states)| states.len());
    let Some((most, _)) = most.map(|(attempts, states)| (*attempts, states)) else {
        return "not".to_owned();
    };
    let others = by_attempts
        .iter()
        .filter(|(attempts, _)| **attempts != most);
    let others = others.map(|(attempts, states)| format!("{attempts} in {}", states.join(", ")));
    let mut said = vec![format!("{most} times")];
    said.extend(others);
    said.join("; ")
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The runbook says of each error what the catalogue says, and then more.
pub(crate) fn hold_runbook() -> Result<()> {
    let runbook = read("docs/runbook.md")?;
    for name in ErrorName::ALL {
        let entry = format!("\n### `{}`\n\n- Meaning: {}", name.as_str(), name.meaning());
        ensure!(
            runbook.contains(&entry),
            "docs/runbook.md should have the lines{entry}"
        );
    }
    Ok(())
}

//! The state machine's variables: what a state names is assigned on every way to it.
//!
//! No page of AWS says that an expression may name a variable that was never assigned, not even in an
//! arm that is not taken.
//! See <https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html>.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{definition, states};

type Names = BTreeSet<String>;

/// The variables of the machine that an expression names: those that are no function.
fn named(expression: &str) -> Names {
    let names = expression.split('$').skip(1).filter_map(|rest| {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let name = &rest[..rest.find(|letter| !is_part(letter)).unwrap_or(rest.len())];
        let is_function = rest[name.len()..].starts_with('(');
        (!name.is_empty() && !is_function && name != "states").then(|| name.to_owned())
    });
    names.collect()
}

fn named_in(value: &Value, names: &mut Names) {
    match value {
        Value::String(text) if text.starts_with("{%") => names.extend(named(text)),
        Value::Array(values) => values.iter().for_each(|value| named_in(value, names)),
        Value::Object(fields) => fields.values().for_each(|value| named_in(value, names)),
        _ => {}
    }
}

fn assigned(of: &Value) -> Names {
    let fields = of["Assign"].as_object();
    fields
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect()
}

/// Where a state leads to, each with what is assigned on the way.
fn ways(state: &Value) -> Vec<(String, Names)> {
    let mut ways = Vec::new();
    for (of, to) in [(state, "Next"), (state, "Default")] {
        ways.extend(of[to].as_str().map(|next| (next.to_owned(), assigned(of))));
    }
    for list in ["Catch", "Choices"] {
        for of in state[list].as_array().into_iter().flatten() {
            ways.extend(
                of["Next"]
                    .as_str()
                    .map(|next| (next.to_owned(), assigned(of))),
            );
        }
    }
    ways
}

#[test]
fn what_a_state_names_is_assigned_on_every_way_to_it() {
    let machine = definition();
    let states = states();
    let start = machine["StartAt"].as_str().unwrap();
    let mut known = BTreeMap::from([(start.to_owned(), Names::new())]);
    let mut open = vec![start.to_owned()];
    while let Some(name) = open.pop() {
        for (next, assigned) in ways(&states[&name]) {
            let comes_with: Names = known[&name].union(&assigned).cloned().collect();
            let both = match known.get(&next) {
                Some(before) => before.intersection(&comes_with).cloned().collect(),
                None => comes_with,
            };
            if known.get(&next) != Some(&both) {
                known.insert(next.clone(), both);
                open.push(next);
            }
        }
    }
    assert_eq!(known.len(), states.len(), "every state is reached");
    let mut count = 0;
    for (name, state) in &states {
        let mut names = Names::new();
        named_in(state, &mut names);
        count += names.len();
        let missing: Vec<_> = names.difference(&known[name]).collect();
        assert!(missing.is_empty(), "{name} names {missing:?}");
    }
    assert!(count > 20, "{count}");
}

#[test]
fn functions_are_no_variables() {
    let expression = "{% $count($a.b) & $states.input & $a.c.$merge([$, $d]) %}";
    assert_eq!(
        named(expression),
        Names::from(["a", "d"].map(str::to_owned))
    );
}

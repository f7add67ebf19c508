//! Holds the runbook against the state machine and the code.

#![expect(
    clippy::unwrap_used,
    reason = "a definition or runbook that cannot be read fails the test"
)]

use std::collections::BTreeSet;

use serde_json::Value;
use spotmanager_domain::ErrorName;

const RUNBOOK: &str = include_str!("../../docs/runbook.md");

/// What Step Functions itself names, which no definition needs to.
/// See <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>.
const OF_STEP_FUNCTIONS: [&str; 5] = [
    "States.DataLimitExceeded",
    "States.Permissions",
    "States.QueryEvaluationError",
    "States.Runtime",
    "States.TaskFailed",
];

/// What an entry says, in this order.
const PARTS: [&str; 4] = [
    "- Meaning: ",
    "- Done and not done: ",
    "- What to do: ",
    "- Redrive: ",
];

/// The variables that hold a failure: what ends the execution or gave way to on-demand, and why the
/// spot group could not be stood down.
const FAILURES: [&str; 2] = ["failure", "stand_down_failure"];

fn definition() -> Value {
    let file = include_str!("../../statemachine/spotmanager.asl.json");
    serde_json::from_str(file).unwrap()
}

/// What the machine keeps as the failure that it ends with or tells of.
fn failures<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => {
            let assigned = fields.get("Assign");
            let kept = FAILURES.iter().filter_map(|name| assigned?.get(name));
            // Without an error it says that none arose so far.
            found.extend(kept.filter(|failure| failure["error"] != ""));
            fields.values().for_each(|field| failures(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| failures(item, found)),
        _ => {}
    }
}

/// A text that is no expression.
fn literal(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.starts_with("{%"))
}

fn named_by(handler: &Value) -> impl Iterator<Item = &str> {
    handler["ErrorEquals"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

fn handlers<'a>(state: &'a Value, kind: &str) -> &'a [Value] {
    state[kind].as_array().map_or(&[], Vec::as_slice)
}

/// The errors that a state names, and that its Catch keeps as the failure or does not take.
fn kept(state: &Value) -> impl Iterator<Item = &str> {
    let catches = handlers(state, "Catch");
    handlers(state, "Retry")
        .iter()
        .chain(catches)
        .flat_map(named_by)
        .filter(|name| *name != "States.ALL")
        .filter(move |name| {
            let taken_by = catches
                .iter()
                .find(|catch| named_by(catch).any(|taken| taken == *name || taken == "States.ALL"));
            taken_by
                .is_none_or(|catch| FAILURES.iter().any(|name| !catch["Assign"][name].is_null()))
        })
}

/// Every entry's heading, and what stands below it.
fn entries() -> impl Iterator<Item = (&'static str, &'static str)> {
    RUNBOOK.split("\n### ").skip(1).map(|entry| {
        let entry = entry.split("\n## ").next().unwrap();
        entry.split_once('\n').unwrap()
    })
}

/// The error that an entry is about.
fn error_of(heading: &str) -> Option<&str> {
    heading.strip_prefix('`')?.strip_suffix('`')
}

/// What a heading is linked by, on GitHub and GitLab alike.
fn anchor(heading: &str) -> String {
    let is_kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-');
    let text: String = heading.chars().filter(is_kept).collect();
    text.to_lowercase().replace(' ', "-")
}

/// The lines of the message that the operations topic gets, as the page lists them.
#[test]
fn the_message_has_the_lines_that_the_page_names() {
    let definition = include_str!("../../statemachine/spotmanager.asl.json");
    let intro = RUNBOOK.split("\n## ").next().unwrap();
    let intro = intro.split("\n\n").nth(2).unwrap();
    let spans = intro.split('`').skip(1).step_by(2);
    let lines: Vec<_> = spans.filter(|span| span.ends_with(':')).collect();
    assert_eq!(lines.len(), 5, "{lines:?}");
    for line in lines {
        assert!(definition.contains(&format!("'{line} ")), "{line}");
    }
    // The line before it is a link to the console.
    assert!(intro_line("ARN=").contains("the last word of the message"));
    assert!(definition.contains("'In a terminal: spotmanager explain ' & $arn], "));
    assert!(intro_line("STACK=").contains("spotmanager explain"));
}

/// The line of the page's first commands that sets a variable.
fn intro_line(variable: &str) -> &'static str {
    let mut lines = RUNBOOK.lines();
    lines.find(|line| line.starts_with(variable)).unwrap()
}

#[test]
fn every_error_that_is_told_has_an_entry_and_no_other_has() {
    let definition = definition();
    let states = definition["States"].as_object().unwrap();
    let mut told = Vec::new();
    failures(&definition, &mut told);
    let mut expected: BTreeSet<&str> = ErrorName::ALL.iter().map(|name| name.as_str()).collect();
    expected.extend(OF_STEP_FUNCTIONS);
    expected.extend(states.values().flat_map(kept));
    expected.extend(told.into_iter().filter_map(|told| literal(&told["error"])));
    for state in states.values().filter(|state| state["Type"] == "Fail") {
        match literal(&state["Error"]) {
            Some(name) => {
                expected.insert(name);
            }
            // No other variable ends an execution.
            None => assert_eq!(state["Error"], "{% $failure.error %}"),
        }
    }
    let headings: Vec<&str> = entries()
        .filter_map(|(heading, _)| error_of(heading))
        .collect();
    let found: BTreeSet<&str> = headings.iter().copied().collect();
    assert_eq!(found.len(), headings.len(), "an entry twice: {headings:?}");
    let missing: Vec<_> = expected.difference(&found).collect();
    let superfluous: Vec<_> = found.difference(&expected).collect();
    assert!(
        missing.is_empty() && superfluous.is_empty(),
        "missing {missing:?}, superfluous {superfluous:?}"
    );
}

#[test]
fn what_was_done_is_told_for_every_state_that_a_failure_names() {
    let definition = definition();
    let mut told = Vec::new();
    failures(&definition, &mut told);
    let expected: BTreeSet<&str> = told
        .into_iter()
        .map(|told| literal(&told["state"]).unwrap())
        // On-demand bridges the time then, and the execution goes on.
        .filter(|state| *state != "DetachInstance")
        .collect();
    let section = RUNBOOK.split("\n## ").find(|section| {
        let heading = section.lines().next();
        heading == Some("What was done")
    });
    let found: BTreeSet<&str> = section
        .unwrap()
        .lines()
        .filter_map(|row| row.strip_prefix("| `")?.split('`').next())
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn every_entry_has_the_same_parts_or_is_as_another_one() {
    for (heading, body) in entries() {
        let parts: Vec<&str> = body.lines().filter(|line| line.starts_with("- ")).collect();
        if let Some(other) = body.trim().strip_prefix("As [`") {
            let other = other.split('`').next().unwrap();
            let is_other = |entry: &(&str, &str)| error_of(entry.0) == Some(other);
            let (_, body) = entries().find(is_other).unwrap();
            assert!(body.contains(PARTS[0]), "{heading} is as {other}");
            assert!(parts.is_empty(), "{heading}");
            continue;
        }
        assert_eq!(parts.len(), PARTS.len(), "{heading}: {parts:#?}");
        for (part, label) in parts.iter().zip(PARTS) {
            let text = part.strip_prefix(label);
            assert!(
                text.is_some_and(|text| text.ends_with(['.', ':'])),
                "{heading}: {part}"
            );
        }
    }
}

#[test]
fn every_link_within_the_runbook_leads_to_a_heading() {
    let headings = RUNBOOK.lines().filter_map(|line| line.strip_prefix('#'));
    let anchors: BTreeSet<String> = headings
        .map(|heading| anchor(heading.trim_start_matches('#').trim_start()))
        .collect();
    let links: Vec<&str> = RUNBOOK
        .split("](#")
        .skip(1)
        .map(|link| link.split(')').next().unwrap())
        .collect();
    assert!(!links.is_empty());
    for link in links {
        assert!(anchors.contains(link), "{link}");
    }
}

#[test]
fn a_message_points_to_the_entry_of_its_error() {
    let definition = definition();
    for (state, failure) in ["NotifyFailure", "NotifyStandDownFailed"]
        .into_iter()
        .zip(FAILURES)
    {
        let message = definition["States"][state]["Arguments"]["Message"].as_str();
        let pointer =
            format!("docs/runbook.md#' & $lowercase($replace(${failure}.error, '.', ''))");
        assert!(message.unwrap().contains(&pointer), "{state}");
    }
    for name in entries().filter_map(|(heading, _)| error_of(heading)) {
        let pointer = name.replace('.', "").to_lowercase();
        assert_eq!(pointer, anchor(&format!("`{name}`")));
    }
}

//! Holds the runbook against the state machine and the code.

#![expect(
    clippy::unwrap_used,
    reason = "a definition or runbook that cannot be read fails the test"
)]

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;
use spotmanager_domain::{
    ErrorName, Market,
    flow::{Flow, Step},
    testing,
};

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

/// The states whose failure fails no execution: on-demand takes over, or the decision is made in doubt.
const SURVIVED: [&str; 2] = ["DetachInstance", "Evaluate"];

fn definition() -> Value {
    let file = include_str!("../../statemachine/spotmanager.asl.json");
    serde_json::from_str(file).unwrap()
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

/// Whether a Catch keeps the error as the failure.
fn keeps(catch: &Value) -> bool {
    !catch["Assign"]["failure"].is_null()
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
            taken_by.is_none_or(keeps)
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

/// What the state machine writes to the operations topic, an expression.
fn message() -> String {
    let definition = definition();
    let message = definition["States"]["Notify"]["Arguments"]["Message"].as_str();
    message.unwrap().replace("\\n", "\n")
}

/// The line that the flow adds to each message.
fn page() -> String {
    let group = |market| testing::group(market, testing::capacity([1, 0, 0, 0]));
    let discovery = testing::discovery(group(Market::Spot), group(Market::OnDemand));
    let flow = Flow {
        execution: &testing::execution(Timestamp::UNIX_EPOCH),
        discovery: &discovery,
    };
    let mut step = flow.discovered();
    loop {
        step = match step {
            Step::Notify { page, .. } => return page,
            Step::Report { then, .. } => *then,
            Step::Evaluate { if_fails } | Step::ScaleUp { if_fails, .. } => *if_fails,
            step => panic!("{step:?} notifies nobody"),
        }
    }
}

/// The lines of the message that the operations topic gets, as the page lists them.
#[test]
fn the_message_has_the_lines_that_the_page_names() {
    let (message, page) = (message(), page());
    let intro = RUNBOOK.split("\n## ").next().unwrap();
    let intro = intro.split("\n\n").nth(2).unwrap();
    let spans = intro.split('`').skip(1).step_by(2);
    let lines: Vec<_> = spans.filter(|span| span.ends_with(':')).collect();
    assert_eq!(lines.len(), 5, "{lines:?}");
    let begins = |text: &str, line| {
        let starts = [format!("'{line} "), format!("\n{line} ")];
        starts.iter().any(|start| text.contains(start))
    };
    for line in lines {
        assert!(begins(&message, line) || begins(&page, line), "{line}");
    }
    // The line before it is a link to the console.
    assert!(intro_line("ARN=").contains("the last word of the message"));
    assert!(message.ends_with(" & $step.page %}"), "{message}");
    let last = page.lines().last().unwrap_or_default();
    assert!(
        last.starts_with("In a terminal: spotmanager explain arn:"),
        "{page}"
    );
    assert!(intro_line("STACK=").contains("spotmanager explain"));
}

/// The line of the page's first commands that sets a variable.
fn intro_line(variable: &str) -> &'static str {
    let mut lines = RUNBOOK.lines();
    lines.find(|line| line.starts_with(variable)).unwrap()
}

#[test]
fn every_error_that_is_reported_has_an_entry_and_no_other_has() {
    let definition = definition();
    let states = definition["States"].as_object().unwrap();
    let mut expected: BTreeSet<&str> = ErrorName::ALL.iter().map(|name| name.as_str()).collect();
    expected.extend(OF_STEP_FUNCTIONS);
    expected.extend(states.values().flat_map(kept));
    for state in states.values().filter(|state| state["Type"] == "Fail") {
        match literal(&state["Error"]) {
            Some(name) => {
                expected.insert(name);
            }
            // No other variable ends an execution.
            None => assert_eq!(state["Error"], "{% $failure.Error %}"),
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
fn what_was_done_is_said_for_every_state_that_a_failure_names() {
    let definition = definition();
    let states = definition["States"].as_object().unwrap();
    let expected: BTreeSet<&str> = states
        .iter()
        .filter(|(_, state)| handlers(state, "Catch").iter().any(keeps))
        .map(|(name, _)| name.as_str())
        .filter(|state| !SURVIVED.contains(state))
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
    let pointer = "docs/runbook.md#' & $lowercase($replace($failure.Error, '.', ''))";
    assert!(message().contains(pointer));
    for name in entries().filter_map(|(heading, _)| error_of(heading)) {
        let pointer = name.replace('.', "").to_lowercase();
        assert_eq!(pointer, anchor(&format!("`{name}`")));
    }
}

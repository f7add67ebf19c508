//! The state machine's diagram in README.md, in Mermaid, from its definition.
//! See <https://mermaid.js.org/syntax/stateDiagram.html>.

use std::{fmt::Write, fs};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::checkout;

const DEFINITION: &str = "statemachine/spotmanager.asl.json";
const README: &str = "README.md";
const BEGIN: &str = "<!-- diagram:begin -->\n";
const END: &str = "<!-- diagram:end -->";

/// Writes the diagram between its marks.
pub(crate) fn write() -> Result<()> {
    let readme = fs::read_to_string(checkout::path(README))?;
    fs::write(checkout::path(README), with_diagram(&readme)?)?;
    Ok(())
}

/// README.md as it should be.
fn with_diagram(readme: &str) -> Result<String> {
    let definition = fs::read_to_string(checkout::path(DEFINITION))?;
    let (before, rest) = readme.split_once(BEGIN).context("no begin of a diagram")?;
    let (_, after) = rest.split_once(END).context("no end of a diagram")?;
    let diagram = mermaid(&serde_json::from_str(&definition)?)?;
    Ok(format!(
        "{before}{BEGIN}```mermaid\n{diagram}```\n{END}{after}"
    ))
}

/// The states with their transitions; those of a Catch are marked as such.
fn mermaid(definition: &Value) -> Result<String> {
    let states = definition["States"].as_object().context("no States")?;
    let start = definition["StartAt"].as_str().context("no StartAt")?;
    let mut text = format!("stateDiagram-v2\n    [*] --> {start}\n");
    // In the order in which an execution first meets them.
    let mut names = vec![start];
    for index in 0.. {
        let Some(name) = names.get(index).copied() else {
            break;
        };
        let state = states
            .get(name)
            .with_context(|| format!("no state {name}"))?;
        for (next, label) in transitions(state) {
            writeln!(text, "    {name} --> {next}{label}")?;
            if !names.contains(&next) {
                names.push(next);
            }
        }
        if matches!(state["Type"].as_str(), Some("Succeed" | "Fail")) {
            writeln!(text, "    {name} --> [*]")?;
        }
    }
    Ok(text)
}

fn transitions(state: &Value) -> Vec<(&str, &'static str)> {
    let next = |of: &'static str| state[of].as_str();
    let each = |of: &'static str| {
        state[of]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|rule| rule["Next"].as_str())
    };
    let mut found: Vec<_> = each("Choices")
        .chain(next("Default"))
        .chain(next("Next"))
        .map(|next| (next, ""))
        .collect();
    found.extend(each("Catch").map(|next| (next, ": error")));
    let mut seen = Vec::new();
    found.retain(|transition| {
        let is_new = !seen.contains(transition);
        seen.push(*transition);
        is_new
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn choices_catches_and_ends_are_drawn() {
        let definition = json!({
            "StartAt": "A",
            "States": {
                "A": {"Type": "Task", "Next": "B", "Catch": [{"Next": "B"}, {"Next": "C"}]},
                "B": {"Type": "Choice", "Choices": [{"Next": "A"}, {"Next": "A"}], "Default": "C"},
                "C": {"Type": "Succeed"}
            }
        });
        assert_eq!(
            mermaid(&definition).unwrap(),
            "stateDiagram-v2\n    [*] --> A\n    A --> B\n    A --> B: error\n    A --> C: error\n    \
             B --> A\n    B --> C\n    C --> [*]\n"
        );
    }

    #[test]
    fn the_diagram_in_the_readme_is_current() {
        let readme = fs::read_to_string(checkout::path(README)).unwrap();
        assert_eq!(
            readme,
            with_diagram(&readme).unwrap(),
            "`cargo xtask diagram` brings it up to date"
        );
    }
}

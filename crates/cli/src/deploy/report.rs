//! What is changed, and what came of it, to be read.

use std::{collections::BTreeMap, fmt};

use console::{StyledObject, style};
use spotmanager_aws::change_sets::ResourceChange;

use super::Outcome;
use crate::story::table;

/// A deployment.
#[derive(Debug)]
pub(super) struct Report<'a> {
    pub(super) stack_name: &'a str,
    pub(super) makes_stack: bool,
    /// Where it is left to be executed.
    pub(super) change_set_arn: Option<String>,
    pub(super) outcome: Outcome,
    pub(super) changes: Vec<ResourceChange>,
    /// The stack's, by their names.
    pub(super) outputs: BTreeMap<String, String>,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stack = self.stack_name;
        match self.outcome {
            Outcome::NoChanges => writeln!(f, "stack {stack}: nothing to change")?,
            Outcome::Declined => writeln!(f, "stack {stack}: not changed")?,
            Outcome::NotExecuted => {
                let arn = self.change_set_arn.as_deref().unwrap_or_default();
                writeln!(f, "stack {stack}: the change set is not executed")?;
                let next = format!("aws cloudformation execute-change-set --change-set-name {arn}");
                writeln!(f, "{} {next}", style("next:").dim())?;
            }
            Outcome::Executed => {
                let done = if self.makes_stack { "made" } else { "changed" };
                writeln!(f, "stack {stack}: {}", style(done).green())?;
            }
        }
        if self.outputs.is_empty() {
            return Ok(());
        }
        let mut table = table(&["output", "value"]);
        table.add_rows(self.outputs.iter().map(|(name, value)| [name, value]));
        writeln!(f, "{}", table.trim_fmt())
    }
}

/// The changes, as a table for standard error.
#[derive(Debug)]
pub(super) struct Changes<'a>(pub(super) &'a [ResourceChange]);

impl fmt::Display for Changes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = table(&["action", "resource", "type", "replaced"]);
        for change in self.0 {
            table.add_row([
                action(&change.action).to_string(),
                change.logical_id.clone(),
                change.resource_type.clone(),
                replaced(change).to_owned(),
            ]);
        }
        writeln!(f, "{}", table.trim_fmt())
    }
}

fn action(action: &str) -> StyledObject<&str> {
    let told = style(action).for_stderr();
    match action {
        "Add" => told.green(),
        "Remove" => told.red(),
        _ => told.yellow(),
    }
}

fn replaced(change: &ResourceChange) -> &str {
    match change.replacement.as_deref() {
        Some("True") => "yes",
        Some("Conditional") => "perhaps",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcome: Outcome) -> Report<'static> {
        Report {
            stack_name: "sm",
            makes_stack: true,
            change_set_arn: Some("arn:changeSet".into()),
            outcome,
            changes: Vec::new(),
            outputs: [("JobsTopicArn".to_owned(), "arn:topic".to_owned())].into(),
        }
    }

    #[test]
    fn each_outcome_is_told_with_the_outputs() {
        for (outcome, told) in [
            (Outcome::NoChanges, "nothing to change"),
            (Outcome::Declined, "not changed"),
            (Outcome::NotExecuted, "--change-set-name arn:changeSet"),
            (Outcome::Executed, "made"),
        ] {
            let text = report(outcome).to_string();
            let text = console::strip_ansi_codes(&text);
            for part in [told, "JobsTopicArn", "arn:topic"] {
                assert!(text.contains(part), "{part} in {text}");
            }
        }
    }

    #[test]
    fn a_change_says_whether_another_takes_its_place() {
        let change = ResourceChange {
            action: "Modify".into(),
            logical_id: "stateMachine".into(),
            resource_type: "AWS::StepFunctions::StateMachine".into(),
            replacement: Some("Conditional".into()),
        };
        let text = Changes(&[change]).to_string();
        for part in ["Modify", "stateMachine", "perhaps"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}

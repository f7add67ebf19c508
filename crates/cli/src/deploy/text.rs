//! A deployment and its changes, to be read.

use std::fmt;

use console::{StyledObject, style};
use spotmanager_aws::change_sets::ResourceChange;

use super::{Outcome, next_steps::next_steps, report::Report};
use crate::table::table;

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stack = self.stack_name;
        let done = match self.outcome {
            Outcome::NoChanges => style("nothing to change"),
            Outcome::Declined => style("not changed"),
            Outcome::NotExecuted => style("the change set is not executed"),
            Outcome::Executed if self.makes_stack => style("created").green(),
            Outcome::Executed => style("updated").green(),
        };
        writeln!(f, "stack {stack} in {}: {done}", self.account)?;
        if !self.outputs.is_empty() {
            let mut table = table(&["output", "value"]);
            table.add_rows(self.outputs.iter().map(|(name, value)| [name, value]));
            writeln!(f, "{}", table.trim_fmt())?;
        }
        for step in next_steps(self) {
            writeln!(f, "{} {step}", style("next:").dim())?;
        }
        Ok(())
    }
}

/// The changes, as a table for standard error.
#[derive(Debug)]
pub(super) struct Changes<'a>(pub(super) &'a [ResourceChange]);

impl fmt::Display for Changes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = table(&["action", "resource", "type", "replaced"]).for_stderr();
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
    use crate::deploy::report::testing::report;

    #[test]
    fn each_outcome_names_stack_and_account_with_the_outputs() {
        for (outcome, told) in [
            (Outcome::NoChanges, "nothing to change"),
            (Outcome::Declined, "not changed"),
            (Outcome::NotExecuted, "--change-set-name arn:changeSet"),
            (Outcome::Executed, "created"),
        ] {
            let text = report(outcome).to_string();
            let text = console::strip_ansi_codes(&text);
            let stack = "stack sm in account 111122223333, region eu-west-1: ";
            for part in [stack, told, "JobsTopicArn", "arn:topic"] {
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

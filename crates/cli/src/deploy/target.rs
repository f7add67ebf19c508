//! The stack that is deployed to, as it stands.

use std::collections::BTreeMap;

use spotmanager_aws::stacks::DeployedStack;
use spotmanager_contract::{SettingError, is_stack_name};

/// A stack that is not there, or one that can be changed.
#[derive(Debug)]
pub(super) struct Target {
    /// Whether the stack is made.
    pub(super) is_new: bool,
    /// What it has, by their names.
    pub(super) parameters: BTreeMap<String, String>,
    pub(super) outputs: BTreeMap<String, String>,
}

/// A name that cannot be a function's: those have 64 characters, with what follows the stack's.
const LONGEST_NAME: usize = 55;

impl Target {
    /// The stack of this name, of which CloudFormation says this.
    ///
    /// # Errors
    /// [`SettingError`] where the name cannot be used, or the stack cannot be changed as it stands.
    pub(super) fn of(name: &str, stack: Option<DeployedStack>) -> Result<Self, SettingError> {
        const FIELD: &str = "--spotmanager-stack";
        if !is_stack_name(name) || name.len() > LONGEST_NAME {
            let expected = "a stack's name of letters, digits and hyphens, at most 55 characters";
            return Err(SettingError::new(FIELD, name, expected));
        }
        let Some(stack) = stack else {
            return Ok(Self::new());
        };
        match stack.status.as_str() {
            // What a change set leaves that was not executed, and what is gone.
            "REVIEW_IN_PROGRESS" | "DELETE_COMPLETE" => Ok(Self::new()),
            "CREATE_COMPLETE"
            | "UPDATE_COMPLETE"
            | "UPDATE_ROLLBACK_COMPLETE"
            | "IMPORT_COMPLETE"
            | "IMPORT_ROLLBACK_COMPLETE" => Ok(Self {
                is_new: false,
                parameters: stack.parameters,
                outputs: stack.outputs,
            }),
            status => {
                let expected = if status.ends_with("_IN_PROGRESS") {
                    "a stack that nobody changes; wait until that is done"
                } else {
                    "a stack that can be changed; `aws cloudformation delete-stack` deletes one whose creation failed"
                };
                let found = format!("{name}, which is {status}");
                Err(SettingError::new(FIELD, found, expected))
            }
        }
    }

    /// A stack that is made.
    fn new() -> Self {
        Self {
            is_new: true,
            parameters: BTreeMap::new(),
            outputs: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(status: &str) -> Result<Target, SettingError> {
        let stack = DeployedStack {
            status: status.into(),
            parameters: BTreeMap::new(),
            outputs: BTreeMap::new(),
        };
        Target::of("spotmanager", Some(stack))
    }

    #[test]
    fn a_stack_is_made_changed_or_refused_as_it_stands() {
        assert!(Target::of("spotmanager", None).unwrap().is_new);
        assert!(target("REVIEW_IN_PROGRESS").unwrap().is_new);
        assert!(!target("UPDATE_ROLLBACK_COMPLETE").unwrap().is_new);
        for (status, told) in [
            ("UPDATE_IN_PROGRESS", "wait"),
            ("ROLLBACK_COMPLETE", "delete-stack"),
        ] {
            let refused = target(status).unwrap_err().to_string();
            for part in [status, told] {
                assert!(refused.contains(part), "{part} in {refused}");
            }
        }
    }

    #[test]
    fn a_name_that_is_too_long_for_its_functions_is_refused() {
        let name = "s".repeat(LONGEST_NAME);
        assert!(Target::of(&name, None).is_ok());
        for name in [format!("{name}s"), "9".into()] {
            let refused = Target::of(&name, None).unwrap_err().to_string();
            assert!(refused.contains("55 characters"), "{refused}");
        }
    }
}

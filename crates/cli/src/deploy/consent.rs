//! Whether the change set is executed.

use std::io::{IsTerminal, stdin};

use anyhow::Result;
use console::style;
use dialoguer::Confirm;
use spotmanager_contract::SettingError;

use super::{replaced_topic::ReplacedTopic, report::Changes};
use crate::arguments::Deploy;

/// Who says whether it is executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    /// The command line: yes.
    Given,
    /// Whoever sits at the terminal.
    Asked,
    /// Someone else, later.
    Deferred,
}

impl Consent {
    /// Who says it, by the command line.
    ///
    /// # Errors
    /// [`SettingError`] where nobody can be asked.
    pub(super) fn of(wanted: &Deploy) -> Result<Self, SettingError> {
        if wanted.yes {
            Ok(Self::Given)
        } else if wanted.no_execute_changeset {
            Ok(Self::Deferred)
        } else if stdin().is_terminal() {
            Ok(Self::Asked)
        } else {
            Err(SettingError::new(
                "--yes",
                "not given",
                "given where there is no terminal to ask at, or --no-execute-changeset in its place",
            ))
        }
    }

    /// Shows the changes on standard error, with a warning if there is one, and says whether they
    /// are wanted; nothing if that is left to someone else.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(super) fn ask(
        self,
        stack_name: &str,
        changes: &Changes<'_>,
        warning: Option<&ReplacedTopic>,
    ) -> Result<Option<bool>> {
        eprint!("{changes}");
        if let Some(warning) = warning {
            eprintln!(
                "{} {warning}",
                style("warning:").for_stderr().yellow().bold()
            );
        }
        match self {
            Self::Given => Ok(Some(true)),
            Self::Deferred => Ok(None),
            Self::Asked => {
                let prompt = format!("Change the stack {stack_name} so?");
                let confirm = Confirm::new().with_prompt(prompt).default(false);
                Ok(Some(confirm.interact()?))
            }
        }
    }
}

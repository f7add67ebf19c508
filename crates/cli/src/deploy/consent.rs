//! Whether the change set is executed.

use anyhow::Result;
use console::style;
use spotmanager_domain::SettingError;

use super::{replaced_topic::ReplacedTopic, text::Changes};
use crate::{
    account::Account,
    arguments::Deploy,
    print::print_error,
    question::{ask, can_ask, nobody_to_ask},
};

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

/// What was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Execute,
    Discard,
    /// Someone else decides later.
    Leave,
    /// Ctrl-C in place of an answer.
    Interrupted,
}

impl Consent {
    /// Who says it, by the command line.
    ///
    /// # Errors
    /// [`SettingError`] if nobody can be asked.
    pub(super) fn of(wanted: &Deploy) -> Result<Self, SettingError> {
        if wanted.yes {
            Ok(Self::Given)
        } else if wanted.no_execute_changeset {
            Ok(Self::Deferred)
        } else if can_ask() {
            Ok(Self::Asked)
        } else {
            Err(nobody_to_ask("; or give --no-execute-changeset"))
        }
    }

    /// Shows the changes on standard error, with a warning if there is one, and says whether they
    /// are wanted.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(super) fn ask(
        self,
        question: &str,
        changes: &Changes<'_>,
        warning: Option<&ReplacedTopic>,
    ) -> Result<Answer> {
        print_error(changes);
        if let Some(warning) = warning {
            let yellow = style("warning:").for_stderr().yellow().bold();
            print_error(format_args!("{yellow} {warning}\n"));
        }
        Ok(match self {
            Self::Given => Answer::Execute,
            Self::Deferred => Answer::Leave,
            Self::Asked => match ask(question)? {
                Some(true) => Answer::Execute,
                Some(false) => Answer::Discard,
                None => Answer::Interrupted,
            },
        })
    }
}

/// What is asked: which stack, and where.
pub(super) fn question(stack_name: &str, makes_stack: bool, account: &Account) -> String {
    let verb = if makes_stack { "Create" } else { "Update" };
    format!("{verb} stack {stack_name} in {account}?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_says_what_is_done_to_which_stack_and_where() {
        let account = Account {
            id: "111122223333".into(),
            region: "eu-west-1".into(),
        };
        for (makes_stack, expected) in [
            (
                true,
                "Create stack sm in account 111122223333, region eu-west-1?",
            ),
            (
                false,
                "Update stack sm in account 111122223333, region eu-west-1?",
            ),
        ] {
            assert_eq!(question("sm", makes_stack, &account), expected);
        }
    }
}

//! Whether the dead letters are replayed.

use spotmanager_domain::SettingError;

use crate::{
    arguments::Replay,
    question::{can_ask, nobody_to_ask},
};

/// Who says whether they are replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    /// The command line: yes.
    Given,
    /// The command line: no.
    Listed,
    /// The person at the terminal.
    Asked,
}

impl Consent {
    /// Who says it, by the command line.
    ///
    /// # Errors
    /// [`SettingError`] if nobody can be asked.
    pub(super) fn of(wanted: &Replay) -> Result<Self, SettingError> {
        if wanted.yes {
            Ok(Self::Given)
        } else if wanted.list {
            Ok(Self::Listed)
        } else if can_ask() {
            Ok(Self::Asked)
        } else {
            Err(nobody_to_ask("; or give --list to list only"))
        }
    }
}

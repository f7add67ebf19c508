//! How much a finding matters.

use std::fmt;

use serde::Serialize;
use strum::VariantArray;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// SpotManager cannot do its work, or others undo it.
    Error,
    /// It works, and not as somebody would wish.
    Warning,
    /// Worth knowing.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

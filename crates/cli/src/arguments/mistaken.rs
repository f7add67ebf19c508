//! A command line whose options are valid one by one, and cannot be true together or of what is read.

/// The refusal; it ends with the exit code of clap's own refusals.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Mistaken(String);

impl Mistaken {
    /// A refusal of `found` as the value of `option`.
    pub(crate) fn new(option: &str, found: impl std::fmt::Display, expected: &str) -> Self {
        Self(format!("{option} is {found}; it should be {expected}"))
    }

    /// A refusal of several options together.
    pub(crate) fn together(why: String) -> Self {
        Self(why)
    }
}

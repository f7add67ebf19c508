//! A policy document, read.
//! See <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

use serde::Deserialize;

use super::{one_or_many::one_or_many, statement::Statement};

/// A resource's policy.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PolicyDocument {
    #[serde(default, deserialize_with = "one_or_many")]
    statement: Vec<Statement>,
}

impl PolicyDocument {
    /// Reads a document.
    ///
    /// # Errors
    /// [`serde_json::Error`] when it is not a policy.
    pub(crate) fn read(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    pub(super) fn statements(&self) -> &[Statement] {
        &self.statement
    }
}

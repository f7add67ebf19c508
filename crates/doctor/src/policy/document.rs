//! A policy document, read.
//! See <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::statement::Statement;

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

/// A list, or what stands alone in place of one.
pub(super) fn one_or_many<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: serde::de::DeserializeOwned,
{
    let values = match Value::deserialize(deserializer)? {
        Value::Array(values) => values,
        value => vec![value],
    };
    let read = |value| serde_json::from_value(value).map_err(serde::de::Error::custom);
    values.into_iter().map(read).collect()
}

//! A refusal of a setting.

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is {found:?}; it should be {expected}")]
pub struct SettingError {
    /// The setting's name.
    pub field: String,
    /// What it was.
    pub found: String,
    /// What it should be.
    pub expected: String,
}

impl SettingError {
    /// A refusal of `found` as the value of `field`.
    pub fn new(
        field: impl Into<String>,
        found: impl ToString,
        expected: impl Into<String>,
    ) -> Self {
        Self {
            field: field.into(),
            found: found.to_string(),
            expected: expected.into(),
        }
    }
}

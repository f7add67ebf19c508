//! One assumption: a parameter, its value, and what that rests on.

use serde::Serialize;
use strum::Display;

/// A parameter of SpotManager's template with its value, and where that comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Assumption {
    pub(super) parameter: String,
    pub(super) value: String,
    pub(super) basis: Basis,
    /// A part of a sentence.
    pub(super) because: String,
}

/// What a value rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub(super) enum Basis {
    /// The command line says so.
    Given,
    /// The stack says so.
    Found,
    /// Nothing says otherwise.
    Default,
}

impl Assumption {
    pub(super) fn given(parameter: impl Into<String>, value: impl ToString) -> Self {
        Self::of(Basis::Given, parameter, value, "as the command line says")
    }

    pub(super) fn found(
        parameter: impl Into<String>,
        value: impl ToString,
        because: impl Into<String>,
    ) -> Self {
        Self::of(Basis::Found, parameter, value, because)
    }

    pub(super) fn default(
        parameter: impl Into<String>,
        value: impl ToString,
        because: impl Into<String>,
    ) -> Self {
        Self::of(Basis::Default, parameter, value, because)
    }

    fn of(
        basis: Basis,
        parameter: impl Into<String>,
        value: impl ToString,
        because: impl Into<String>,
    ) -> Self {
        Self {
            parameter: parameter.into(),
            value: value.to_string(),
            basis,
            because: because.into(),
        }
    }
}

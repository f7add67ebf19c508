//! What a Catch of the state machine hands on.

use serde::{Deserialize, Serialize};

use crate::flow::Failure;

/// The error output of a state, as Step Functions writes it.
/// See <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Caught {
    /// The error's name; empty if nothing failed.
    pub error: String,
    /// Why.
    pub cause: String,
}

impl Caught {
    /// Whether nothing failed.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.error.is_empty()
    }

    /// The failure in this state; `None` if nothing failed.
    #[must_use]
    pub fn in_state(&self, state: &str) -> Option<Failure> {
        (!self.is_nothing()).then(|| Failure {
            error: self.error.clone(),
            cause: self.cause.clone(),
            state: state.to_owned(),
        })
    }
}

impl From<Failure> for Caught {
    fn from(failure: Failure) -> Self {
        Self {
            error: failure.error,
            cause: failure.cause,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_has_its_state_and_nothing_is_no_failure() {
        assert_eq!(Caught::default().in_state("ScaleUp"), None);
        assert!(Caught::default().is_nothing());
        let failure = Failure {
            error: "SpotManager.Throttled".into(),
            cause: "why".into(),
            state: "ScaleUp".into(),
        };
        let caught = Caught::from(failure.clone());
        assert!(!caught.is_nothing());
        assert_eq!(caught.in_state("ScaleUp"), Some(failure));
    }

    #[test]
    fn a_timeout_has_no_cause() {
        let caught: Caught = serde_json::from_str(r#"{"Error": "States.Timeout"}"#).unwrap();
        assert_eq!(
            (caught.error.as_str(), caught.cause.as_str()),
            ("States.Timeout", "")
        );
    }
}

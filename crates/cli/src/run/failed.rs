//! What `spotmanager run` fails with, and the same as a Catch of the state machine has it.

use spotmanager_domain::{Caught, ErrorName};

/// A step that failed for good, under the name that the state machine knows it by.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", .name.as_str())]
pub(crate) struct Failed {
    pub(crate) name: ErrorName,
    pub(super) message: String,
}

impl From<Caught> for Failed {
    fn from(caught: Caught) -> Self {
        let mut names = ErrorName::ALL.iter();
        let name = names.find(|name| name.as_str() == caught.error);
        Self {
            name: name.copied().unwrap_or(ErrorName::Unexpected),
            message: caught.cause,
        }
    }
}

impl From<Failed> for Caught {
    fn from(failed: Failed) -> Self {
        Self {
            error: failed.name.as_str().to_owned(),
            cause: failed.message,
        }
    }
}

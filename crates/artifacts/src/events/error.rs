//! What can be wrong with a test event.

use std::{io, path::PathBuf};

use thiserror::Error;

/// Why a test event cannot be expanded.
#[derive(Debug, Error)]
pub enum EventError {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("{} is invalid", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A name is not in the list.
    #[error("{function} has no test event {case:?}; it has {}", known.join(", "))]
    NoCase {
        /// The function.
        function: String,
        /// The name.
        case: String,
        /// The names that it could be.
        known: Vec<String>,
    },
    /// A case is what it changes.
    #[error("test event {case:?} of {function} changes nothing")]
    NoChange {
        /// The function.
        function: String,
        /// The case.
        case: String,
    },
    /// A case's patch cannot be applied.
    #[error("test event {case:?} of {function}")]
    Patch {
        /// The function.
        function: String,
        /// The case.
        case: String,
        /// Why.
        source: PatchError,
    },
}

/// Why a patch is not applied.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum PatchError {
    /// It is no patch, or names what the event does not have.
    #[error("the patch does not fit: {0}")]
    Unfit(String),
    /// The value at this JSON Pointer is what the patch makes of it.
    #[error("the patch changes nothing at {0}")]
    NoChange(String),
}

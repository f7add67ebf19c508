//! Why the local AWS cannot be had.

use std::{io, path::PathBuf};

/// Why the local AWS, or a function on it, cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LocalAwsError {
    /// A program could not be started.
    #[error("{program} could not be started: {source}")]
    Spawn {
        /// The program.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The emulator ended or did not answer.
    #[error("the emulator {what}; its log is {log}")]
    Emulator {
        /// What it did.
        what: String,
        /// Where its output is.
        log: PathBuf,
    },
    /// A call between front and emulator failed.
    #[error("the emulator's {call} could not be read: {reason}")]
    Call {
        /// The action.
        call: &'static str,
        /// Why.
        reason: String,
    },
    /// A function ended, or did not send what was waited for in time.
    #[error("the function did not answer: {reason}")]
    NoAnswer {
        /// What it did instead.
        reason: String,
    },
    /// A group has no instance that could be lost.
    #[error("the group {group} has no {what} in service that EC2 does not take back already")]
    NoInstance {
        /// The group's name.
        group: String,
        /// What was looked for.
        what: &'static str,
    },
    /// A file or socket failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl LocalAwsError {
    pub(crate) fn call(call: &'static str, reason: impl ToString) -> Self {
        Self::Call {
            call,
            reason: reason.to_string(),
        }
    }
}

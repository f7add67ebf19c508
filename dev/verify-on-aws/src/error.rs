//! What can go wrong while verifying.

use std::{io, path::PathBuf, time::Duration};

use spotmanager_aws::{AccessError, AwsError};
use spotmanager_domain::SettingError;

/// Why a check, the deployment or the clean-up ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VerifyError {
    /// A call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// An option is invalid.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The profile is missing, or a configuration file is malformed.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// AWS's answer lacks a field.
    #[error("{call}: the answer has no {field}")]
    Incomplete {
        /// Such as `sts:GetCallerIdentity`.
        call: &'static str,
        /// Such as `Account`.
        field: String,
    },
    /// CloudFormation gave up.
    #[error("stack {name} is {status}: {reason}")]
    Stack {
        /// The stack's name.
        name: String,
        /// Such as `ROLLBACK_IN_PROGRESS`.
        status: String,
        /// The events that say why.
        reason: String,
    },
    /// A stack or bucket has one of the names, and not the tag: somebody else's.
    #[error("{what} has no tag {tag}; it should be one of this command's, and is left alone")]
    NotOurs {
        /// Such as `stack NAME`.
        what: String,
        /// `KEY=VALUE`.
        tag: String,
    },
    /// What was waited for did not come.
    #[error("{what} took longer than {} s", at_most.as_secs())]
    TooLong {
        /// Such as `creating stack NAME`.
        what: String,
        /// The upper bound.
        at_most: Duration,
    },
    /// Ctrl-C, SIGTERM, or the terminal is closed.
    #[error("interrupted")]
    Interrupted,
    /// A file of the package cannot be read.
    #[error(
        "cannot read {}: {source}; `cargo xtask package` makes the folder, and a release has it",
        path.display()
    )]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The terminal, or the signals.
    #[error("cannot use the terminal: {0}")]
    Terminal(#[from] io::Error),
    /// A page that a check is built from holds something else.
    #[error("{page}: {found}; it should have {expected}")]
    Page {
        /// The page.
        page: &'static str,
        /// What it has.
        found: String,
        /// What it should have.
        expected: &'static str,
    },
}

/// The error codes of an endpoint that does not have the call.
const NO_SUCH_CALL: &[&str] = &[
    "InvalidAction",
    "NotImplemented",
    "UnknownOperationException",
    "UnsupportedOperation",
];

impl VerifyError {
    /// The call that the endpoint does not have; absent if the error is another one.
    pub(crate) fn missing_capability(&self) -> Option<&'static str> {
        match self {
            Self::Aws(error) if NO_SUCH_CALL.contains(&error.code.as_str()) => Some(error.call),
            _ => None,
        }
    }
}

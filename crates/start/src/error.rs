//! Why no execution could be started.

use spotmanager_aws::AwsError;
use spotmanager_domain::{ErrorName, NamedError, SettingError};
use spotmanager_function::EventError;

/// Why no execution could be started for a message that asks for one.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// The event is neither SNS's nor EventBridge's.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The pairs of groups cannot be used.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The deployment lacks a variable.
    #[error("the environment variable {variable} is empty; it should be {expected}")]
    NotConfigured {
        /// The variable's name.
        variable: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// The topic's name says no stack.
    #[error("TopicArn is {found:?}; it should end in a stack's name followed by {suffix:?}")]
    TopicName {
        /// The topic's ARN.
        found: String,
        /// The suffix that the stack's name is followed by.
        suffix: String,
    },
    /// The alarm's message lacks a field or has a wrong one.
    #[error("the alarm message's {field} is {found:?}; it should be {expected}")]
    AlarmMessage {
        /// The field.
        field: &'static str,
        /// What it was.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
    /// The execution's input could not be written.
    #[error("the execution's input could not be written: {0}")]
    Input(serde_json::Error),
}

impl NamedError for StartError {
    fn name(&self) -> ErrorName {
        match self {
            Self::Aws(error) => error.name(),
            Self::Event(error) => error.name(),
            Self::Setting(_)
            | Self::NotConfigured { .. }
            | Self::TopicName { .. }
            | Self::AlarmMessage { .. } => ErrorName::InvalidInput,
            Self::Input(_) => ErrorName::Unexpected,
        }
    }
}

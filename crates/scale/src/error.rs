//! Why a group could not be scaled.

use spotmanager_aws::{AwsError, auto_scaling::CapacityError};
use spotmanager_contract::{ErrorName, NamedError};

/// Why a group could not be scaled.
#[derive(Debug, thiserror::Error)]
pub enum ScaleError {
    /// A call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// The group's size could not be told.
    #[error(transparent)]
    Capacity(#[from] CapacityError),
    /// Standing down needs to know what to go back to.
    #[error(
        "the event's field baseline_capacity was absent; it should be the DesiredCapacity before the scale-up, in instances"
    )]
    NoBaseline,
}

impl NamedError for ScaleError {
    fn name(&self) -> ErrorName {
        match self {
            Self::Aws(error) => error.name(),
            Self::Capacity(error) => error.name(),
            Self::NoBaseline => ErrorName::InvalidInput,
        }
    }
}

//! Why a group could not be scaled.

use spotmanager_aws::{AwsError, auto_scaling::CapacityError};
use spotmanager_domain::{ErrorName, NamedError};

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
    /// Detaching needs to know the instance.
    #[error(
        "the event's field instance_id was absent; it should be the id of the instance to detach"
    )]
    NoInstance,
    /// Scaling down needs the policy.
    #[error(
        "the event's field group.scale_down_policy was absent; it should be the policy that takes capacity away"
    )]
    NoScaleDownPolicy,
    /// The policy takes more or less than the one instance that spot replaced.
    #[error("the policy {policy} takes {taken} from {group}; it should take 1, for spot brought 1")]
    TakesOther {
        /// The policy.
        policy: String,
        /// The group.
        group: String,
        /// How many it would take.
        taken: i32,
    },
}

impl NamedError for ScaleError {
    fn name(&self) -> ErrorName {
        match self {
            Self::Aws(error) => error.name(),
            Self::Capacity(error) => error.name(),
            Self::NoBaseline | Self::NoInstance | Self::NoScaleDownPolicy => {
                ErrorName::InvalidInput
            }
            Self::TakesOther { .. } => ErrorName::UnusablePolicy,
        }
    }
}

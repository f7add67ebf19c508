//! Why a group could not be scaled.

use spotmanager_aws::{AwsError, auto_scaling::CapacityError};
use spotmanager_domain::{ClientToken, ErrorName, NamedError};

/// Why a group could not be scaled.
#[derive(Debug, thiserror::Error)]
pub enum ScaleError {
    /// A call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// A call that scales up or down was sent, and nobody knows whether it took effect.
    #[error(transparent)]
    OutcomeUnknown(AwsError),
    /// A launch was answered with neither instances nor errors: nobody knows what came of it.
    #[error(
        "autoscaling:LaunchInstances answered with neither instances nor errors; it is asked again under the token {0}"
    )]
    NothingSaid(ClientToken),
    /// The step is not one of this function's.
    #[error(
        "the event's field step.next was {0}; it should be ScaleUp, ScaleDownOnDemand, StandDownSpot or DetachInstance"
    )]
    NotAStep(&'static str),
    /// Only the state machine's events name the execution.
    #[error(
        "the event's field discovery.execution was absent; it should be as discover put it out"
    )]
    NoExecution,
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
}

impl ScaleError {
    /// The error of a call that was sent and scales up or down.
    pub(crate) fn sent(error: AwsError) -> Self {
        if error.name() == ErrorName::Transient {
            Self::OutcomeUnknown(error)
        } else {
            Self::Aws(error)
        }
    }

    /// The same as the previous release's state machine knows it: it looks after each failure that
    /// may pass.
    pub(crate) fn into_previous(self) -> Self {
        match self {
            Self::OutcomeUnknown(error) => Self::Aws(error),
            other => other,
        }
    }
}

impl NamedError for ScaleError {
    fn name(&self) -> ErrorName {
        match self {
            Self::OutcomeUnknown(_) | Self::NothingSaid(_) => ErrorName::OutcomeUnknown,
            Self::Aws(error) => error.name(),
            Self::Capacity(error) => error.name(),
            Self::NotAStep(_) | Self::NoExecution | Self::NoBaseline | Self::NoInstance => {
                ErrorName::InvalidInput
            }
        }
    }
}

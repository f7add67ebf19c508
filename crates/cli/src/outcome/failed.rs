//! What is known of a round that failed; the mail and the event of the state machine say the same.

use serde::Deserialize;
use spotmanager_domain::{ErrorName, Purpose};

use super::round::Round;

/// What a failed round is known to have brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failed {
    /// Spot is in service, and the on-demand instance did not go.
    BothServe,
    /// The groups were not looked at.
    Undecided,
    /// Capacity was asked for, or may have been, and it could not be checked.
    Unknown,
    NoCapacity,
}

impl Failed {
    pub(super) fn of(round: &Round<'_>) -> Self {
        let error = round.history.error.as_deref();
        match round.failed_state() {
            Some("ScaleDownOnDemand") => Self::BothServe,
            Some("Discover") => Self::Undecided,
            Some("ScaleUpAgain" | "VerifyCapacity")
                if error != Some(ErrorName::NoCapacity.as_str()) =>
            {
                Self::Unknown
            }
            _ => Self::NoCapacity,
        }
    }
}

/// Whether the execution was started to return to spot, which its input says before a state does.
pub(super) fn returns(round: &Round<'_>) -> bool {
    let purpose = round.history.input.get("purpose").map(Purpose::deserialize);
    matches!(purpose, Some(Ok(Purpose::ReturnToSpot)))
}

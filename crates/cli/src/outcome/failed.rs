//! What is known of a round that failed; the mail and the event of the state machine say the same.

use serde::Deserialize;
use spotmanager_domain::{ErrorName, Purpose, flow};

use super::round::Round;

/// What the state machine catches of `ScaleUp` if nobody knows whether anything was asked for.
const UNCLEAR: [&str; 9] = [
    ErrorName::OutcomeUnknown.as_str(),
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Sandbox.Timedout",
    "States.Timeout",
];

/// What a failed round is known to have brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failed {
    /// Spot is in service, and the on-demand instance did not go.
    BothServe,
    /// The groups were not looked at.
    Undecided,
    /// Capacity was asked for, or may have been, and it could not be checked.
    Unknown,
    /// Something arrived, and more is wanted.
    Partly,
    NoCapacity,
}

impl Failed {
    pub(super) fn of(round: &Round<'_>) -> Self {
        let error = round.history.error.as_deref().unwrap_or_default();
        let is_known = error == ErrorName::NoCapacity.as_str() || round.asked_nothing();
        match round.failed_state() {
            Some("ScaleDownOnDemand") => Self::BothServe,
            Some("Discover") => Self::Undecided,
            Some("ScaleUp") if UNCLEAR.contains(&error) => Self::Unknown,
            Some("ScaleUpAgain" | "VerifyCapacity") if !is_known => Self::Unknown,
            // Nobody is said to serve, though it is known what arrived.
            _ if failed_outcome(round).is_some_and(|outcome| outcome.served_by.is_none()) => {
                Self::Partly
            }
            _ => Self::NoCapacity,
        }
    }
}

/// The failure that the round reported.
pub(super) fn failed_outcome(round: &Round<'_>) -> Option<flow::Outcome> {
    let outcome = round.reported()?;
    (outcome.result == flow::RoundResult::Failed).then_some(outcome)
}

/// Whether the execution was started to return to spot, which its input says before a state does.
pub(super) fn returns(round: &Round<'_>) -> bool {
    let purpose = round.history.input.get("purpose").map(Purpose::deserialize);
    matches!(purpose, Some(Ok(Purpose::ReturnToSpot)))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::UNCLEAR;

    #[test]
    fn what_leaves_a_scale_up_unclear_the_state_machine_says() {
        let machine = include_str!("../../../../statemachine/spotmanager.asl.json");
        let machine: Value = serde_json::from_str(machine).unwrap();
        let catchers = machine["States"]["ScaleUp"]["Catch"].as_array().unwrap();
        let unclear = catchers.iter().find(|catcher| {
            let next = catcher["Assign"]["step"].as_str();
            next.is_some_and(|next| next.contains("if_unclear"))
        });
        assert_eq!(unclear.unwrap()["ErrorEquals"], serde_json::json!(UNCLEAR));
    }
}

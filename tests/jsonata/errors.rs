//! Which error is retried where, and an execution for each.

use std::collections::BTreeSet;

use crate::{execution::Execution, player::play};

const THROTTLED: &[&str] = &["SpotManager.Throttled", "Lambda.TooManyRequestsException"];
const BUSY: &[&str] = &["SpotManager.ScalingInProgress"];
/// A look that failed.
const TRANSIENT: &[&str] = &["SpotManager.Transient"];
/// Errors after which nobody knows what the function did.
const BROKEN: &[&str] = &[
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Sandbox.Timedout",
    "States.Timeout",
];
/// The word of a call for it that scales up, or lowers on-demand.
const UNKNOWN: &str = "SpotManager.OutcomeUnknown";
/// What is retried nowhere, with a cause as Lambda writes it.
const REFUSED: &str = "SpotManager.AccessDenied";
const OF_A_FUNCTION: &str =
    r#"{"errorType":"SpotManager.AccessDenied","errorMessage":"Not \"allowed\"."}"#;
/// The execution that goes on is there already.
pub(crate) const EXISTS: [&str; 2] = [
    "StepFunctions.ExecutionAlreadyExistsException",
    "ExecutionAlreadyExists",
];
/// EventBridge takes the call and refuses the event.
/// See <https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html>.
pub(crate) const FAILED_ENTRY: &str = "EventBridge.FailedEntry";

/// Whether nobody knows if a scale-up or a lowering that ends so took effect.
pub(crate) fn are_unclear(error: &str) -> bool {
    error == UNKNOWN || BROKEN.contains(&error)
}

/// The errors that each retrier of a state takes; `None` for all of them.
fn retried(state: &str) -> Option<Vec<Vec<&'static str>>> {
    let broken = [TRANSIENT, BROKEN].concat();
    Some(match state {
        "Report" | "Notify" | "ContinueAsNew" => return None,
        "Evaluate" => vec![[THROTTLED, &broken].concat()],
        "ScaleUp" | "ScaleDownOnDemand" => {
            vec![BUSY.to_vec(), THROTTLED.to_vec(), TRANSIENT.to_vec()]
        }
        "StandDownSpot" => vec![THROTTLED.to_vec(), [BUSY, &broken].concat()],
        _ => vec![THROTTLED.to_vec(), broken],
    })
}

/// Whether a function is called there.
pub(crate) fn is_function(state: &str) -> bool {
    retried(state).is_some()
}

/// The number of the retrier that takes `error`.
pub(crate) fn retrier(state: &str, error: &str) -> Option<usize> {
    match retried(state) {
        Some(retriers) => retriers.iter().position(|errors| errors.contains(&error)),
        None => Some(0),
    }
}

/// Every error that a state may end with here.
fn all(state: &str) -> Vec<&'static str> {
    let more: &[_] = match state {
        "Report" => &[FAILED_ENTRY],
        "ContinueAsNew" => &EXISTS,
        _ => &[],
    };
    let of_functions = [THROTTLED, BUSY, TRANSIENT, &[UNKNOWN]].concat();
    let is_function = is_function(state);
    let of_functions = of_functions.into_iter().filter(|_| is_function);
    let broken = BROKEN
        .iter()
        .filter(|error| is_function || **error == "States.Timeout");
    let others = [REFUSED].iter().chain(more);
    of_functions.chain(broken.chain(others).copied()).collect()
}

/// Every task of these executions with every error, each state once.
pub(crate) fn executions(executions: &[Execution]) -> Vec<Execution> {
    let mut seen = BTreeSet::new();
    let mut failing = Vec::new();
    for execution in executions {
        for task in play(execution).tasks {
            if !seen.insert(task.state) {
                continue;
            }
            failing.extend(all(task.state).into_iter().map(|error| {
                let cause = match error {
                    // Step Functions gives no cause for a task's timeout.
                    "States.Timeout" => None,
                    REFUSED => Some(OF_A_FUNCTION),
                    _ => Some("why"),
                };
                let name = format!("{} fails with {error}", task.state);
                let fails = execution.clone().fails(task.state, 0, error, cause);
                Execution {
                    name,
                    ends: None,
                    ..fails
                }
            }));
        }
    }
    failing
}

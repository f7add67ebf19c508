//! How a step is wired to Lambda: the event read into its type, the outcome logged, the error
//! handed over under the name that the state machine knows.

mod event;
mod log;
mod payload;
mod shortened;
mod subject;

use std::{fmt, io};

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::Serialize;
use spotmanager_domain::{ErrorName, NamedError, metric};

pub use event::{EventError, FromEvent, Versioned, read_event};
use log::init_log;
use payload::Payload;
use shortened::shortened;
use subject::Subject;

/// The most characters of a message: it may cite what it refuses, and Step Functions keeps 32,768
/// of a cause.
/// See <https://docs.aws.amazon.com/step-functions/latest/apireference/API_TaskFailedEventDetails.html>.
const MOST_OF_A_MESSAGE: usize = 4_000;

/// A step's error on its way to Lambda, whose `errorType` becomes the state machine's error name.
/// See <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>.
#[derive(Debug)]
struct Failure {
    name: ErrorName,
    message: String,
}

impl Failure {
    fn of(error: &impl NamedError) -> Self {
        Self {
            name: error.name(),
            message: shortened(error.to_string(), MOST_OF_A_MESSAGE),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.message)
    }
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        Self {
            error_type: failure.name.as_str().to_owned(),
            error_message: failure.message,
        }
    }
}

/// Serves a step's invocations until Lambda ends the process. What a step counts with the crate
/// `metrics` goes to standard output after each invocation, from where CloudWatch takes it.
///
/// # Errors
/// When the runtime API cannot be reached.
pub async fn serve<I, O, E>(
    step: impl AsyncFn(I) -> Result<O, E>,
) -> Result<(), lambda_runtime::Error>
where
    I: FromEvent,
    O: Serialize,
    E: NamedError,
{
    init_log();
    let metrics = metrics_cloudwatch_embedded::Builder::new()
        .cloudwatch_namespace(metric::NAMESPACE)
        .init()?;
    let step = &step;
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<Payload>| {
        let event = event.payload.0;
        let input = match &event {
            Ok(event) => I::from_event(event).map_err(|error| Failure::of(&error)),
            Err(error) => Err(Failure::of(error)),
        };
        let result = match input {
            Ok(input) => step(input).await.map_err(|error| Failure::of(&error)),
            Err(failure) => Err(failure),
        };
        if let Err(error) = metrics.flush(io::stdout()) {
            tracing::warn!(%error, "the metrics were not written");
        }
        if let Err(failure) = &result {
            let subject = event.as_ref().map(Subject::of).unwrap_or_default();
            tracing::error!(
                execution = subject.execution,
                stack_name = subject.stack_name,
                auto_scaling_group_name = subject.auto_scaling_group_name,
                error_name = %failure.name,
                error = failure.message,
                "the step failed"
            );
        }
        result
    }))
    .await
}

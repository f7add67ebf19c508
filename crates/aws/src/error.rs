//! What can go wrong with a call to AWS, sorted by what the state machine can do about it.

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::{display::DisplayErrorContext, metadata::ProvideErrorMetadata};
use spotmanager_contract::{ErrorName, NamedError};

/// A call to AWS that failed after the SDK's own retries.
#[derive(Debug, thiserror::Error)]
#[error("{call} failed with {code}: {message}")]
pub struct AwsError {
    /// The action, such as `autoscaling:ExecutePolicy`.
    pub call: &'static str,
    /// AWS's error code, or what stands for one where no answer came.
    pub code: String,
    /// AWS's message.
    pub message: String,
    name: ErrorName,
}

impl AwsError {
    /// Sorts an SDK error by its code, its status and whether an answer came at all.
    pub fn new<E>(
        call: &'static str,
        error: SdkError<E, aws_smithy_runtime_api::http::Response>,
    ) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let status = error.raw_response().map(|reply| reply.status().as_u16());
        let (code, message) = match &error {
            SdkError::ServiceError(service) => (
                service.err().code().map(str::to_owned),
                service.err().message().map(str::to_owned),
            ),
            _ => (None, None),
        };
        let name = sort(code.as_deref(), status, &error);
        Self {
            call,
            code: code.unwrap_or_else(|| stand_in(status, &error)),
            message: message.unwrap_or_else(|| DisplayErrorContext(&error).to_string()),
            name,
        }
    }

    /// An answer that lacks what it should hold, or holds something else in its place.
    #[cfg(any(feature = "cloudformation", feature = "sfn", feature = "sqs"))]
    pub(crate) fn incomplete(call: &'static str, lacks: &str) -> Self {
        Self {
            call,
            code: "IncompleteAnswer".to_owned(),
            message: format!("the answer holds no usable {lacks}"),
            name: ErrorName::Unexpected,
        }
    }

    /// Whether a later call may succeed where this one failed.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self.name, ErrorName::Throttled | ErrorName::Transient)
    }

    /// The same error under the name that it has for the step.
    #[must_use]
    pub fn named(mut self, name: ErrorName) -> Self {
        self.name = name;
        self
    }
}

impl NamedError for AwsError {
    fn name(&self) -> ErrorName {
        self.name
    }
}

/// The codes with which AWS asks to call less often.
/// See <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>, and for
/// `RateExceeded` <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/Welcome.html>.
const THROTTLING: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestLimitExceeded",
    "RateExceeded",
    "TooManyRequestsException",
    "BandwidthLimitExceeded",
    "SlowDown",
];

const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "AuthFailure",
    "AuthorizationError",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "ExpiredToken",
    "ExpiredTokenException",
];

/// Server faults that some services send with a status below 500.
const TRANSIENT: &[&str] = &[
    "InternalFailure",
    "InternalError",
    "InternalServerError",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "Unavailable",
    "RequestTimeout",
    "ResourceContention",
];

fn sort<E, R>(code: Option<&str>, status: Option<u16>, error: &SdkError<E, R>) -> ErrorName {
    let is_one_of = |codes: &[&str]| code.is_some_and(|code| codes.contains(&code));
    if is_one_of(THROTTLING) || status == Some(429) {
        ErrorName::Throttled
    } else if is_one_of(&["ScalingActivityInProgress"]) {
        ErrorName::ScalingInProgress
    } else if is_one_of(DENIED) {
        ErrorName::AccessDenied
    } else if is_one_of(TRANSIENT)
        || status.is_some_and(|status| status >= 500)
        || matches!(
            error,
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_)
        )
    {
        ErrorName::Transient
    } else {
        ErrorName::Unexpected
    }
}

fn stand_in<E, R>(status: Option<u16>, error: &SdkError<E, R>) -> String {
    match (error, status) {
        (SdkError::TimeoutError(_), _) => "Timeout".to_owned(),
        (SdkError::DispatchFailure(_), _) => "NoConnection".to_owned(),
        (SdkError::ConstructionFailure(_), _) => "InvalidRequest".to_owned(),
        (_, Some(status)) => format!("HTTP {status}"),
        (_, None) => "NoReply".to_owned(),
    }
}

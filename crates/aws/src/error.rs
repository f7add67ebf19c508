//! What can go wrong with a call to AWS, sorted by what the state machine can do about it.

use aws_smithy_runtime_api::{client::result::SdkError, http::Response};
use aws_smithy_types::error::{display::DisplayErrorContext, metadata::ProvideErrorMetadata};
use spotmanager_domain::{ErrorName, NamedError};

use crate::no_message::{no_message, stand_in};

/// A call to AWS that failed after the SDK's own retries.
#[derive(Debug, thiserror::Error)]
#[error("{call} failed with {code}: {message}")]
pub struct AwsError {
    /// The action, such as `autoscaling:ExecutePolicy`.
    pub call: &'static str,
    /// AWS's error code, or what stands for one where no answer came.
    pub code: String,
    /// AWS's message, or in one line why no reply came.
    pub message: String,
    /// All that the SDK knows if the message leaves something out: debugging output of many lines.
    pub detail: Option<String>,
    name: ErrorName,
}

impl AwsError {
    /// Sorts an SDK error by its code, its status and whether an answer came at all.
    pub fn new<E>(call: &'static str, error: SdkError<E, Response>) -> Self
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
        let (stand_in, why, detail) = match &message {
            Some(_) => (stand_in(status, &error), String::new(), None),
            None => {
                let (stand_in, why) = no_message(status, &error);
                (stand_in, why, Some(DisplayErrorContext(&error).to_string()))
            }
        };
        Self {
            call,
            code: code.unwrap_or(stand_in),
            message: message.unwrap_or(why),
            detail,
            name,
        }
    }

    /// An answer that lacks what it should hold, or holds something else in its place.
    #[cfg(any(
        feature = "cloudformation",
        feature = "lambda",
        feature = "sfn",
        feature = "sqs"
    ))]
    pub(crate) fn incomplete(call: &'static str, lacks: &str) -> Self {
        Self {
            call,
            code: "IncompleteAnswer".to_owned(),
            message: format!("the answer holds no usable {lacks}"),
            detail: None,
            name: ErrorName::Unexpected,
        }
    }

    /// An answer that refuses a part of what was sent.
    #[cfg(feature = "eventbridge")]
    pub(crate) fn refused(call: &'static str, code: &str, message: String) -> Self {
        Self {
            call,
            code: code.to_owned(),
            message,
            detail: None,
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
    // The same call runs: it may be sent again under its token.
    "IdempotentCallInProgress",
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

#[cfg(test)]
mod tests {
    use aws_credential_types::provider::error::CredentialsError;
    use aws_smithy_runtime_api::{client::result::ConnectorError, http::StatusCode};
    use aws_smithy_types::{body::SdkBody, error::ErrorMetadata};

    use super::*;

    /// An error of a service without code or message, as a reply of another server leads to.
    #[derive(Debug, thiserror::Error)]
    #[error("unhandled error")]
    struct Unhandled(ErrorMetadata);

    impl ProvideErrorMetadata for Unhandled {
        fn meta(&self) -> &ErrorMetadata {
            &self.0
        }
    }

    type Failure = SdkError<Unhandled, Response>;

    fn of(error: Failure) -> AwsError {
        AwsError::new("sqs:ListQueues", error)
    }

    #[test]
    fn missing_credentials_are_told_in_one_line() {
        let missing = CredentialsError::not_loaded("not there");
        let error = of(Failure::dispatch_failure(ConnectorError::other(
            missing.into(),
            None,
        )));
        assert_eq!(
            error.to_string(),
            "sqs:ListQueues failed with NoCredentials: no credentials are in the environment, the profile or the role of a machine"
        );
        assert!(error.detail.is_some());
        let unusable = CredentialsError::invalid_configuration("the profile ends in a loop");
        let error = of(Failure::dispatch_failure(ConnectorError::other(
            unusable.into(),
            None,
        )));
        assert_eq!(error.code, "CredentialsUnusable");
        assert!(
            error.message.ends_with(": the profile ends in a loop"),
            "{error}"
        );
    }

    #[test]
    fn a_page_in_place_of_a_reply_is_named_and_not_printed() {
        let page = "<html>Please log in</html>\n".repeat(1_000);
        let mut reply = Response::new(StatusCode::try_from(200).unwrap(), SdkBody::from(page));
        reply.headers_mut().insert("content-type", "text/html");
        let unreadable = Failure::response_error("no XML", reply);
        let error = of(unreadable);
        assert_eq!(error.code, "HTTP 200");
        assert!(error.message.contains("of type text/html"), "{error}");
        assert_eq!(error.to_string().lines().count(), 1, "{error}");
        assert!(!error.message.contains("log in<"), "{error}");
    }
}

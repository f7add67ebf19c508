//! What stands for code and message of an error to which AWS gave none.

use std::{error::Error, iter::successors};

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::{client::result::SdkError, http::Response};

use crate::proxied::Unreachable;

/// The code in place of AWS's own. `NoCredentials` and `CredentialsUnusable` say that AWS was not
/// asked at all.
pub(crate) fn stand_in<E, R>(status: Option<u16>, error: &SdkError<E, R>) -> String {
    match (error, status) {
        (SdkError::TimeoutError(_), _) => "Timeout".to_owned(),
        (SdkError::DispatchFailure(_), _) => "NoConnection".to_owned(),
        (SdkError::ConstructionFailure(_), _) => "InvalidRequest".to_owned(),
        (_, Some(status)) => format!("HTTP {status}"),
        (_, None) => "NoReply".to_owned(),
    }
}

/// Code and message of an error to which AWS gave none.
pub(crate) fn no_message<E>(status: Option<u16>, error: &SdkError<E, Response>) -> (String, String)
where
    E: Error + 'static,
{
    let is_answered = matches!(
        error,
        SdkError::ResponseError(_) | SdkError::ServiceError(_)
    );
    if let Some(credentials) = source::<CredentialsError>(error) {
        return of_credentials(credentials);
    }
    let why = if let Some(unreachable) = source::<Unreachable>(error) {
        format!("{unreachable}: {}", innermost(unreachable))
    } else if let (true, Some(reply)) = (is_answered, error.raw_response()) {
        foreign(reply)
    } else if matches!(error, SdkError::ConstructionFailure(_)) {
        // The layers between would print the request.
        innermost(error).to_string()
    } else {
        chain(error)
    };
    (stand_in(status, error), why)
}

fn of_credentials(error: &CredentialsError) -> (String, String) {
    match error {
        CredentialsError::CredentialsNotLoaded(_) => (
            "NoCredentials".to_owned(),
            "no credentials are in the environment, the profile or the role of a machine"
                .to_owned(),
        ),
        error => ("CredentialsUnusable".to_owned(), chain(error)),
    }
}

/// A reply that AWS would not give: a proxy's, or that of another server.
fn foreign(reply: &Response) -> String {
    let status = reply.status().as_u16();
    let kind = reply.headers().get("content-type");
    let kind = kind
        .map(|kind| format!(" of type {kind}"))
        .unwrap_or_default();
    let bytes = reply.body().bytes().map_or(0, <[u8]>::len);
    format!(
        "the reply, status {status} with {bytes} bytes{kind}, has no error of AWS: a proxy, a login page or another server may have sent it"
    )
}

/// The first error of a type among an error and its sources.
fn source<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    successors(Some(error), |&error| error.source()).find_map(|error| error.downcast_ref())
}

/// The cause of all the others, which says most: the rest names the layers of the client.
fn innermost<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    successors(Some(error), |&error| error.source())
        .last()
        .unwrap_or(error)
}

/// An error and its sources in one line, what the line has already left out.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut line = String::new();
    for error in successors(Some(error), |&error| error.source()) {
        let text = error.to_string();
        let text = text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        if !line.contains(&text) {
            if !line.is_empty() {
                line.push_str(": ");
            }
            line.push_str(&text);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_says_nothing_twice_and_takes_one_line() {
        #[derive(Debug, thiserror::Error)]
        #[error("cannot read: {0}")]
        struct Outer(#[source] std::fmt::Error);
        let inner = std::fmt::Error;
        let expected = format!("cannot read: {inner}");
        assert_eq!(chain(&Outer(inner)), expected);
    }
}

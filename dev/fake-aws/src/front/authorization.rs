//! Whether a caller may make a call that the front serves.
//!
//! The emulator knows the callers' policies. It is asked with the request as it came, signature and
//! all, and `authorization.py` has it judged and not served.
//! See <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode},
};

use crate::front::request::Request;

/// Asks for a verdict only. No signature covers it, for the caller does not send it.
const JUDGE_ONLY: &str = "x-judge-only";

/// Whether the front serves actions of the request's service, so that the emulator would not see
/// all of them.
pub(crate) fn is_asked_for(request: &Request) -> bool {
    matches!(request.service.as_str(), "autoscaling" | "ec2" | "pricing")
}

/// The headers that ask for the verdict on a request with these.
pub(crate) fn question(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    headers.insert(JUDGE_ONLY, HeaderValue::from_static("true"));
    headers
}

/// The refusal in the service's own shape; `None` where the caller may.
pub(crate) fn refusal(verdict: Response<Body>) -> Option<Response<Body>> {
    (verdict.status() != StatusCode::NO_CONTENT).then_some(verdict)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_caller_signed_is_asked_about() {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", HeaderValue::from_static("signed"));
        let question = question(&headers);
        assert_eq!(question["authorization"], "signed");
        assert_eq!(question[JUDGE_ONLY], "true");
    }

    #[test]
    fn only_an_empty_answer_lets_the_call_pass() {
        let verdict = |status| {
            let mut verdict = Response::new(Body::empty());
            *verdict.status_mut() = status;
            refusal(verdict).map(|refusal| refusal.status())
        };
        assert_eq!(verdict(StatusCode::NO_CONTENT), None);
        for status in [StatusCode::FORBIDDEN, StatusCode::OK] {
            assert_eq!(verdict(status), Some(status));
        }
    }
}

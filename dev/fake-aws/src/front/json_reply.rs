//! Replies in the shape of AWS's JSON protocol.
//! See <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode},
};
use serde_json::{Value, json};

/// A reply's status and JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JsonReply {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl JsonReply {
    pub(crate) fn success(body: Value) -> Self {
        Self {
            status: StatusCode::OK,
            body,
        }
    }

    /// An error with its code.
    pub(crate) fn error(status: StatusCode, code: &str, message: &str) -> Self {
        Self {
            status,
            body: json!({ "__type": code, "message": message }),
        }
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body.to_string()));
        *response.status_mut() = self.status;
        let json = HeaderValue::from_static("application/x-amz-json-1.1");
        response.headers_mut().insert("content-type", json);
        response
    }
}

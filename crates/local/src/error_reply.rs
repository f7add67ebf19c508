//! An error in the shape of the service that is asked.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode},
};
use minicbor::Encoder;

use crate::{json_reply::JsonReply, reply::Reply, request::Request};

/// The error that the request's service would answer with.
pub(crate) fn error_reply(
    request: &Request,
    status: StatusCode,
    code: &str,
    message: &str,
) -> Response<Body> {
    match request.service.as_str() {
        "ec2" => Reply {
            status,
            ..Reply::ec2_error(code, message)
        }
        .into_response(),
        "states" | "pricing" | "sqs" => JsonReply::error(status, code, message).into_response(),
        "monitoring" => cbor(status, code, message),
        // CloudFormation's errors look like Auto Scaling's.
        _ => Reply {
            status,
            ..Reply::auto_scaling_error(code, message)
        }
        .into_response(),
    }
}

/// See <https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>.
fn cbor(status: StatusCode, code: &str, message: &str) -> Response<Body> {
    let mut body = Vec::new();
    // Writing into memory does not fail; a body cut short would be read as a broken answer.
    let _ = Encoder::new(&mut body)
        .map(2)
        .and_then(|map| map.str("__type")?.str(code)?.str("message")?.str(message));
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/cbor"));
    headers.insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
    response
}

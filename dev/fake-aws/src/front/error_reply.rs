//! An error in the shape of the service that is asked.

use axum::{
    body::Body,
    http::{Response, StatusCode},
};

use crate::front::{cbor_reply::cbor_reply, json_reply::JsonReply, reply::Reply, request::Request};

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
        "events" | "states" | "pricing" | "sqs" => {
            JsonReply::error(status, code, message).into_response()
        }
        "monitoring" => cbor_reply(status, &[("__type", code), ("message", message)]),
        // CloudFormation's errors look like Auto Scaling's.
        _ => Reply {
            status,
            ..Reply::auto_scaling_error(code, message)
        }
        .into_response(),
    }
}

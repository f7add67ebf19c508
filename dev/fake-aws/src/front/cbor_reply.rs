//! Replies in the shape of Smithy's RPC protocol, as CloudWatch speaks it.
//! See <https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode},
};

/// A reply with these fields of text.
pub(crate) fn cbor_reply(status: StatusCode, fields: &[(&str, &str)]) -> Response<Body> {
    let mut body = Vec::new();
    let mut encoder = minicbor::Encoder::new(&mut body);
    // Writing into memory does not fail.
    let _ = encoder.map(fields.len() as u64);
    for (name, text) in fields {
        let _ = encoder.str(name).and_then(|encoder| encoder.str(text));
    }
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/cbor"));
    headers.insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
    response
}

//! Answers in which nothing is.
//!
//! AWS may answer with an empty page and name a next one:
//! <https://docs.aws.amazon.com/AWSEC2/latest/DeveloperGuide/ec2-api-pagination.html>.

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Response, StatusCode},
};
use serde_json::{Value, json};

use crate::{
    emulator::administrator,
    front::{cbor_reply::cbor_reply, json_reply::JsonReply, reply::Reply, request::Request},
};

/// What the page after the empty one is asked for with.
const NEXT: &str = "after-the-empty-page";

/// A page without records, which names a next one.
pub(crate) fn with_more_to_come(request: &Request) -> Response<Body> {
    answer(request, Some(NEXT))
}

/// The only page, without records.
pub(crate) fn without_more(request: &Request) -> Response<Body> {
    answer(request, None)
}

fn answer(request: &Request, next: Option<&str>) -> Response<Body> {
    let action = &request.action;
    let element = |name: &str| {
        next.map(|next| format!("<{name}>{next}</{name}>"))
            .unwrap_or_default()
    };
    match request.service.as_str() {
        "ec2" => Reply::ec2(action, &element("nextToken")).into_response(),
        // Its lists are not read in pages here.
        "monitoring" => cbor_reply(StatusCode::OK, &[]),
        "events" | "states" | "pricing" | "sqs" => {
            // The lists of the actions that are called; a service ignores none of its own.
            let body = json!({
                "executions": [], "PriceList": [], "Attributes": {}, "Entries": [],
            });
            let mut reply = JsonReply::success(body);
            for name in ["nextToken", "NextToken"] {
                reply.body[name] = next.map_or(Value::Null, Value::from);
            }
            reply.into_response()
        }
        _ => Reply::auto_scaling(action, &element("NextToken")).into_response(),
    }
}

/// What the first page is asked for with, where the request asks for the page after the empty one.
pub(crate) fn first_page(request: &mut Request, body: &[u8]) -> Option<Bytes> {
    if request.get("NextToken") == Some(NEXT) {
        request.parameters.remove("NextToken");
        let form = serde_urlencoded::to_string(&request.parameters);
        return form.ok().map(Bytes::from);
    }
    let Ok(Value::Object(mut json)) = serde_json::from_slice(body) else {
        return None;
    };
    let asked = ["nextToken", "NextToken"]
        .into_iter()
        .find(|name| json.get(*name).is_some_and(|token| token == NEXT))?;
    json.remove(asked);
    Some(Bytes::from(Value::Object(json).to_string()))
}

/// Makes a request one of the front's own.
pub(crate) fn sign(headers: &mut HeaderMap, service: &str) {
    headers.remove("x-amz-security-token");
    if let Ok(administrator) = HeaderValue::from_str(&administrator(service)) {
        headers.insert("authorization", administrator);
    }
}

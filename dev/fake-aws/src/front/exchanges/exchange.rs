//! One exchange: as it is written, and as a tree whose shape tells it from others.

use axum::{
    body::Bytes,
    http::{HeaderMap, request, response},
};
use serde_json::{Map, Value, json};

use super::{cbor, form, xml};
use crate::front::request::Request;

/// Headers of the transport, of signatures and of SDKs, which no service model describes.
const LEFT_OUT: [&str; 17] = [
    "accept",
    "accept-encoding",
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "authorization",
    "connection",
    "content-length",
    "date",
    "expect",
    "host",
    "server",
    "transfer-encoding",
    "user-agent",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-user-agent",
];

/// A request that is not answered yet.
#[derive(Debug)]
pub(crate) struct Asked {
    service: String,
    action: String,
    program: Option<String>,
    method: String,
    path: String,
    headers: Map<String, Value>,
    body: Bytes,
}

impl Asked {
    pub(super) fn new(request: &Request, parts: &request::Parts, body: &Bytes) -> Self {
        Self {
            service: request.service.clone(),
            action: request.action.clone(),
            program: request.program.clone(),
            method: parts.method.to_string(),
            path: parts.uri.to_string(),
            headers: headers(&parts.headers),
            body: body.clone(),
        }
    }
}

/// A request and its reply.
#[derive(Debug)]
pub(super) struct Exchange {
    asked: Asked,
    status: u16,
    headers: Map<String, Value>,
    body: Bytes,
}

impl Exchange {
    pub(super) fn new(asked: Asked, reply: &response::Parts, body: &[u8]) -> Self {
        Self {
            asked,
            status: reply.status.as_u16(),
            headers: headers(&reply.headers),
            body: Bytes::copy_from_slice(body),
        }
    }

    /// Which examples it counts among.
    pub(super) fn operation(&self) -> String {
        let Asked {
            service,
            action,
            program,
            method,
            path,
            ..
        } = &self.asked;
        let program = program.as_deref().unwrap_or_default();
        let collections = if action.is_empty() {
            collections(service, path)
        } else {
            String::new()
        };
        format!(
            "{service} {action} {method} {collections} {program} {}",
            self.status
        )
    }

    /// All of its fields.
    pub(super) fn tree(&self) -> Value {
        let asked = &self.asked;
        let query = asked.path.split_once('?').map_or("", |(_, query)| query);
        json!({
            "request": {
                "headers": asked.headers,
                "query": form::tree(query.as_bytes()),
                "body": self.fields(&asked.headers, &asked.body),
            },
            "reply": { "headers": self.headers, "body": self.fields(&self.headers, &self.body) },
        })
    }

    fn fields(&self, headers: &Map<String, Value>, body: &[u8]) -> Value {
        if self.is_content(body) {
            return Value::Null;
        }
        let media_type = headers.get("content-type").and_then(Value::as_str);
        let is = |prefix| media_type.is_some_and(|media_type| media_type.starts_with(prefix));
        if is("application/cbor") {
            return cbor::tree(body);
        }
        if is("application/x-www-form-urlencoded") {
            return form::tree(body);
        }
        serde_json::from_slice(body).unwrap_or_else(|_| xml::tree(body))
    }

    /// As a line of JSON.
    pub(super) fn line(&self) -> Value {
        let asked = &self.asked;
        json!({
            "service": asked.service,
            "action": asked.action,
            "program": asked.program,
            "request": {
                "method": asked.method,
                "path": asked.path,
                "headers": asked.headers,
                "body": self.written(&asked.body),
            },
            "status": self.status,
            "reply": { "headers": self.headers, "body": self.written(&self.body) },
        })
    }

    fn written(&self, body: &[u8]) -> Value {
        if self.is_content(body) {
            return json!({ "omitted": body.len() });
        }
        match std::str::from_utf8(body) {
            Ok(text) => json!({ "text": text }),
            Err(_) => {
                let digits: String = body.iter().map(|byte| format!("{byte:02x}")).collect();
                json!({ "hex": digits })
            }
        }
    }

    /// Whether the body is an object's content, which may be large and has no fields.
    fn is_content(&self, body: &[u8]) -> bool {
        self.asked.service == "s3" && !body.is_empty() && !body.starts_with(b"<")
    }
}

fn headers(headers: &HeaderMap) -> Map<String, Value> {
    headers
        .iter()
        .filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()))
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), value.into())
        })
        .collect()
}

/// A REST path without the names in it. After the API's version it names collections and their
/// members in turn: `/2015-03-31/functions/NAME/configuration`.
fn collections(service: &str, path: &str) -> String {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    if service == "s3" {
        // A bucket and an object's key, of any number of parts.
        return if path.trim_matches('/').contains('/') {
            "object".to_owned()
        } else {
            "bucket".to_owned()
        };
    }
    let mut parts = path.trim_matches('/').split('/').peekable();
    let is_version = |part: &&str| part.starts_with(|first: char| first.is_ascii_digit());
    let version = parts.next_if(is_version).unwrap_or_default();
    let masked = parts.enumerate().map(|(index, part)| match index % 2 {
        0 => format!("/{part}"),
        _ => "/*".to_owned(),
    });
    std::iter::once(version.to_owned()).chain(masked).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_path_is_known_by_its_collections() {
        for (service, path, expected) in [
            (
                "lambda",
                "/2015-03-31/functions/a?Q=1",
                "2015-03-31/functions/*",
            ),
            (
                "lambda",
                "/2015-03-31/functions/a/policy",
                "2015-03-31/functions/*/policy",
            ),
            ("scheduler", "/schedules/a", "/schedules/*"),
            ("s3", "/bucket/a/b", "object"),
            ("s3", "/bucket?list-type=2", "bucket"),
        ] {
            assert_eq!(collections(service, path), expected);
        }
    }
}

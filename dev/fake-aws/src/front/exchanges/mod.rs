//! Examples of what programs asked and what the local AWS replied.
//!
//! `tools/service_models` validates them against AWS's own service models. An exchange is kept if
//! it shows something new: a set of fields, a word that may be a value of an enum, another length
//! or kind of text. Injected faults and throttling are not recorded, because AWS's models do not
//! describe them.

mod cbor;
mod exchange;
mod form;
mod shape;
mod xml;

use std::{
    collections::{HashMap, HashSet},
    fs::{File, create_dir_all},
    io::{self, Write},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{Response, request::Parts},
};
use tempfile::Builder;

use crate::{LocalAwsError, front::request::Request};
pub(crate) use exchange::Asked;
use exchange::Exchange;

/// The environment variable with the folder. Its path is absolute, because cargo runs each test in
/// the folder of its crate.
const FOLDER: &str = "SPOTMANAGER_EXCHANGES";
/// The most examples of one operation, by one program, with one status.
const MOST_EXAMPLES: usize = 256;

/// Keeps examples if a folder is named for them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exchanges(Arc<Mutex<Option<Examples>>>);

#[derive(Debug)]
struct Examples {
    file: File,
    seen: HashSet<u64>,
    kept: HashMap<String, usize>,
}

impl Exchanges {
    /// Opens a file in the folder that the environment names.
    pub(crate) fn from_environment() -> io::Result<Self> {
        match std::env::var_os(FOLDER) {
            Some(folder) if !folder.is_empty() => Self::in_folder(Path::new(&folder)),
            _ => Ok(Self::default()),
        }
    }

    /// Opens a file of its own, because several processes record at the same time.
    fn in_folder(folder: &Path) -> io::Result<Self> {
        create_dir_all(folder)?;
        let (file, _) = Builder::new()
            .prefix("exchanges-")
            .suffix(".jsonl")
            .tempfile_in(folder)?
            .keep()?;
        Ok(Self(Arc::new(Mutex::new(Some(Examples {
            file,
            seen: HashSet::new(),
            kept: HashMap::new(),
        })))))
    }

    /// Records nothing from now on.
    pub(crate) fn stop(&self) {
        *self.lock() = None;
    }

    /// Remembers a request until it is answered; `None` if nothing is recorded.
    pub(crate) fn ask(&self, request: &Request, parts: &Parts, body: &Bytes) -> Option<Asked> {
        let records = self.lock().is_some();
        records.then(|| Asked::new(request, parts, body))
    }

    /// Keeps the exchange if it shows something new, and returns the reply as it was.
    pub(crate) async fn keep(
        &self,
        asked: Asked,
        reply: Response<Body>,
    ) -> Result<Response<Body>, LocalAwsError> {
        let (parts, body) = reply.into_parts();
        let body = to_bytes(body, usize::MAX)
            .await
            .map_err(|error| LocalAwsError::call("reply", error))?;
        let exchange = Exchange::new(asked, &parts, &body);
        if let Some(examples) = self.lock().as_mut()
            && let Err(error) = examples.add(&exchange)
        {
            eprintln!("the local AWS cannot record an exchange: {error}");
        }
        Ok(Response::from_parts(parts, Body::from(body)))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Examples>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Examples {
    fn add(&mut self, exchange: &Exchange) -> io::Result<()> {
        let operation = exchange.operation();
        let mut is_new = false;
        for feature in shape::features(&operation, &exchange.tree()) {
            is_new |= self.seen.insert(feature);
        }
        let kept = self.kept.entry(operation).or_default();
        if !is_new || *kept >= MOST_EXAMPLES {
            return Ok(());
        }
        *kept += 1;
        // In one write, because a process may be killed at any time.
        self.file
            .write_all(format!("{}\n", exchange.line()).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{read_dir, read_to_string};

    use axum::http::Request as HttpRequest;
    use serde_json::{Value, json};

    use super::*;

    const FORM: &str = "application/x-www-form-urlencoded";

    fn asked(exchanges: &Exchanges, body: &'static [u8]) -> Option<Asked> {
        let http = HttpRequest::post("/").header("content-type", FORM).header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/autoscaling/aws4_request, Signature=secret",
        );
        let (parts, ()) = http.body(()).unwrap().into_parts();
        let request = Request::read("/", &parts.headers, body);
        exchanges.ask(&request, &parts, &Bytes::from_static(body))
    }

    async fn exchange(exchanges: &Exchanges, body: &'static [u8], reply: &'static [u8]) {
        let asked = asked(exchanges, body).unwrap();
        let kept = exchanges.keep(asked, Response::new(Body::from(reply)));
        let body = to_bytes(kept.await.unwrap().into_body(), usize::MAX);
        assert_eq!(body.await.unwrap(), reply);
    }

    fn lines(folder: &Path) -> Vec<Value> {
        let file = read_dir(folder).unwrap().next().unwrap().unwrap();
        let text = read_to_string(file.path()).unwrap();
        assert!(!text.contains("secret"), "{text}");
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[tokio::test]
    async fn only_what_shows_something_new_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let exchanges = Exchanges::in_folder(folder.path()).unwrap();
        let one = b"Action=X&Names.member.1=a1";
        exchange(&exchanges, one, b"<R><State>InService</State></R>").await;
        // Another name like the first, and one more of them.
        let two = b"Action=X&Names.member.1=b2&Names.member.2=c3";
        exchange(&exchanges, two, b"<R><State>InService</State></R>").await;
        exchange(&exchanges, one, b"<R><State>Pending</State></R>").await;
        exchange(&exchanges, one, b"<R></R>").await;
        let more = b"Action=X&Names.member.1=a1&MaxRecords=1";
        exchange(&exchanges, more, b"<R></R>").await;
        let lines = lines(folder.path());
        let replies: Vec<_> = lines
            .iter()
            .map(|line| line["reply"]["body"]["text"].as_str().unwrap())
            .collect();
        let service = "<R><State>InService</State></R>";
        let pending = "<R><State>Pending</State></R>";
        assert_eq!(replies, [service, pending, "<R></R>", "<R></R>"]);
        let first = &lines[0];
        assert_eq!(first["service"], "autoscaling");
        assert_eq!(first["action"], "X");
        assert_eq!(first["status"], 200);
        let request = &first["request"];
        assert_eq!(request["path"], "/");
        assert_eq!(request["headers"], json!({ "content-type": FORM }));
        let body = json!({ "text": "Action=X&Names.member.1=a1" });
        assert_eq!(request["body"], body);
    }

    #[tokio::test]
    async fn examples_of_an_operation_are_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let exchanges = Exchanges::in_folder(folder.path()).unwrap();
        for number in 0..MOST_EXAMPLES + 10 {
            let letters: String = number
                .to_string()
                .bytes()
                .map(|digit| char::from(digit - b'0' + b'a'))
                .collect();
            let reply = Response::new(Body::from(format!("<R><State>{letters}</State></R>")));
            let asked = asked(&exchanges, b"Action=X").unwrap();
            exchanges.keep(asked, reply).await.unwrap();
        }
        assert_eq!(lines(folder.path()).len(), MOST_EXAMPLES);
    }

    #[test]
    fn nothing_is_remembered_if_nothing_is_recorded() {
        assert!(asked(&Exchanges::default(), b"Action=X").is_none());
        let folder = tempfile::tempdir().unwrap();
        let exchanges = Exchanges::in_folder(folder.path()).unwrap();
        assert!(asked(&exchanges, b"Action=X").is_some());
        exchanges.stop();
        assert!(asked(&exchanges, b"Action=X").is_none());
    }

    #[test]
    fn bytes_that_are_no_text_are_written_as_hexadecimal_digits() {
        let folder = tempfile::tempdir().unwrap();
        let exchanges = Exchanges::in_folder(folder.path()).unwrap();
        let asked = asked(&exchanges, b"\xa1\xff").unwrap();
        let (parts, ()) = Response::new(()).into_parts();
        let line = Exchange::new(asked, &parts, b"{}").line();
        assert_eq!(line["request"]["body"], json!({ "hex": "a1ff" }));
        assert_eq!(line["reply"]["headers"], json!({}));
    }
}

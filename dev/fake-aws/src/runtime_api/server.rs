//! The runtime API of one process: it hears when the process asks and what it answers.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, State},
    http::{HeaderValue, Response, StatusCode},
    routing::{get, post},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
    task::JoinSet,
};

const REQUEST_ID: &str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";
/// The most bytes of an answer.
/// See <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
const LARGEST_ANSWER: usize = 6 * 1024 * 1024;

/// The error that a function answered with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FunctionError {
    /// The state machine's error name.
    pub error_type: String,
    /// What a person reads.
    pub error_message: String,
}

/// What a function answered: its output, or its error.
pub type Outcome = Result<Value, FunctionError>;

#[derive(Debug)]
struct Event {
    body: Vec<u8>,
    deadline: Timestamp,
}

/// The process asks for an event.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) at: Instant,
    event: oneshot::Sender<Event>,
}

impl Asked {
    /// Gives it an event to answer within this time.
    pub(super) fn give(self, body: Vec<u8>, within: Duration) {
        let deadline = Timestamp::now().checked_add(within);
        let deadline = deadline.unwrap_or(Timestamp::MAX);
        // One that has ended meanwhile does not answer, which is noticed there.
        let _ = self.event.send(Event { body, deadline });
    }
}

/// The process answered.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) at: Instant,
    pub(super) outcome: Outcome,
}

/// The API of one process.
#[derive(Debug)]
pub(super) struct RuntimeApi {
    pub(super) address: SocketAddr,
    pub(super) asked: mpsc::UnboundedReceiver<Asked>,
    pub(super) answered: mpsc::UnboundedReceiver<Answered>,
    /// The server, which ends with this value.
    _server: JoinSet<()>,
}

#[derive(Clone)]
struct Heard {
    asked: mpsc::UnboundedSender<Asked>,
    answered: mpsc::UnboundedSender<Answered>,
}

impl RuntimeApi {
    /// Serves on a free port of the loopback interface.
    pub(super) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (asks, asked) = mpsc::unbounded_channel();
        let (answers, answered) = mpsc::unbounded_channel();
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route(
                "/2018-06-01/runtime/invocation/{id}/response",
                post(response),
            )
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(error))
            .layer(DefaultBodyLimit::max(LARGEST_ANSWER))
            .with_state(Heard {
                asked: asks,
                answered: answers,
            });
        let mut server = JoinSet::new();
        server.spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            address,
            asked,
            answered,
            _server: server,
        })
    }
}

async fn next(State(heard): State<Heard>) -> Response<Body> {
    let at = Instant::now();
    let (sender, receiver) = oneshot::channel();
    // Nobody listens any more where the process is about to end.
    let _ = heard.asked.send(Asked { at, event: sender });
    let Ok(event) = receiver.await else {
        // There is no further event: the function waits for one, as it does in Lambda.
        return std::future::pending().await;
    };
    let mut response = Response::new(Body::from(event.body));
    let headers = response.headers_mut();
    headers.insert(
        "lambda-runtime-aws-request-id",
        HeaderValue::from_static(REQUEST_ID),
    );
    headers.insert(
        "lambda-runtime-deadline-ms",
        HeaderValue::from(event.deadline.as_millisecond()),
    );
    headers.insert(
        "lambda-runtime-invoked-function-arn",
        HeaderValue::from_static("arn:aws:lambda:us-east-1:000000000000:function:function"),
    );
    response
}

async fn response(State(heard): State<Heard>, body: Bytes) -> StatusCode {
    heard.note(|| Ok(serde_json::from_slice(&body).unwrap_or(Value::Null)))
}

async fn error(State(heard): State<Heard>, body: Bytes) -> StatusCode {
    heard.note(|| {
        Err(
            serde_json::from_slice(&body).unwrap_or_else(|error| FunctionError {
                error_type: "Runtime.Unreadable".to_owned(),
                error_message: error.to_string(),
            }),
        )
    })
}

impl Heard {
    /// Notes the time before the answer is read, which is no work of the function's.
    fn note(&self, read: impl FnOnce() -> Outcome) -> StatusCode {
        let at = Instant::now();
        let outcome = read();
        // Nobody listens any more where the process is about to end.
        let _ = self.answered.send(Answered { at, outcome });
        StatusCode::ACCEPTED
    }
}

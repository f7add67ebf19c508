//! A Lambda runtime API on loopback, for one invocation of one function's binary.
//! See <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use std::{
    io,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderValue, Response, StatusCode},
    routing::{get, post},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use tokio::{
    io::AsyncReadExt, net::TcpListener, process::Command, sync::oneshot, task::JoinSet,
    time::timeout,
};

use crate::LocalAwsError;

const REQUEST_ID: &str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";

/// The error that a function answered with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FunctionError {
    /// The state machine's error name.
    pub error_type: String,
    /// What a person reads.
    pub error_message: String,
}

type Outcome = Result<Value, FunctionError>;

/// An invocation that a function answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Invocation {
    /// What it answered.
    pub outcome: Outcome,
    /// What it printed up to its answer: logs and metrics, a line each.
    pub stdout: String,
}

struct Api {
    event: Mutex<Option<Vec<u8>>>,
    outcome: Mutex<Option<oneshot::Sender<Outcome>>>,
    deadline: Timestamp,
}

/// Runs a function's binary with `environment`, and nothing of this process's own, on one event,
/// which is handed over as it is written.
///
/// # Errors
/// [`LocalAwsError`] when the binary cannot be run, ends, or does not answer in time.
pub async fn invoke(
    binary: &Path,
    environment: &[(String, String)],
    event: &(impl ToString + ?Sized),
    within: Duration,
) -> Result<Invocation, LocalAwsError> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let (sender, receiver) = oneshot::channel();
    let milliseconds = i64::try_from(within.as_millis()).unwrap_or(i64::MAX);
    let deadline = Timestamp::from_millisecond(
        Timestamp::now()
            .as_millisecond()
            .saturating_add(milliseconds),
    )
    .unwrap_or(Timestamp::MAX);
    let api = Arc::new(Api {
        event: Mutex::new(Some(event.to_string().into_bytes())),
        outcome: Mutex::new(Some(sender)),
        deadline,
    });
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route(
            "/2018-06-01/runtime/invocation/{id}/response",
            post(response),
        )
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .route("/2018-06-01/runtime/init/error", post(error))
        .with_state(api);
    // The server ends with this function.
    let mut server = JoinSet::new();
    server.spawn(async move {
        let _ = axum::serve(listener, router).await;
    });

    let mut child = Command::new(binary)
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "function")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "log-group")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "log-stream")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|source| LocalAwsError::Spawn {
            program: binary.to_owned(),
            source,
        })?;
    // Read all along: a function that fills the pipe would wait for ever.
    let pipe = child.stdout.take();
    let reader = tokio::spawn(async move {
        let mut stdout = String::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_string(&mut stdout).await?;
        }
        Ok::<_, io::Error>(stdout)
    });
    let outcome = tokio::select! {
        outcome = timeout(within, receiver) => match outcome {
            Ok(Ok(outcome)) => Ok(outcome),
            Ok(Err(_)) => Err("no answer".to_owned()),
            Err(_) => Err(format!("no answer in {within:?}")),
        },
        status = child.wait() => Err(format!("the function ended: {}", status?)),
    };
    child.kill().await?;
    let stdout = reader
        .await
        .map_err(|error| LocalAwsError::call("invocation", error))??;
    match outcome {
        Ok(outcome) => Ok(Invocation { outcome, stdout }),
        Err(reason) => Err(LocalAwsError::call(
            "invocation",
            format!("{reason}; {stdout}"),
        )),
    }
}

async fn next(State(api): State<Arc<Api>>) -> Response<axum::body::Body> {
    let event = api
        .event
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    let Some(event) = event else {
        // There is no second event: the function waits for one, as it does in Lambda.
        return std::future::pending().await;
    };
    let mut response = Response::new(event.into());
    let headers = response.headers_mut();
    headers.insert(
        "lambda-runtime-aws-request-id",
        HeaderValue::from_static(REQUEST_ID),
    );
    headers.insert(
        "lambda-runtime-deadline-ms",
        HeaderValue::from(api.deadline.as_millisecond()),
    );
    headers.insert(
        "lambda-runtime-invoked-function-arn",
        HeaderValue::from_static("arn:aws:lambda:us-east-1:000000000000:function:function"),
    );
    response
}

async fn response(State(api): State<Arc<Api>>, body: Bytes) -> StatusCode {
    api.finish(Ok(serde_json::from_slice(&body).unwrap_or(Value::Null)))
}

async fn error(State(api): State<Arc<Api>>, body: Bytes) -> StatusCode {
    let error = serde_json::from_slice(&body).unwrap_or_else(|error| FunctionError {
        error_type: "Runtime.Unreadable".to_owned(),
        error_message: error.to_string(),
    });
    api.finish(Err(error))
}

impl Api {
    fn finish(&self, outcome: Outcome) -> StatusCode {
        let sender = self
            .outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(sender) = sender {
            // The receiver may have given up.
            let _ = sender.send(outcome);
        }
        StatusCode::ACCEPTED
    }
}

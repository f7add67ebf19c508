//! The emulator: a child process, and calls to it.

pub(crate) mod functions;

use std::{
    fs::File,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use serde::de::DeserializeOwned;
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    time::{Instant, sleep},
};

use crate::{LocalAwsError, emulator::functions::Functions};

/// How long the emulator may take to answer first.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// What runs it.
const MAIN: &str = "emulator.py";
/// Runs it with what it would not show, and holds callers and services to their rights.
const SCRIPTS: [(&str, &str); 19] = [
    (MAIN, include_str!("emulator.py")),
    ("alarms.py", include_str!("alarms.py")),
    ("authorization.py", include_str!("authorization.py")),
    ("conditions.py", include_str!("conditions.py")),
    ("dead_letters.py", include_str!("dead_letters.py")),
    ("function_states.py", include_str!("function_states.py")),
    ("invocation.py", include_str!("invocation.py")),
    ("launch_rights.py", include_str!("launch_rights.py")),
    ("log_keys.py", include_str!("log_keys.py")),
    ("mixed_instances.py", include_str!("mixed_instances.py")),
    ("named_resources.py", include_str!("named_resources.py")),
    ("names_taken.py", include_str!("names_taken.py")),
    ("processes.py", include_str!("processes.py")),
    ("redrive.py", include_str!("redrive.py")),
    ("refusals.py", include_str!("refusals.py")),
    ("service_rights.py", include_str!("service_rights.py")),
    ("simulation.py", include_str!("simulation.py")),
    ("unconfirmed.py", include_str!("unconfirmed.py")),
    ("whole_alarms.py", include_str!("whole_alarms.py")),
];
pub(crate) const REGION: &str = "us-east-1";
/// The account of every caller whose access key is no account number.
pub(crate) const ACCOUNT: &str = "000000000000";
/// The version of EC2's query API.
pub(crate) const EC2_VERSION: &str = "2016-11-15";

/// The emulator process; it ends with this value, and so do the functions that it runs.
#[derive(Debug)]
pub(crate) struct Emulator {
    child: Child,
    group: Option<Pid>,
    /// Takes the scripts, the functions' code as it is unpacked and notes on them, and goes with
    /// the emulator.
    scratch: TempDir,
}

impl Emulator {
    /// Starts the emulator, with a Python that has it installed, so that what it runs calls
    /// `front_url`, and waits until it answers.
    pub(crate) async fn start(
        python: &Path,
        log_dir: &Path,
        front_url: &str,
        time_scale: f64,
    ) -> Result<(Self, EmulatorClient), LocalAwsError> {
        std::fs::create_dir_all(log_dir)?;
        let log = log_dir.join("emulator.log");
        let output = File::create(&log)?;
        let port = free_port()?;
        let scratch = TempDir::new()?;
        for (name, text) in SCRIPTS {
            std::fs::write(scratch.path().join(name), text)?;
        }
        let mut command = Command::new(python);
        command
            .arg(scratch.path().join(MAIN))
            .env("AUTH", "true")
            .env("TMPDIR", scratch.path())
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("MINISTACK_REGION", REGION)
            .env("SFN_WAIT_SCALE", time_scale.to_string())
            // AWS waits a minute before it tries an asynchronous invocation again.
            // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
            .env(
                "LAMBDA_ASYNC_RETRY_BASE_SECONDS",
                (60.0 * time_scale).to_string(),
            )
            .env("AWS_ENDPOINT_URL", front_url)
            // An emulator that lost its start-up banner to a buffer is hard to debug.
            .env("PYTHONUNBUFFERED", "1")
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0)
            .kill_on_drop(true);
        let child = command.spawn().map_err(|source| LocalAwsError::Spawn {
            program: python.to_owned(),
            source,
        })?;
        let group = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        let mut emulator = Self {
            child,
            group,
            scratch,
        };
        let client = EmulatorClient {
            url: format!("http://127.0.0.1:{port}"),
            http: reqwest::Client::new(),
        };
        emulator.wait_until_healthy(&client, &log).await?;
        Ok((emulator, client))
    }

    /// The functions that it runs.
    pub(crate) fn functions(&self) -> Functions {
        Functions::new(self.scratch.path().to_owned(), self.group)
    }

    async fn wait_until_healthy(
        &mut self,
        client: &EmulatorClient,
        log: &Path,
    ) -> Result<(), LocalAwsError> {
        let failure = |what: String| LocalAwsError::Emulator {
            what,
            log: PathBuf::from(log),
        };
        let begin = Instant::now();
        let url = format!("{}/_ministack/health", client.url);
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Err(failure(format!("ended with {status}")));
            }
            let reply = client.http.get(&url).send().await;
            if reply.is_ok_and(|reply| reply.status().is_success()) {
                return Ok(());
            }
            if begin.elapsed() > START_TIMEOUT {
                return Err(failure(format!("did not answer in {START_TIMEOUT:?}")));
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // The functions that it runs are its children, in the same process group.
        if let Some(group) = self.group {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

fn free_port() -> Result<u16, LocalAwsError> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Calls the emulator directly, past the front.
#[derive(Clone, Debug)]
pub(crate) struct EmulatorClient {
    pub(crate) url: String,
    pub(crate) http: reqwest::Client,
}

impl EmulatorClient {
    /// Calls an action of the query protocol and reads its XML.
    pub(crate) async fn query<T: DeserializeOwned>(
        &self,
        service: &str,
        action: &'static str,
        version: &str,
        parameters: &[(String, String)],
    ) -> Result<T, LocalAwsError> {
        let mut form = vec![
            ("Action".to_owned(), action.to_owned()),
            ("Version".to_owned(), version.to_owned()),
        ];
        form.extend_from_slice(parameters);
        let body = serde_urlencoded::to_string(&form)
            .map_err(|error| LocalAwsError::call(action, error))?;
        let text = self
            .send(
                action,
                self.request(service)
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(body),
            )
            .await?;
        quick_xml::de::from_str(&text).map_err(|error| LocalAwsError::call(action, error))
    }

    /// Calls an action of the JSON protocol.
    pub(crate) async fn json(
        &self,
        service: &str,
        target: &str,
        action: &'static str,
        body: serde_json::Value,
    ) -> Result<serde_json::Value, LocalAwsError> {
        let text = self
            .send(
                action,
                self.request(service)
                    .header("x-amz-target", format!("{target}.{action}"))
                    .header("content-type", "application/x-amz-json-1.0")
                    .body(body.to_string()),
            )
            .await?;
        if text.is_empty() {
            return Ok(serde_json::Value::Null);
        }
        serde_json::from_str(&text).map_err(|error| LocalAwsError::call(action, error))
    }

    fn request(&self, service: &str) -> reqwest::RequestBuilder {
        self.http
            .post(&self.url)
            .header("authorization", administrator(service))
    }

    async fn send(
        &self,
        action: &'static str,
        request: reqwest::RequestBuilder,
    ) -> Result<String, LocalAwsError> {
        let failed = |error: reqwest::Error| LocalAwsError::call(action, error);
        let reply = request.send().await.map_err(failed)?;
        let status = reply.status();
        let text = reply.text().await.map_err(failed)?;
        if status.is_success() {
            Ok(text)
        } else {
            Err(LocalAwsError::call(action, format!("{status}: {text}")))
        }
    }
}

/// The header of a caller who may do everything, and whose signature nobody verifies.
pub(crate) fn administrator(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/{service}/aws4_request, SignedHeaders=host, Signature=0"
    )
}

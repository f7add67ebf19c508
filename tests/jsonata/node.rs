//! Runs the interpreter, `machine.mjs`, with Node.js and the npm package `jsonata`.

use std::{
    collections::BTreeSet,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use serde::Deserialize;
use serde_json::Value;

/// Where `npm ci` installs what `tools/node` pins.
const TOOLS: &str = concat!(env!("SPOTMANAGER_TOOLS"), "-node");
const SCRIPT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../tests/jsonata/machine.mjs"
);

/// What came of one definition.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    /// Why the definition cannot be run.
    pub(crate) refused: Option<String>,
    /// Both arms of every `a ? b : c` in the definition.
    #[serde(default)]
    pub(crate) arms: BTreeSet<String>,
    #[serde(default)]
    pub(crate) runs: Vec<Run>,
}

/// What came of one execution.
#[derive(Debug, Deserialize)]
pub(crate) struct Run {
    /// Why it cannot be run: the answers do not fit.
    pub(crate) refused: Option<String>,
    pub(crate) states: Vec<String>,
    pub(crate) tasks: Vec<Task>,
    /// The expressions that failed, whether or not a Catch took the error.
    pub(crate) failed: Vec<FailedExpression>,
    pub(crate) branches: BTreeSet<String>,
    pub(crate) arms: BTreeSet<String>,
    pub(crate) output: Option<Value>,
    pub(crate) error: Option<String>,
    pub(crate) cause: Option<String>,
}

/// A task as it was called.
#[derive(Debug, Deserialize)]
pub(crate) struct Task {
    pub(crate) state: String,
    pub(crate) api: String,
    pub(crate) arguments: Value,
    /// The state's output, also after a Catch; null if the execution ended there.
    #[serde(default)]
    pub(crate) output: Value,
}

/// An expression that Step Functions would refuse, and why.
#[derive(Debug, Deserialize)]
pub(crate) struct FailedExpression {
    #[expect(dead_code, reason = "shown if the test fails")]
    pub(crate) field: String,
    #[expect(dead_code, reason = "shown if the test fails")]
    pub(crate) cause: String,
}

/// Whether Node.js and the package are there.
pub(crate) fn is_installed() -> bool {
    let version = Command::new("node").arg("--version").output();
    version.is_ok_and(|done| done.status.success())
        && Path::new(TOOLS).join("node_modules/jsonata").is_dir()
}

/// Runs every definition with its executions.
///
/// # Errors
/// When the interpreter cannot be run, or breaks off.
pub(crate) fn run(document: &Value) -> Result<Vec<Answer>, String> {
    let mut node = Command::new("node")
        .args([SCRIPT, TOOLS])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot run node: {error}"))?;
    // It reads everything before it writes.
    if let Some(mut stdin) = node.stdin.take() {
        let sent = stdin.write_all(document.to_string().as_bytes());
        sent.map_err(|error| format!("cannot write to node: {error}"))?;
    }
    let done = node.wait_with_output().map_err(|error| error.to_string())?;
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).into_owned());
    }
    serde_json::from_slice(&done.stdout).map_err(|error| error.to_string())
}

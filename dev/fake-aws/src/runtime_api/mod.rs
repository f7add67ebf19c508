//! A Lambda runtime API on loopback, and functions' processes that take their events from it.
//! See <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

mod process;
mod server;

use std::{path::Path, time::Duration};

use tokio::process::Command;

pub use process::{Answer, FunctionProcess};
pub use server::{FunctionError, Outcome};

use crate::LocalAwsError;

/// An invocation that a function answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Invocation {
    /// What it answered.
    pub outcome: Outcome,
    /// What it printed up to its answer: logs and metrics, a line each.
    pub stdout: String,
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
    let mut process = FunctionProcess::spawn(Command::new(binary), environment).await?;
    let answer = process.answer(event, within).await;
    let stdout = process.kill().await?;
    match answer {
        Ok(answer) => Ok(Invocation {
            outcome: answer.outcome,
            stdout,
        }),
        Err(LocalAwsError::NoAnswer { reason }) => Err(LocalAwsError::NoAnswer {
            reason: format!("{reason}; {stdout}"),
        }),
        Err(error) => Err(error),
    }
}

//! A function's process, with a runtime API of its own.

use std::{
    io,
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::AsyncReadExt,
    process::{Child, Command},
    sync::mpsc,
    task::JoinHandle,
    time::timeout,
};

use super::server::{Asked, Outcome, RuntimeApi};
use crate::LocalAwsError;

/// What a function answered to an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The answer.
    pub outcome: Outcome,
    /// From the event to the answer.
    pub took: Duration,
}

/// A function's process. It ends when it is dropped.
#[derive(Debug)]
pub struct FunctionProcess {
    child: Child,
    api: RuntimeApi,
    spawned_at: Instant,
    /// Its request for an event that it was not given yet.
    asked: Option<Asked>,
    stdout: JoinHandle<io::Result<String>>,
}

impl FunctionProcess {
    /// Runs a program with `environment` and with what Lambda adds to it, and with nothing of this
    /// process's own environment.
    ///
    /// # Errors
    /// [`LocalAwsError`] when it cannot be run.
    pub async fn spawn(
        mut command: Command,
        environment: &[(String, String)],
    ) -> Result<Self, LocalAwsError> {
        let api = RuntimeApi::start().await?;
        command
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "function")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "log-group")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "log-stream")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let spawned_at = Instant::now();
        let mut child = command.spawn().map_err(|source| LocalAwsError::Spawn {
            program: PathBuf::from(command.as_std().get_program()),
            source,
        })?;
        // Read all along: a function that fills the pipe would wait for ever.
        let pipe = child.stdout.take();
        let stdout = tokio::spawn(async move {
            let mut stdout = String::new();
            if let Some(mut pipe) = pipe {
                pipe.read_to_string(&mut stdout).await?;
            }
            Ok(stdout)
        });
        Ok(Self {
            child,
            api,
            spawned_at,
            asked: None,
            stdout,
        })
    }

    /// The process's id, while it runs.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits until it asks for an event, and says how long after its start it did.
    ///
    /// # Errors
    /// [`LocalAwsError::NoAnswer`] when it ends or does not ask in time.
    pub async fn asks(&mut self, within: Duration) -> Result<Duration, LocalAwsError> {
        let asked = self.asked(within).await?;
        let after = asked.at.duration_since(self.spawned_at);
        self.asked = Some(asked);
        Ok(after)
    }

    /// Gives it an event, once it asks for one, and waits for the answer.
    ///
    /// # Errors
    /// [`LocalAwsError::NoAnswer`] when it ends or does not answer in time.
    pub async fn answer(
        &mut self,
        event: &(impl ToString + ?Sized),
        within: Duration,
    ) -> Result<Answer, LocalAwsError> {
        let event = event.to_string().into_bytes();
        let asked = self.asked(within).await?;
        let begin = Instant::now();
        asked.give(event, within);
        let answered = heard(&mut self.child, &mut self.api.answered, within).await?;
        Ok(Answer {
            took: answered.at.duration_since(begin),
            outcome: answered.outcome,
        })
    }

    async fn asked(&mut self, within: Duration) -> Result<Asked, LocalAwsError> {
        match self.asked.take() {
            Some(asked) => Ok(asked),
            None => heard(&mut self.child, &mut self.api.asked, within).await,
        }
    }

    /// Ends it at once, and gives what it printed.
    ///
    /// # Errors
    /// [`LocalAwsError`] when its output cannot be read.
    pub async fn kill(mut self) -> Result<String, LocalAwsError> {
        self.child.kill().await?;
        self.printed().await
    }

    /// Asks it to end with SIGTERM, waits until it has, and gives what it printed.
    ///
    /// # Errors
    /// [`LocalAwsError`] when it cannot be asked, or its output cannot be read.
    pub async fn terminate(mut self) -> Result<String, LocalAwsError> {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(pid) = id.and_then(Pid::from_raw) {
            kill_process(pid, Signal::TERM).map_err(io::Error::from)?;
        }
        self.child.wait().await?;
        self.printed().await
    }

    async fn printed(self) -> Result<String, LocalAwsError> {
        let stdout = self.stdout.await;
        Ok(stdout.map_err(|error| LocalAwsError::call("standard output", error))??)
    }
}

/// Waits for what a process sends to its runtime API.
async fn heard<T>(
    child: &mut Child,
    sent: &mut mpsc::UnboundedReceiver<T>,
    within: Duration,
) -> Result<T, LocalAwsError> {
    let reason = tokio::select! {
        // What it sent before it ended counts.
        biased;
        heard = timeout(within, sent.recv()) => match heard {
            Ok(Some(heard)) => return Ok(heard),
            Ok(None) => "its runtime API ended".to_owned(),
            Err(_) => format!("nothing in {within:?}"),
        },
        status = child.wait() => format!("it ended: {}", status?),
    };
    Err(LocalAwsError::NoAnswer { reason })
}

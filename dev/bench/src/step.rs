//! One invocation of a warm process, with what it took.

use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use serde_json::Value;
use spotmanager_fake_aws::{LocalAws, runtime_api::FunctionProcess};

use crate::{resources::cpu_time, start::PATIENCE};

/// What an invocation took.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// The program.
    pub(crate) name: &'static str,
    /// From the event to the answer.
    pub(crate) took: Duration,
    /// On a CPU, from the event to the next poll.
    pub(crate) cpu: Duration,
    /// The actions that it called, in their order.
    pub(crate) calls: Vec<String>,
}

/// Gives a process an event, and takes its output.
pub(crate) async fn invoke(
    name: &'static str,
    process: &mut FunctionProcess,
    event: &Value,
    local: &LocalAws,
) -> Result<(Step, Value)> {
    process.asks(PATIENCE).await?;
    let (cpu, known) = (cpu_time(process)?, local.calls().len());
    let answer = process
        .answer(event, PATIENCE)
        .await
        .with_context(|| format!("{name} does not answer"))?;
    process.asks(PATIENCE).await?;
    let calls = local.calls().into_iter().skip(known);
    let step = Step {
        name,
        took: answer.took,
        cpu: cpu_time(process)?.saturating_sub(cpu),
        calls: calls.map(|call| call.action).collect(),
    };
    let output = answer
        .outcome
        .map_err(|error| anyhow!("{name}: {}: {}", error.error_type, error.error_message))?;
    Ok((step, output))
}

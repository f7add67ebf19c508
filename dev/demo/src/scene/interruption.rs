//! EC2 warns that it takes a spot instance back.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{PATIENCE, expected::Expected, running_spot::running_spot};
use crate::{needs::Needs, progress::during, stage::Stage};

pub(super) const NEEDS: Needs = Needs {
    workers: "interruption",
    instance_type: "g5.2xlarge",
    ..Needs::USUAL
};

const REPLACED: Expected = Expected {
    reason: "SPOT_WITHIN_LIMIT",
    visited: &["DetachInstance", "CapacityArrived"],
    in_service: (1, 0),
};

/// The warning starts an execution, which replaces the instance before it is gone.
pub(super) async fn interruption(stage: &Stage<'_>) -> Result<String> {
    let before = running_spot(stage).await?;
    let executions = &stage.spot_manager.executions;
    let known = executions.list().await?;
    let local = &stage.cloud.local;
    let instance = local.interrupt(&stage.workers.spot_group).await?;
    let history = during(
        &format!("EC2 warns of the end of {instance}, an execution answers the warning"),
        executions.answer_to_event("/loss", &known, PATIENCE),
    )
    .await?;
    REPLACED.check(stage, &history, before).await?;
    let detached = history
        .output_of("DetachInstance")
        .and_then(|output| output.get("sentence")?.as_str())
        .unwrap_or_default();
    ensure!(
        detached.contains(&instance),
        "{detached:?} does not tell of {instance}"
    );
    let pools = history
        .output_of("Evaluate")
        .and_then(|output| output.get("pools")?.as_array())
        .context("the execution tells no pools")?;
    let is_interrupted = |pool: &&Value| pool.get("interrupted_at").is_some();
    ensure!(
        pools.iter().filter(is_interrupted).count() == 1,
        "not just the interrupted pool was left out"
    );
    Ok(history.arn)
}

//! A spot instance is gone, and its group cannot launch another one.

use anyhow::Result;

use super::{PATIENCE, expected::Expected, market, running_spot::running_spot};
use crate::{needs::Needs, progress::during, stage::Stage};

pub(super) const NEEDS: Needs = Needs {
    workers: "cannot-launch",
    instance_type: "g6.2xlarge",
    ..Needs::USUAL
};

const ON_DEMAND_INSTEAD: Expected = Expected {
    reason: "SPOT_LAUNCH_FAILED",
    visited: &["StandDownSpot"],
    in_service: (0, 1),
};

/// The failed launch starts an execution; the alarm, which rose for the job, stays as it is.
pub(super) async fn cannot_launch(stage: &Stage<'_>) -> Result<String> {
    let before = running_spot(stage).await?;
    let executions = &stage.spot_manager.executions;
    let known = executions.list().await?;
    market::set_capacity(stage, false);
    let local = &stage.cloud.local;
    let instance = local.reclaim(&stage.workers.spot_group).await?;
    let history = during(
        &format!("EC2 takes {instance}, its group cannot launch another one, an execution answers"),
        executions.answer_to_event("/loss", &known, PATIENCE),
    )
    .await?;
    ON_DEMAND_INSTEAD.check(stage, &history, before).await?;
    Ok(history.arn)
}

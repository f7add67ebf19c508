//! The queue is empty, and both groups scale down.

use anyhow::{Result, ensure};

use super::{
    PATIENCE,
    market::{self, CHEAP},
};
use crate::{
    groups::{self, Sizes},
    progress::during,
    stage::Stage,
};

/// The queue is emptied; the alarm for no more jobs fires both scale-down policies itself.
pub(super) async fn no_more_jobs(stage: &Stage<'_>) -> Result<()> {
    let executions = &stage.spot_manager.executions;
    let mut before = Sizes::now(stage).await?;
    if before.spot.in_service + before.on_demand.in_service == 0 {
        market::set(stage, CHEAP, true);
        during(
            "first a job, for an instance to scale down",
            executions.answer_to_job(&stage.workers.queue, PATIENCE),
        )
        .await?;
        before = Sizes::now(stage).await?;
    }
    let known = executions.list().await?;
    during(
        "the last job is done, the alarm fires both scale-down policies",
        stage.workers.finish(&stage.cloud.config, PATIENCE),
    )
    .await?;
    let after = Sizes::now(stage).await?;
    println!("{}", groups::table(stage, before, after).trim_fmt());
    let started = executions.list().await?.len() - known.len();
    println!("executions started: {started}");
    ensure!(started == 0, "{started} executions were started");
    Ok(())
}

/// Brings both groups back to nothing, where a scene before left an instance.
pub(super) async fn empty(stage: &Stage<'_>) -> Result<()> {
    let sizes = Sizes::now(stage).await?;
    if sizes.spot.desired + sizes.on_demand.desired == 0 {
        return Ok(());
    }
    during(
        "the job before is done, and its instance goes",
        stage.workers.finish(&stage.cloud.config, PATIENCE),
    )
    .await
}

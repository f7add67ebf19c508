//! What the scenes begin with in which EC2 takes a spot instance.

use anyhow::{Result, ensure};
use spotmanager_testbed::GroupSize;

use super::{
    PATIENCE,
    market::{self, CHEAP},
    no_more_jobs::empty,
};
use crate::{groups::Sizes, progress::during, stage::Stage};

/// Brings a spot instance into service and gives the sizes of the groups then.
pub(super) async fn running_spot(stage: &Stage<'_>) -> Result<Sizes> {
    market::set(stage, CHEAP, true);
    empty(stage).await?;
    let executions = &stage.spot_manager.executions;
    during(
        "first a job, for a spot instance to lose",
        executions.answer_to_job(&stage.workers.queue, PATIENCE),
    )
    .await?;
    let sizes = Sizes::now(stage).await?;
    ensure!(
        sizes.spot == GroupSize::settled(1),
        "no spot instance came: {sizes:?}"
    );
    Ok(sizes)
}

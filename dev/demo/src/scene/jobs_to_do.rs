//! Jobs come, and an execution answers the alarm.

use anyhow::Result;
use spotmanager_testbed::ExecutionHistory;

use super::{
    PATIENCE,
    expected::Expected,
    market::{self, Cents},
    no_more_jobs::empty,
};
use crate::{groups::Sizes, progress::during, stage::Stage};

/// From empty groups and with these spot prices a job is sent.
pub(super) async fn one_job(
    stage: &Stage<'_>,
    prices: Cents,
    has_capacity: bool,
    expected: &Expected,
) -> Result<ExecutionHistory> {
    market::set(stage, prices, has_capacity);
    empty(stage).await?;
    jobs_to_do(stage, 1, expected).await
}

/// So many jobs are sent; the alarm sees them, and an execution answers the alarm.
pub(super) async fn jobs_to_do(
    stage: &Stage<'_>,
    jobs: usize,
    expected: &Expected,
) -> Result<ExecutionHistory> {
    let before = Sizes::now(stage).await?;
    let sent = match jobs {
        1 => "a job is sent".to_owned(),
        jobs => format!("{jobs} jobs are sent"),
    };
    let executions = &stage.spot_manager.executions;
    let history = during(
        &format!("{sent}, the alarm rises, an execution answers it"),
        executions.answer_to_jobs(&stage.workers.queue, jobs, PATIENCE),
    )
    .await?;
    expected.check(stage, &history, before).await?;
    Ok(history)
}

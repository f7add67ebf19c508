//! What every pair of groups is put through whose queue sizes it, whichever way it scales up.

use anyhow::{Result, ensure};
use spotmanager_testbed::{GroupSize, SpotManager, Stage, TestAlarm, group_size, poll};

use crate::workers::{PATIENCE, expect_last};

/// Checks how many instances both groups of this name ask for and have in service.
pub(crate) async fn expect_sizes(
    stage: &Stage,
    name: &str,
    [spot, on_demand]: [usize; 2],
) -> Result<()> {
    for (market, expected) in [("spot", spot), ("on-demand", on_demand)] {
        let group = format!("{name}-{market}");
        let size = group_size(&stage.config, &group).await?;
        let wanted = GroupSize::settled(expected);
        ensure!(size == wanted, "{group} is {size:?} instead of {wanted:?}");
    }
    Ok(())
}

/// Raises two alarms within a second, and waits until both executions find nothing more to do.
pub(crate) async fn rise_twice(
    stage: &Stage,
    name: &str,
    spot_manager: &SpotManager,
) -> Result<()> {
    let topic = spot_manager.jobs_topic_arn()?;
    let alarm = TestAlarm::create(&stage.config, name, topic).await?;
    alarm.rise().await?;
    alarm.rise().await?;
    let executions = &spot_manager.executions;
    let both = poll("starting two executions", PATIENCE, async || {
        let arns = executions.list().await?;
        Ok((arns.len() == 2).then_some(arns))
    })
    .await?;
    for arn in &both {
        let history = executions.ended(arn, PATIENCE).await?;
        expect_last(&history, "NothingToDo")?;
    }
    Ok(())
}

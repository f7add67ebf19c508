//! `launch-above-maximum`: one more than MaxSize allows. Then the groups are emptied.

use super::launches::{empty, ids, launch, one, still, summary};
use crate::{error::VerifyError, report::Finding, stage::Stage};

pub(super) async fn check(stage: &mut Stage) -> Result<Finding, VerifyError> {
    let (Some(deployed), Some(_)) = (stage.deployed.clone(), stage.launch.take()) else {
        return Ok(Finding::NotRun("nothing was launched".to_owned()));
    };
    let [_, group] = &deployed.groups;
    let checked = Box::pin(beyond(stage, group)).await;
    // Whatever came of it: an instance costs by the second.
    empty(stage, &deployed.groups).await?;
    checked
}

async fn beyond(stage: &Stage, group: &str) -> Result<Finding, VerifyError> {
    let answer = launch(stage, &one(stage, group, "2").await?).await;
    let desired = still(stage, group, 1).await?;
    let seen = format!("{}; DesiredCapacity {desired}", summary(&answer));
    let is_none = answer
        .as_ref()
        .map_or(true, |answer| ids(answer).is_empty());
    Ok(if is_none && desired == 1 {
        Finding::Held(seen)
    } else {
        Finding::DidNotHold(seen)
    })
}

//! `launch-failure`: spot for less than it costs, which launches nothing and is free.

use super::launches::{empty, ids, launch, newest_activity, one, still, summary};
use crate::{error::VerifyError, report::Finding, stage::Stage};

pub(super) async fn check(stage: &mut Stage) -> Result<Finding, VerifyError> {
    let Some(deployed) = stage.deployed.clone() else {
        return Ok(Finding::NotRun("nothing is deployed".to_owned()));
    };
    let group = &deployed.low_price_group;
    let checked = Box::pin(fail(stage, group)).await;
    // A group that asks for more goes on trying.
    empty(stage, std::slice::from_ref(group)).await?;
    checked
}

async fn fail(stage: &Stage, group: &str) -> Result<Finding, VerifyError> {
    let answer = launch(stage, &one(stage, group, "3").await?).await;
    let desired = still(stage, group, 0).await?;
    let seen = format!(
        "{}; DesiredCapacity {desired}; {}",
        summary(&answer),
        newest_activity(stage, group).await
    );
    let is_said = answer.is_ok_and(|answer| ids(&answer).is_empty() && !answer.errors.is_empty());
    Ok(if is_said && desired == 0 {
        Finding::Held(seen)
    } else {
        Finding::DidNotHold(seen)
    })
}

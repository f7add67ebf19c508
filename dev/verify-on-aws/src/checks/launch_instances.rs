//! `launch-instances`: one smallest instance, launched by the caller. It stays for the next checks.

use spotmanager_aws::launched_instances::{Client, launched_under};

use super::launches::{Launch, SEEN, desired, empty, ids, launch, newest_activity, one, summary};
use crate::{error::VerifyError, report::Finding, stage::Stage};

pub(super) async fn check(stage: &mut Stage) -> Result<Finding, VerifyError> {
    let Some(deployed) = stage.deployed.clone() else {
        return Ok(Finding::NotRun("nothing is deployed".to_owned()));
    };
    let [_, group] = &deployed.groups;
    let call = one(stage, group, "1").await?;
    let answer = launch(stage, &call).await;
    let seen = summary(&answer);
    let answer = answer?;
    if ids(&answer).len() != 1 {
        empty(stage, &deployed.groups).await?;
        return Ok(Finding::DidNotHold(seen));
    }
    let checked = Box::pin(around(
        stage,
        group,
        &Launch {
            call: call.clone(),
            answer: answer.clone(),
        },
    ))
    .await;
    match checked {
        Ok(Ok(around)) => {
            stage.launch = Some(Launch { call, answer });
            Ok(Finding::Held(format!("{seen}; {around}")))
        }
        Ok(Err(around)) => {
            empty(stage, &deployed.groups).await?;
            Ok(Finding::DidNotHold(format!("{seen}; {around}")))
        }
        Err(error) => {
            empty(stage, &deployed.groups).await?;
            Err(error)
        }
    }
}

/// What the group and EC2 say of a launch, if it is as assumed; otherwise what they say instead.
async fn around(
    stage: &Stage,
    group: &str,
    launch: &Launch,
) -> Result<Result<String, String>, VerifyError> {
    let desired = desired(stage, group, 1, SEEN).await?;
    let found = found(stage, launch).await?;
    let activity = newest_activity(stage, group).await;
    let seen = format!("DesiredCapacity {desired}; {found:?} by the token; {activity}");
    let is_found = found.iter().map(String::as_str).eq(ids(&launch.answer));
    Ok(if desired == 1 && is_found {
        Ok(seen)
    } else {
        Err(seen)
    })
}

/// The instances that EC2 finds by the client token, once there are any.
async fn found(stage: &Stage, launch: &Launch) -> Result<Vec<String>, VerifyError> {
    let ec2 = Client::new(&stage.region.config);
    let tokens = [launch.call.client_token.clone()];
    let comes = stage
        .waits
        .until("the instance by its token", SEEN, async || {
            let found = launched_under(&ec2, &tokens).await?;
            let ids: Vec<_> = found.into_iter().map(|one| one.instance_id).collect();
            Ok((!ids.is_empty()).then_some(ids))
        });
    match comes.await {
        Err(VerifyError::TooLong { .. }) => Ok(Vec::new()),
        come => come,
    }
}

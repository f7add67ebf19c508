//! `key-dead-letter`: the key is given, and SNS cannot invoke *start*.

use super::alarm::{Answer, answer};
use crate::{
    error::VerifyError,
    report::Finding,
    stage::Stage,
    throwaway::{create_key, update_spotmanager, without_jobs_permission},
};

pub(super) async fn check(stage: &mut Stage) -> Result<Finding, VerifyError> {
    let Some(deployed) = stage.deployed.clone() else {
        return Ok(Finding::NotRun("nothing is deployed".to_owned()));
    };
    let key_arn = Box::pin(create_key(stage)).await?;
    stage.key_arn = Some(key_arn.clone());
    let template = without_jobs_permission(&stage.package.template)?;
    Box::pin(update_spotmanager(stage, &template, &key_arn)).await?;
    Ok(match Box::pin(answer(stage, &deployed)).await? {
        Answer::DeadLetter(_) => {
            Finding::Held("the alarm's message is in the dead-letter queue".to_owned())
        }
        Answer::Execution(arn) => {
            Finding::DidNotHold(format!("{arn} was started although SNS has no permission"))
        }
    })
}

//! `alarm-starts-execution`: CloudWatch publishes to the topic, whose policy denies all but
//! services, and SNS invokes *start*, whose permission names the topic alone.

use super::{
    alarm::{Answer, answer},
    dead_letters,
    executions::name,
};
use crate::{error::VerifyError, report::Finding, stage::Stage};

pub(super) async fn check(stage: &mut Stage) -> Result<Finding, VerifyError> {
    let Some(deployed) = stage.deployed.clone() else {
        return Ok(Finding::NotRun("nothing is deployed".to_owned()));
    };
    let answer = Box::pin(answer(stage, &deployed)).await?;
    let letter = match answer {
        Answer::DeadLetter(sender) => Some(sender),
        Answer::Execution(arn) => {
            stage.execution = Some(arn);
            dead_letters::of_the_alarm(stage, &deployed).await?
        }
    };
    if let Some(sender) = letter {
        stage.execution = None;
        return Ok(Finding::DidNotHold(format!(
            "the alarm's message is in the dead-letter queue: {sender}"
        )));
    }
    let execution = stage.execution.as_deref().map_or("none", name);
    Ok(Finding::Held(format!("execution {execution}")))
}

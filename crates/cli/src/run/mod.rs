//! `spotmanager run`: one decision from here, without Lambda and Step Functions, by the code of the
//! functions.

mod course;
mod patience;
mod record;

use anyhow::{Context, Result};
use console::user_attended;
use jiff::Timestamp;
use spotmanager_aws::{
    SdkConfig,
    stacks::{Client, DeployedStack, describe_stack},
};
use spotmanager_contract::{Execution, ExecutionInput, Purpose, check_stack, stack_name_of};

use crate::{
    Story,
    arguments::{Output, Run},
    deployed::worker_pairs,
    explain::Document,
    print::{print, print_json},
};
use course::Course;
use record::Record;

pub(crate) use record::Failed;

/// Decides and, where it is to, scales; then tells it as `explain` does.
pub(crate) async fn run(config: &SdkConfig, wanted: &Run, output: Output) -> Result<()> {
    let stack = wanted.stack.as_str();
    check_stack("--stack", stack)?;
    let deployed = Box::pin(deployed(config, wanted.spotmanager_stack.as_deref())).await?;
    let pairs = deployed.as_ref().map(worker_pairs).transpose()?;
    let pairs = pairs.unwrap_or_default();
    let now = Timestamp::now();
    let input = ExecutionInput {
        stack_name: stack.to_owned(),
        settings: wanted
            .overrides()
            .over(pairs.of_stack(stack_name_of(stack)).settings),
        alarm: None,
        purpose: Purpose::ScaleUp,
        loss: None,
        round: None,
    };
    let execution = Execution {
        name: format!(
            "{}-run-{}",
            stack_name_of(stack),
            now.strftime("%Y%m%dT%H%M%S")
        ),
        started_at: now,
        state_machine_arn: deployed
            .as_ref()
            .and_then(|deployed| deployed.outputs.get("StateMachineArn").cloned()),
        round: 1,
    };
    let is_told_live = output == Output::Table;
    let mut record = Record::begin(&execution, &input, is_told_live)?;
    let course = Course::new(config, execution, input);
    let ended = Box::pin(course.run(deployed.as_ref(), &mut record)).await;
    let history = record.end(&ended)?;
    match output {
        Output::Json => print_json(&Document::of(&history))?,
        Output::Table => {
            let story = Story::of(&history).with_chart(user_attended());
            print(story.without_steps())?;
        }
    }
    Ok(ended?)
}

/// SpotManager's own stack, where it is named.
async fn deployed(config: &SdkConfig, name: Option<&str>) -> Result<Option<DeployedStack>> {
    let Some(name) = name else {
        return Ok(None);
    };
    let client = Client::new(config);
    let stack = describe_stack(&client, name).await?;
    let stack = stack.with_context(|| {
        format!("--spotmanager-stack is {name:?}; it should be a stack of this account and region")
    })?;
    Ok(Some(stack))
}

//! `spotmanager run`: one decision from here, without Lambda and Step Functions, by the code of the
//! functions.

mod check;
mod course;
mod failed;
mod left_behind;
mod pair;
mod patience;
mod record;

use anyhow::{Result, bail};
use console::user_attended;
use jiff::Timestamp;
use spotmanager_aws::{
    SdkConfig,
    stacks::{Client, DeployedStack, describe_stack},
};
use spotmanager_domain::{
    Execution, ExecutionInput, Purpose, SettingsOverride, WorkerPair, check_stack, execution_name,
    stack_name_of,
};

use crate::{
    Story,
    account::{Account, place},
    arguments::{self, Output, Run},
    basis,
    deployed::{Parameters, check_is_spotmanager, pairs_of_stack, settings_of},
    explain::Document,
    interrupt::{Interrupt, Interrupted},
    print::{print, print_error, print_json},
    question::{ask, can_ask, nobody_to_ask},
};
use course::Course;
use left_behind::left_behind;
use record::Record;

pub(crate) use failed::Failed;

/// Decides and, if that is wanted, scales; then reports it as `explain` does.
pub(crate) async fn run(config: &SdkConfig, wanted: &Run, output: Output) -> Result<()> {
    let stack = wanted.stack.as_str();
    check_stack("--stack", stack)?;
    arguments::settings_of(&wanted.overrides())?;
    let question = match wanted.apply {
        true => question(config, wanted).await?,
        false => None,
    };
    let mut interrupt = Interrupt::listen().await?;
    let unchanged = || Interrupted::leaving("nothing is changed");
    if let Some(question) = question
        && !ask(&question)?.ok_or_else(unchanged)?
    {
        print_error("nothing is changed\n");
        return Ok(());
    }
    let overrides = wanted.overrides();
    let read = interrupt
        .or(Box::pin(read(config, wanted, &overrides)))
        .await;
    let (deployed, parameters) = read.ok_or_else(unchanged)??;
    let pair = pair_of(&parameters, stack, wanted)?;
    let are_written = deployed.is_some() || wanted.basis.parameters.is_some();
    let checked = check::Checked {
        stack,
        given: &overrides,
        pair: &pair,
        parameters: &parameters,
        are_written,
    };
    let checked = interrupt.or(Box::pin(checked.check(config))).await;
    checked.ok_or_else(unchanged)??;
    let now = Timestamp::now();
    let input = ExecutionInput {
        stack_name: stack.to_owned(),
        settings: overrides.over(pair.settings),
        alarm: None,
        purpose: Purpose::ScaleUp,
        loss: None,
        round: None,
    };
    let execution = Execution {
        name: execution_name::of_run(stack_name_of(stack), now),
        round_began_at: now,
        state_machine_arn: deployed
            .as_ref()
            .and_then(|deployed| deployed.outputs.get("StateMachineArn").cloned()),
        round: 1,
        origin: None,
    };
    let is_told_live = output == Output::Table;
    let mut record = Record::begin(&execution, &input, is_told_live)?;
    let course = Course::new(config, execution, input);
    let ended = Box::pin(course.run(&parameters, &mut record));
    let Some(ended) = interrupt.or(ended).await else {
        let scaled = if wanted.apply { record.scaled() } else { &[] };
        return Err(left_behind(config, scaled).await.into());
    };
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

/// What is asked before a stack is scaled up; nothing if the command line says yes. Account and
/// region are shown in any case.
async fn question(config: &SdkConfig, wanted: &Run) -> Result<Option<String>> {
    if !wanted.yes && !can_ask() {
        return Err(nobody_to_ask("; without --apply nothing is changed").into());
    }
    let account = Account::read(config).await?;
    let what = format!("stack {} in {account}, as the decision says", wanted.stack);
    if wanted.yes {
        print_error(format_args!("scaling up {what}\n"));
        return Ok(None);
    }
    Ok(Some(format!("Scale up {what}?")))
}

/// SpotManager's own stack, if it is named, and the parameters that hold.
async fn read(
    config: &SdkConfig,
    wanted: &Run,
    overrides: &SettingsOverride,
) -> Result<(Option<DeployedStack>, Parameters)> {
    if let Some(deployed) = deployed(config, wanted.spotmanager_stack.as_deref()).await? {
        let parameters = deployed.parameters.clone();
        return Ok((Some(deployed), parameters));
    }
    let file = wanted.basis.parameters.as_deref();
    let found = basis::parameters(config, &wanted.stack, file, overrides);
    match Box::pin(found).await {
        Ok(parameters) => Ok((None, parameters)),
        Err(error) => Err(check::named(config, &wanted.stack, error).await),
    }
}

/// SpotManager's own stack, if it is named.
async fn deployed(config: &SdkConfig, name: Option<&str>) -> Result<Option<DeployedStack>> {
    let Some(name) = name else {
        return Ok(None);
    };
    let client = Client::new(config);
    let Some(stack) = describe_stack(&client, name).await? else {
        let place = place(config).await;
        bail!("--spotmanager-stack is {name:?}; it should be a stack of {place}");
    };
    check_is_spotmanager(name, &stack)?;
    Ok(Some(stack))
}

fn pair_of(parameters: &Parameters, stack: &str, wanted: &Run) -> Result<WorkerPair> {
    let pairs = pairs_of_stack(parameters, stack_name_of(stack))?;
    Ok(pair::choose(
        stack_name_of(stack),
        &pairs,
        &settings_of(parameters)?,
        &wanted.overrides(),
    )?)
}

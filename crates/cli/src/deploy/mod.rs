//! `spotmanager deploy`: the packages into a bucket, and SpotManager's stack with a change set that
//! is shown first.

mod change_set;
mod consent;
mod constraints;
mod document;
mod next_steps;
mod package;
mod parameters;
mod progress;
mod replaced_topic;
mod report;
mod schedule;
mod target;
mod text;
mod upload;
mod values;
mod workers;

use std::collections::BTreeSet;

use anyhow::Result;
use spotmanager_aws::{
    SdkConfig,
    change_sets::{Client, template_parameters},
    stacks::describe_stack,
};

use crate::{
    account::Account,
    arguments::{Deploy, Output},
    interrupt::{Interrupt, Interrupted},
    print::{print, print_error, print_json},
};
use change_set::{Prepared, discard, prepare};
use consent::{Answer, Consent, question};
use constraints::Constraints;
use document::Document;
use package::Package;
use replaced_topic::ReplacedTopic;
use report::Report;
use target::Target;
use text::Changes;

/// What became of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    /// The stack is as it would be.
    NoChanges,
    /// Whoever was asked said no.
    Declined,
    /// The change set is there to be executed.
    NotExecuted,
    /// The stack is as the change set says.
    Executed,
}

/// Checks, uploads, shows the change set, and executes it if that is wanted.
pub(crate) async fn run(config: &SdkConfig, wanted: &Deploy, output: Output) -> Result<()> {
    let consent = Consent::of(wanted)?;
    let package = Package::read(&wanted.package)?;
    let account = Account::read(config).await?;
    let mut interrupt = Interrupt::listen().await?;
    print_error(format_args!("deploying to {account}\n"));
    if let Some(unchecked) = package.unchecked(&wanted.package) {
        print_error(format_args!("{unchecked}\n"));
    }
    let ready = interrupt
        .or(Box::pin(ready(config, wanted, &package)))
        .await;
    let ready = ready.ok_or_else(|| Interrupted::leaving(NOTHING_CHANGED))??;
    let Ready { new, target, .. } = ready;

    let client = Client::new(config);
    let name = wanted.spotmanager_stack.as_str();
    let prepared = Box::pin(prepare(&client, &new, &mut interrupt)).await?;
    let mut report = Report::new(name, account, &target);
    report.parameters = new.values;
    report.suspend_rebalancing = ready.suspend_rebalancing;
    if let Some(Prepared { created, changes }) = prepared {
        report.changes = changes;
        let warning = ReplacedTopic::among(&report.changes, &target.outputs);
        let question = question(name, target.is_new, &report.account);
        let mut asked = consent.ask(&question, &Changes(&report.changes), warning.as_ref());
        if interrupt.is_pressed().await {
            asked = Ok(Answer::Interrupted);
        }
        if !matches!(asked, Ok(Answer::Execute | Answer::Leave)) {
            Box::pin(discard(&client, &created, target.owns_stack())).await?;
        }
        report.outcome = match asked? {
            Answer::Execute => {
                let executing = Box::pin(progress::execute(&client, &created)).await?;
                let done = executing.until_done(&client, name, &report.changes);
                let done = interrupt.or(Box::pin(done)).await;
                done.ok_or_else(|| goes_on(name))??;
                let stack = describe_stack(&client, name).await?;
                report.outputs = stack.map(|stack| stack.outputs).unwrap_or_default();
                Outcome::Executed
            }
            Answer::Discard => Outcome::Declined,
            Answer::Interrupted => return Err(Interrupted::leaving(NOTHING_CHANGED).into()),
            Answer::Leave => {
                report.change_set_arn = Some(created.arn);
                Outcome::NotExecuted
            }
        };
    }
    match output {
        Output::Json => print_json(&Document::of(&report))?,
        Output::Table => print(&report)?,
    }
    Ok(())
}

const NOTHING_CHANGED: &str = "no stack is changed, and no change set is left";

/// CloudFormation does not stop with the command.
fn goes_on(stack_name: &str) -> Interrupted {
    Interrupted::leaving(format!(
        "CloudFormation goes on with the stack {stack_name}; `aws cloudformation describe-stacks --stack-name {stack_name}` shows its status"
    ))
}

/// What is there before anything is changed.
struct Ready {
    new: change_set::New,
    target: Target,
    /// The commands that suspend the rebalancing of zones in the groups of the workers.
    suspend_rebalancing: BTreeSet<String>,
}

/// What a change set is made of, once everything is checked and uploaded; nothing is changed
/// before that.
async fn ready(config: &SdkConfig, wanted: &Deploy, package: &Package) -> Result<Ready> {
    let given = parameters::given(wanted)?;
    let client = Client::new(config);
    let name = wanted.spotmanager_stack.as_str();
    let target = Target::of(name, describe_stack(&client, name).await?)?;

    let known = template_parameters(&client, &package.template).await?;
    let prefix = package.prefix(&wanted.s3_prefix);
    let own = [
        ("ArtifactBucket", wanted.s3_bucket.as_str()),
        ("ArtifactPrefix", prefix.as_str()),
        ("Architecture", package.architecture),
    ];
    let parameters = parameters::all(&known, &own, &given, &target.parameters)?;
    let values = parameters::values(&parameters, &target.parameters);
    let served = values::check(&values)?;
    Constraints::read(&package.template)?.check(&values)?;
    let suspend_rebalancing = Box::pin(workers::check(config, &served)).await?;
    upload::upload(config, package, &wanted.s3_bucket, &prefix).await?;
    let new = change_set::New {
        stack_name: name.to_owned(),
        makes_stack: target.is_new,
        owns_stack: target.owns_stack(),
        template: package.template.clone(),
        parameters,
        values,
    };
    Ok(Ready {
        new,
        target,
        suspend_rebalancing,
    })
}

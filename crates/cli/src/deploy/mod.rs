//! `spotmanager deploy`: the packages into a bucket, and SpotManager's stack with a change set that
//! is shown first.

mod consent;
mod document;
mod package;
mod parameters;
mod progress;
mod replaced_topic;
mod report;
mod target;
mod upload;

use anyhow::{Result, bail};
use jiff::Timestamp;
use spotmanager_aws::{
    SdkConfig,
    change_sets::{
        ChangeSet, Client, CreatedChangeSet, NewChangeSet, ResourceChange, StackParameter,
        create_change_set, delete_change_set, delete_stack, describe_change_set,
        template_parameters,
    },
    stacks::describe_stack,
};

use crate::{
    arguments::{Deploy, Output},
    pauses::until,
    print::{print, print_json},
};
use consent::Consent;
use document::Document;
use package::Package;
use replaced_topic::ReplacedTopic;
use report::{Changes, Report};
use target::Target;

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

/// Uploads, shows the change set, and executes it where that is wanted.
pub(crate) async fn run(config: &SdkConfig, wanted: &Deploy, output: Output) -> Result<()> {
    let consent = Consent::of(wanted)?;
    let package = Package::read(&wanted.package)?;
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
    upload::upload(config, &package, &wanted.s3_bucket, &prefix).await?;

    let prepared = Box::pin(prepare(&client, name, &target, &package, &parameters)).await?;
    let mut report = Report {
        stack_name: name,
        makes_stack: target.is_new,
        change_set_arn: None,
        outcome: Outcome::NoChanges,
        changes: Vec::new(),
        outputs: target.outputs.clone(),
    };
    if let Some((change_set, changes)) = prepared {
        report.changes = changes;
        let warning = ReplacedTopic::among(&report.changes, &target.outputs);
        let is_wanted = consent.ask(name, &Changes(&report.changes), warning.as_ref())?;
        report.outcome = match is_wanted {
            Some(true) => {
                progress::execute(&client, &change_set, name).await?;
                let stack = describe_stack(&client, name).await?;
                report.outputs = stack.map(|stack| stack.outputs).unwrap_or_default();
                Outcome::Executed
            }
            Some(false) => {
                Box::pin(discard(&client, &change_set, &target)).await?;
                Outcome::Declined
            }
            None => {
                report.change_set_arn = Some(change_set.arn);
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

/// Makes the change set; nothing where it would change nothing.
async fn prepare(
    client: &Client,
    stack_name: &str,
    target: &Target,
    package: &Package,
    parameters: &[StackParameter],
) -> Result<Option<(CreatedChangeSet, Vec<ResourceChange>)>> {
    let change_set_name = format!("spotmanager-{}", Timestamp::now().as_millisecond());
    let new = NewChangeSet {
        stack_name,
        name: &change_set_name,
        makes_stack: target.is_new,
        template_body: &package.template,
        parameters,
    };
    let created = create_change_set(client, &new).await?;
    let made = until(async || {
        Ok(match describe_change_set(client, &created.arn).await? {
            ChangeSet::InProgress => None,
            made => Some(made),
        })
    });
    match made.await? {
        ChangeSet::Ready(changes) => Ok(Some((created, changes))),
        ChangeSet::Failed(reason) => {
            discard(client, &created, target).await?;
            bail!("CloudFormation cannot change the stack {stack_name} so: {reason}");
        }
        ChangeSet::Empty | ChangeSet::InProgress => {
            delete_change_set(client, &created.arn).await?;
            Ok(None)
        }
    }
}

/// Leaves nothing of a change set that is not executed.
async fn discard(client: &Client, created: &CreatedChangeSet, target: &Target) -> Result<()> {
    delete_change_set(client, &created.arn).await?;
    if target.is_new {
        delete_stack(client, &created.stack_arn).await?;
    }
    Ok(())
}

//! `spotmanager doctor`: what would keep SpotManager from working on the pairs that it serves.

mod arn;
mod chain;
mod deployed;
mod document;
mod event_rule;
mod failures;
mod function;
mod groups;
mod instance_roles;
mod market;
mod notifications;
mod operation;
mod queues;
mod read;
mod refusals;
mod report;
mod resources;
mod rights;
mod roles;
mod unread;

use std::process::ExitCode;

use anyhow::Result;
use jiff::Timestamp;
use spotmanager_aws::SdkConfig;
use spotmanager_doctor::{NotChecked, Severity, SpotManagerStack, examine, examine_stack};

use crate::{
    arguments::{Doctor, Output},
    print::{print, print_json},
};
use document::Document;
use report::Report;

/// Reads, and writes what is found.
pub(crate) async fn run(config: &SdkConfig, wanted: &Doctor, output: Output) -> Result<ExitCode> {
    let read = Box::pin(read::snapshots(config, wanted, Timestamp::now())).await?;
    let mut diagnosis = if read.snapshots.is_empty() {
        examine_stack(&read.spotmanager)
    } else {
        examine(&read.snapshots)
    };
    if wanted.stack.is_none() {
        diagnosis.not_checked.extend(unnamed(&read.spotmanager));
    }
    let spotmanager_stack = wanted.spotmanager_stack.as_deref();
    match output {
        Output::Json => print_json(&Document::of(spotmanager_stack, &diagnosis))?,
        Output::Table => print(Report {
            spotmanager_stack,
            diagnosis: &diagnosis,
        })?,
    }
    let mut findings = diagnosis.findings.iter();
    Ok(
        if findings.any(|finding| finding.severity == Severity::Error) {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        },
    )
}

/// The stacks that a deployment serves by their topic's name or their alarm's tags, and names nowhere.
fn unnamed(stack: &SpotManagerStack) -> Option<NotChecked> {
    let SpotManagerStack::Found(deployment) = stack else {
        return None;
    };
    let pattern = deployment.further_stacks.as_str();
    (!pattern.is_empty()).then(|| NotChecked {
        what: format!("stacks of FurtherStacks {pattern} that WorkerPairs does not name"),
        why: "give each with --stack".to_owned(),
        missing_action: None,
        pair: None,
    })
}

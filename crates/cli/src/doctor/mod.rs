//! `spotmanager doctor`: what would keep SpotManager from working on a stack.

mod chain;
mod deployed;
mod document;
mod market;
mod queues;
mod read;
mod refusals;
mod report;

use std::process::ExitCode;

use anyhow::Result;
use spotmanager_aws::SdkConfig;
use spotmanager_doctor::{Severity, diagnose, links, not_checked};

use crate::{
    arguments::{Doctor, Output},
    print::{print, print_json},
};
use document::Document;
use report::Report;

/// Reads, and tells what is found.
pub(crate) async fn run(config: &SdkConfig, wanted: &Doctor, output: Output) -> Result<ExitCode> {
    let snapshot = Box::pin(read::snapshot(config, wanted)).await?;
    let findings = diagnose(&snapshot);
    let (chain, not_checked) = (links(&snapshot), not_checked(&snapshot));
    let stack_name = snapshot.stack_name.as_str();
    let spotmanager_stack = wanted.spotmanager_stack.as_deref();
    match output {
        Output::Json => {
            let document = Document::of(stack_name, spotmanager_stack, &findings);
            print_json(&document.with_chain(&chain, &not_checked))?;
        }
        Output::Table => print(Report {
            stack_name,
            spotmanager_stack,
            findings: &findings,
            chain: &chain,
            not_checked: &not_checked,
        })?,
    }
    let has_errors = findings
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    Ok(if has_errors {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

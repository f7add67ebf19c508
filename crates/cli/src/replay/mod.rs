//! `spotmanager replay`: the events that lie in the dead-letter queue, handed to *start* again.

mod consent;
mod document;
mod letter;
mod letters;
mod report;
mod request;
mod target;

use std::process::ExitCode;

use anyhow::Result;
use console::style;
use jiff::Timestamp;
use spotmanager_aws::SdkConfig;

use crate::{
    account::Account,
    arguments::{Output, Replay},
    interrupt::{Interrupt, Interrupted},
    print::{print, print_error, print_json},
    question::ask,
};
use consent::Consent;
use document::Document;
use letters::Letters;
use report::Report;
use target::Target;

/// What became of a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    /// The letters were to be listed only.
    Listed,
    /// The person at the terminal said no.
    Declined,
    /// Every letter was tried.
    Replayed,
    /// A call failed, or Ctrl-C ended it.
    Stopped,
}

/// Receives all dead letters, replays them if that is wanted, and puts back what stays.
pub(crate) async fn run(config: &SdkConfig, wanted: &Replay, output: Output) -> Result<ExitCode> {
    let consent = Consent::of(wanted)?;
    let stack_name = wanted.spotmanager_stack.as_str();
    let target = Target::find(config, stack_name).await?;
    let mut letters = Letters::new(config, target);
    // What is received is hidden from everybody else, so Ctrl-C has to put it back.
    let mut interrupt = Interrupt::listen().await?;
    let work = Box::pin(replay(config, &mut letters, wanted, consent));
    let ended = match interrupt.or(work).await {
        Some(ended) => ended,
        None => Ok(None),
    };
    put_back(&letters).await;
    // Of a queue that was not read to its end there is nothing to say.
    if let Some(more_messages) = letters.more_messages {
        let outcome = match &ended {
            Ok(Some(outcome)) => *outcome,
            Ok(None) | Err(_) => Outcome::Stopped,
        };
        let report = Report {
            stack_name,
            now: Timestamp::now(),
            letters: &letters.all,
            more_messages,
        };
        match output {
            Output::Json => print_json(&Document::of(&report, outcome))?,
            Output::Table => print(&report)?,
        }
    }
    let remaining = letters
        .all
        .iter()
        .filter(|(_, fate)| !fate.is_deleted())
        .count();
    match ended? {
        None => {
            Err(Interrupted::leaving(format!("{remaining} dead letters stay in the queue")).into())
        }
        Some(Outcome::Replayed) if remaining > 0 => Ok(ExitCode::FAILURE),
        Some(_) => Ok(ExitCode::SUCCESS),
    }
}

/// What came of it; `None` after Ctrl-C at the question.
async fn replay(
    config: &SdkConfig,
    letters: &mut Letters,
    wanted: &Replay,
    consent: Consent,
) -> Result<Option<Outcome>> {
    letters.receive().await?;
    match consent {
        Consent::Listed => return Ok(Some(Outcome::Listed)),
        Consent::Given => {}
        Consent::Asked if letters.all.is_empty() => {}
        Consent::Asked => {
            let stack_name = wanted.spotmanager_stack.as_str();
            let account = Account::read(config).await?;
            print_error(Report {
                stack_name,
                now: Timestamp::now(),
                letters: &letters.all,
                more_messages: 0,
            });
            let count = match letters.all.len() {
                1 => "this dead letter".to_owned(),
                count => format!("these {count} dead letters"),
            };
            match ask(&format!("Replay {count} in {account}?"))? {
                Some(true) => {}
                Some(false) => return Ok(Some(Outcome::Declined)),
                None => return Ok(None),
            }
        }
    }
    letters.replay(wanted.discard_notices).await?;
    Ok(Some(Outcome::Replayed))
}

/// Shows everybody again what stays in the queue.
async fn put_back(letters: &Letters) {
    if let Some((hidden, why)) = letters.put_back().await {
        let warning = style("warning:").for_stderr().yellow().bold();
        print_error(format_args!(
            "{warning} {hidden} dead letters stay hidden for 15 minutes: {why}\n"
        ));
    }
}

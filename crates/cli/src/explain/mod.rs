//! `spotmanager explain`: an execution told, once or while it runs.

mod document;
mod find;
mod follow;

use anyhow::{Context, Result};
use console::{style, user_attended};
use spotmanager_aws::{SdkConfig, execution_history::read_history, executions::Client};

use crate::{
    Story,
    arguments::{Explain, Output},
    print::{print, print_error, print_json, print_to_reader},
    runbook,
};
use follow::until_it_ends;

pub(crate) use document::Document;
pub(crate) use follow::Follower;

pub(crate) async fn run(config: &SdkConfig, wanted: &Explain, output: Output) -> Result<()> {
    let client = Client::new(config);
    // Boxed here and elsewhere, for the SDK's futures are nested deeper than the compiler follows.
    let arn = Box::pin(find::execution_arn(config, &client, wanted)).await?;
    let is_told_live = wanted.follow && output == Output::Table;
    let history = if wanted.follow {
        let mut follower = Follower::default();
        let followed = until_it_ends(&client, &arn, |history| {
            if is_told_live {
                print_to_reader(follower.news(history))?;
            }
            Ok(())
        });
        Box::pin(followed).await
    } else {
        read_history(&client, &arn).await.map_err(Into::into)
    };
    let history = history.with_context(|| format!("cannot read {arn}"))?;
    match output {
        Output::Json => print_json(&Document::of(&history))?,
        Output::Table => {
            let mut story = Story::of(&history).with_chart(user_attended());
            if is_told_live {
                story = story.without_steps();
            }
            print(story)?;
            if let Some(text) = history.error.as_deref().and_then(runbook::hint) {
                let hint = style("hint:").for_stderr().cyan().bold();
                print_error(format_args!("{hint} {text}\n"));
            }
        }
    }
    Ok(())
}

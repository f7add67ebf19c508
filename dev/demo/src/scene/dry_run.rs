//! What would be done, and is not.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use spotmanager_cli::Story;

use super::{
    PATIENCE,
    market::{self, CHEAP},
    no_more_jobs::empty,
};
use crate::{
    groups::{self, Sizes},
    progress::during,
    stage::Stage,
};

/// An execution is started by hand, with the setting that only this run has.
pub(super) async fn dry_run(stage: &Stage<'_>) -> Result<String> {
    market::set(stage, CHEAP, true);
    empty(stage).await?;
    let before = Sizes::now(stage).await?;
    let input = json!({"stack_name": stage.workers.stack.name, "settings": {"dry_run": true}});
    println!("input: {input}");
    let history = during(
        "an execution is started by hand",
        stage.spot_manager.executions.run(&input, PATIENCE),
    )
    .await?;
    let after = Sizes::now(stage).await?;
    print!("{}", Story::of(&history));
    println!("{}", groups::table(stage, before, after).trim_fmt());
    let call = history
        .output_of("ScaleUp")
        .and_then(|output| output.get("would_call"))
        .context("the execution tells no call")?;
    println!("would call: {call}");
    ensure!(before == after, "{before:?} became {after:?}");
    Ok(history.arn)
}

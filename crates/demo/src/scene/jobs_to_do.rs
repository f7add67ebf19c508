//! A job comes, and an execution answers the alarm.

use anyhow::{Context, Result, ensure};
use spotmanager_cli::Story;
use spotmanager_deployment::GroupSize;

use super::PATIENCE;
use crate::{
    groups::{self, Sizes},
    progress::during,
    stage::Stage,
};

/// What becomes of a job when spot is cheap and cannot be had.
pub(super) const NO_SPOT_CAPACITY: Expected = Expected {
    reason: "SPOT_WITHIN_LIMIT",
    visited: &["StandDownSpot"],
    in_service: (0, 1),
};

/// How an execution should go and end.
pub(super) struct Expected {
    pub(super) reason: &'static str,
    pub(super) visited: &'static [&'static str],
    /// Instances in service, spot and on-demand.
    pub(super) in_service: (usize, usize),
}

/// A job is sent; the alarm sees it, and an execution answers the alarm.
pub(super) async fn jobs_to_do(stage: &Stage, expected: Expected) -> Result<String> {
    let before = Sizes::now(stage).await?;
    let history = during(
        "a job is sent, the alarm rises, an execution answers it",
        stage
            .spot_manager
            .executions
            .answer_to_job(&stage.workers.queue, PATIENCE),
    )
    .await?;
    let after = Sizes::now(stage).await?;
    print!("{}", Story::of(&history));
    println!("{}", groups::table(stage, before, after).trim_fmt());

    ensure!(
        history.status == "SUCCEEDED",
        "the execution {}",
        history.status
    );
    let reason = history
        .output_of("Evaluate")
        .and_then(|output| output.pointer("/verdict/reason")?.as_str())
        .context("the execution made no decision")?;
    ensure!(
        reason == expected.reason,
        "the reason is {reason} instead of {}",
        expected.reason
    );
    for state in expected.visited {
        ensure!(
            history.states().contains(state),
            "the execution did not visit {state}"
        );
    }
    let (spot, on_demand) = expected.in_service;
    let wanted = Sizes {
        spot: GroupSize::settled(spot),
        on_demand: GroupSize::settled(on_demand),
    };
    ensure!(
        after == wanted,
        "the groups are {after:?} instead of {wanted:?}"
    );
    Ok(history.arn)
}

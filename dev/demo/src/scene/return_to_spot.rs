//! Spot takes over from on-demand when it is worth it again.

use anyhow::{Result, bail};
use spotmanager_testbed::ExecutionHistory;

use super::{
    PATIENCE,
    expected::{Expected, ON_DEMAND},
    jobs_to_do::one_job,
    market::{self, CHEAP, DEAR},
};
use crate::{groups::Sizes, needs::Needs, progress::during, stage::Stage};

pub(super) const NEEDS: Needs = Needs {
    workers: "return-to-spot",
    instance_type: "g6.xlarge",
    parameters: &[("ReturnToSpot", "on")],
    ..Needs::USUAL
};

/// How many looks of the schedule may pass, of which some come before the price falls.
const LOOKS: usize = 6;

const RETURNED: Expected = Expected {
    reason: "SPOT_WITHIN_LIMIT",
    visited: &["ScaleDownOnDemand", "ReturnedToSpot"],
    in_service: (1, 0),
};

/// A job comes while spot is dear; the price falls, and the schedule's next look sees it.
pub(super) async fn return_to_spot(stage: &Stage<'_>) -> Result<String> {
    let known = stage.spot_manager.executions.list().await?;
    one_job(stage, DEAR, true, &ON_DEMAND).await?;
    let before = Sizes::now(stage).await?;
    market::set(stage, CHEAP, true);
    let history = during(
        "the price falls, the schedule looks every 15 minutes (18 s here), spot takes over",
        returned(stage, known),
    )
    .await?;
    RETURNED.check(stage, &history, before).await?;
    Ok(history.arn)
}

/// Waits for the first look that chooses spot; those before the price fell leave all as it is.
async fn returned(stage: &Stage<'_>, mut known: Vec<String>) -> Result<ExecutionHistory> {
    let executions = &stage.spot_manager.executions;
    for _ in 0..LOOKS {
        let look = executions
            .answer_to_event("/purpose", &known, PATIENCE)
            .await?;
        let choice = look
            .output_of("Evaluate")
            .and_then(|output| output.pointer("/verdict/choice")?.as_str());
        if choice == Some("spot") {
            return Ok(look);
        }
        known.push(look.arn);
    }
    bail!("none of {LOOKS} looks chose spot")
}

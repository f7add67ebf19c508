//! Spot could not be had minutes ago.

use anyhow::Result;

use super::{
    expected::{Expected, NO_SPOT_CAPACITY},
    jobs_to_do::one_job,
    market::CHEAP,
};
use crate::stage::Stage;

const ON_DEMAND_AT_ONCE: Expected = Expected {
    reason: "RECENT_LAUNCH_FAILURES",
    visited: &[],
    in_service: (0, 1),
};

/// After a job that finds no spot capacity another one comes, which does not look for it.
pub(super) async fn recent_failures(stage: &Stage<'_>) -> Result<String> {
    println!("First a job that finds no spot capacity:");
    one_job(stage, CHEAP, false, &NO_SPOT_CAPACITY).await?;
    let history = one_job(stage, CHEAP, false, &ON_DEMAND_AT_ONCE).await?;
    Ok(history.arn)
}

//! One alarm for more jobs than one instance should have before it.

use anyhow::Result;

use super::{
    expected::Expected,
    jobs_to_do::jobs_to_do,
    market::{self, CHEAP},
    no_more_jobs::empty,
};
use crate::{needs::Needs, stage::Stage};

pub(super) const NEEDS: Needs = Needs {
    workers: "more-than-one",
    instance_type: "g4dn.2xlarge",
    max_size: "2",
    parameters: &[("QueueLogicalId", "queueJobs")],
};

/// Of which ten may wait for each instance: three instances, of which the spot group takes two.
const JOBS: usize = 25;

const UNTIL_THE_TARGET: Expected = Expected {
    reason: "BACKLOG_AT_TARGET",
    visited: &["NothingToDo"],
    in_service: (2, 1),
};

/// Many jobs are sent at once, and all instances are asked for at once: on-demand for what spot has no
/// room for.
pub(super) async fn more_than_one(stage: &Stage<'_>) -> Result<String> {
    market::set(stage, CHEAP, true);
    empty(stage).await?;
    let history = jobs_to_do(stage, JOBS, &UNTIL_THE_TARGET).await?;
    Ok(history.arn)
}

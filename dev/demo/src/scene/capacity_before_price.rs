//! The cheapest zone is the one where EC2 is least likely to have capacity.

use anyhow::{Result, ensure};

use super::{
    expected::SPOT,
    jobs_to_do::one_job,
    market::{CHEAP, ZONES},
};
use crate::{needs::Needs, stage::Stage};

pub(super) const NEEDS: Needs = Needs {
    workers: "capacity-before-price",
    instance_type: "g5.xlarge",
    parameters: &[("MinimumPlacementScore", "5")],
    ..Needs::USUAL
};

/// A placement score for each of [`ZONES`], of which the first is the cheapest.
const SCORES: [u8; 3] = [2, 8, 4];
/// The only one whose score is high enough.
const CHOSEN: &str = ZONES[1];

/// A job is sent; of the zones the one decides whose placement score is high enough.
pub(super) async fn capacity_before_price(stage: &Stage<'_>) -> Result<String> {
    let market = stage.cloud.local.market();
    for (zone, score) in ZONES.into_iter().zip(SCORES) {
        market.set_placement_score(stage.instance_type, zone, score);
    }
    let history = one_job(stage, CHEAP, true, &SPOT).await?;
    let decided = history
        .output_of("Evaluate")
        .and_then(|output| output.pointer("/cheapest/availability_zone")?.as_str());
    ensure!(
        decided == Some(CHOSEN),
        "{decided:?} decided instead of {CHOSEN}"
    );
    Ok(history.arn)
}

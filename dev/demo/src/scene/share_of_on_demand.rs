//! Spot may cost a share of the on-demand price at most.

use anyhow::{Result, ensure};
use rust_decimal::Decimal;

use super::{
    expected::{Expected, SPOT},
    jobs_to_do::one_job,
    market::{CHEAP, Cents},
};
use crate::{needs::Needs, stage::Stage};

pub(super) const NEEDS: Needs = Needs {
    workers: "share-of-on-demand",
    instance_type: "g4ad.xlarge",
    parameters: &[("MaximumPercentOfOnDemand", "60")],
    ..Needs::USUAL
};

/// Averages of 24 cents and more: below the limit, and above 60 % of 37.853 cents.
const ABOVE_THE_SHARE: Cents = [28, 28, 29];

const TOO_DEAR: Expected = Expected {
    reason: "SPOT_ABOVE_ON_DEMAND_SHARE",
    visited: &[],
    in_service: (0, 1),
};

/// A job comes while spot costs more than its share, and another one when it costs less.
pub(super) async fn share_of_on_demand(stage: &Stage<'_>) -> Result<String> {
    let market = stage.cloud.local.market();
    // USD per instance-hour.
    market.set_on_demand_price(stage.instance_type, Decimal::new(37_853, 5));
    one_job(stage, ABOVE_THE_SHARE, true, &TOO_DEAR).await?;
    println!("Then spot gets cheaper:");
    let history = one_job(stage, CHEAP, true, &SPOT).await?;
    let saving = history
        .output_of("Evaluate")
        .and_then(|output| output.get("saving_usd_per_hour"));
    ensure!(saving.is_some(), "the execution tells no saving");
    Ok(history.arn)
}

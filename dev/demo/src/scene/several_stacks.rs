//! One deployment serves two stacks, of which one pays less for spot.

use anyhow::Result;
use spotmanager_testbed::Workers;

use super::{
    expected::{ON_DEMAND, SPOT},
    jobs_to_do::one_job,
    market::CHEAP,
};
use crate::{needs::Needs, progress::during, stage::Stage};

/// The second stack, whose alarm tells the first one's topic.
const STRICT: &str = "several-stacks-strict";

pub(super) const NEEDS: Needs = Needs {
    workers: "several-stacks",
    instance_type: "g5.4xlarge",
    parameters: &[
        ("StackNameFrom", "alarm-tags"),
        ("FurtherStacks", "several-stacks-*"),
        (
            "WorkerPairs",
            r#"[{"stack_name":"several-stacks-strict","settings":{"maximum_spot_price_usd":"0.10"}}]"#,
        ),
    ],
    ..Needs::USUAL
};

/// A job comes in each stack; the alarm's own tags tell in which.
pub(super) async fn several_stacks(stage: &Stage<'_>) -> Result<String> {
    one_job(stage, CHEAP, true, &SPOT).await?;
    let cloud = stage.cloud;
    let workers = during(
        &format!("deploy a second stack of workers, {STRICT}, that pays at most 0.10 USD"),
        Workers::deploy(
            &cloud.config,
            &cloud.checkout,
            STRICT,
            stage.spot_manager.jobs_topic_arn()?,
            &[("InstanceType", stage.instance_type)],
        ),
    )
    .await?;
    let strict = Stage {
        cloud,
        spot_manager: stage.spot_manager.clone(),
        workers,
        instance_type: stage.instance_type,
    };
    Ok(one_job(&strict, CHEAP, true, &ON_DEMAND).await?.arn)
}

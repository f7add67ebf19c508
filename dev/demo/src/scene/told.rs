//! A subscriber of the notifications topic receives every decision, fallback and outcome.

use anyhow::Result;
use serde_json::Value;
use spotmanager_testbed::Inbox;

use super::{PATIENCE, expected::NO_SPOT_CAPACITY, jobs_to_do::one_job, market::CHEAP};
use crate::{needs::Needs, stage::Stage};

pub(super) const NEEDS: Needs = Needs {
    workers: "told",
    instance_type: "g4dn.4xlarge",
    ..Needs::USUAL
};

/// A job comes, spot cannot be had, and the three events arrive.
pub(super) async fn told(stage: &Stage<'_>) -> Result<String> {
    let topic_arn = stage.spot_manager.stack.output("NotificationsTopicArn")?;
    let inbox = Inbox::subscribe(&stage.cloud.config, topic_arn).await?;
    let history = one_job(stage, CHEAP, false, &NO_SPOT_CAPACITY).await?;
    for detail_type in [
        "SpotManager Decision",
        "SpotManager Fallback",
        "SpotManager Outcome",
    ] {
        let is_told = |event: &Value| {
            event["detail-type"] == detail_type
                && event["detail"]["execution_arn"] == history.arn.as_str()
        };
        let event = inbox.next(PATIENCE, is_told).await?;
        println!("{detail_type}: {}", event["detail"]);
    }
    Ok(history.arn)
}

//! What somebody hears who subscribes to a topic of the shared SpotManager.

use anyhow::Result;
use spotmanager_testbed::{Inbox, Stage};

/// Subscribes to the topic whose ARN is this output of the stack.
pub(crate) async fn inbox(stage: &Stage, output: &str) -> Result<Inbox> {
    let topic_arn = stage.spot_manager().await?.stack.output(output)?;
    Inbox::subscribe(&stage.config, topic_arn).await
}

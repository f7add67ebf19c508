//! `notifications`: EventBridge publishes under a role, on which AWS's pages disagree.

use super::inbox;
use crate::{error::VerifyError, report::Finding, stage::Stage};

pub(super) async fn check(stage: &mut Stage) -> Result<Finding, VerifyError> {
    match &stage.deployed {
        Some(deployed) => inbox::decision(stage, deployed).await,
        None => Ok(Finding::NotRun("nothing is deployed".to_owned())),
    }
}

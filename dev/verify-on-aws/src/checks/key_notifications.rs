//! `key-notifications`: the case that one of AWS's pages warns of.

use super::notifications;
use crate::{error::VerifyError, report::Finding, stage::Stage};

pub(super) async fn check(stage: &mut Stage) -> Result<Finding, VerifyError> {
    if stage.key_arn.is_none() {
        return Ok(Finding::NotRun("there is no key".to_owned()));
    }
    notifications::check(stage).await
}

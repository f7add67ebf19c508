//! `launch-token`: the call of `launch-instances` once more, and then with another count.

use super::launches::{ids, launch, still, summary};
use crate::{error::VerifyError, report::Finding, stage::Stage};

/// What AWS answers if a token comes with other parameters.
const MISMATCH: &str = "IdempotentParameterMismatch";

pub(super) async fn check(stage: &mut Stage) -> Result<Finding, VerifyError> {
    let Some(first) = stage.launch.clone() else {
        return Ok(Finding::NotRun("nothing was launched".to_owned()));
    };
    let again = launch(stage, &first.call).await;
    let mut other = first.call.clone();
    other.requested_capacity += 1;
    let mismatch = launch(stage, &other).await;
    let desired = still(stage, &first.call.auto_scaling_group_name, 1).await?;
    let seen = format!(
        "again: {}; with another count: {}; DesiredCapacity {desired}",
        summary(&again),
        summary(&mismatch)
    );
    let is_replayed = again.is_ok_and(|again| ids(&again) == ids(&first.answer));
    let is_refused = mismatch.is_err_and(|error| error.code == MISMATCH);
    Ok(if is_replayed && is_refused && desired == 1 {
        Finding::Held(seen)
    } else {
        Finding::DidNotHold(seen)
    })
}

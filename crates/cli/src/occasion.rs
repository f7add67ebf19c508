//! What an execution was started for, where no alarm and no hand did it.

use serde::Deserialize;
use spotmanager_aws::execution_history::ExecutionHistory;
use spotmanager_contract::{CapacityLoss, ExecutionInput, LossKind, Purpose};

/// The loss or the purpose that its input tells.
pub(crate) fn sentence(history: &ExecutionHistory) -> Option<String> {
    let input = ExecutionInput::deserialize(&history.input).ok()?;
    if let Some(loss) = &input.loss {
        return Some(format!("loss: {}", told(loss)));
    }
    match input.purpose {
        Purpose::ScaleUp => None,
        Purpose::ReturnToSpot => Some("purpose: return to spot".to_owned()),
    }
}

fn told(loss: &CapacityLoss) -> String {
    let kind = match loss.kind {
        LossKind::InterruptionWarning => "interruption warning for",
        LossKind::RebalanceRecommendation => "rebalance recommendation for",
        LossKind::LaunchUnsuccessful => "launch unsuccessful in",
        LossKind::InstanceGone => "the group has replaced or replaces",
    };
    let group = &loss.auto_scaling_group_name;
    let of = loss.instance_id.as_ref().unwrap_or(group);
    let pool = loss
        .pool
        .as_ref()
        .map(|pool| format!(", {} in {}", pool.instance_type, pool.availability_zone))
        .unwrap_or_default();
    format!("{kind} {of}{pool}, at {:.0}", loss.time)
}

//! What EventBridge tells of spot capacity, and its scheduler.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use spotmanager_domain::LossKind;
use spotmanager_function::{EventError, read_event};

/// An event of EventBridge, as far as *start* looks at it.
/// See <https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html>.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ServiceEvent {
    /// Its id, the same however often it is delivered.
    pub id: String,
    /// What it tells, such as `EC2 Spot Instance Interruption Warning`.
    pub detail_type: String,
    /// When it happened, UTC.
    pub time: Timestamp,
    /// The scheduler writes it as a string.
    #[serde(default)]
    detail: Value,
}

/// What an event asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Asked {
    /// To look whether spot can take over again.
    ReturnToSpot,
    /// To replace an instance that EC2 takes back, or may.
    Replace {
        /// What EC2 told.
        kind: LossKind,
        /// The instance.
        instance_id: String,
    },
    /// To look after a group that could not launch.
    LookAfter {
        /// The group.
        auto_scaling_group_name: String,
        /// The scaling activity that failed.
        activity_id: String,
    },
    /// Nothing, with what the event is.
    Nothing(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Instance {
    instance_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Launch {
    auto_scaling_group_name: String,
    activity_id: String,
}

impl ServiceEvent {
    /// Whether an event of the function is one of EventBridge.
    pub(crate) fn is(event: &Value) -> bool {
        event.get("detail-type").is_some()
    }

    /// What the event asks for.
    pub(crate) fn asked(&self) -> Result<Asked, EventError> {
        let replace = |kind| {
            let Instance { instance_id } = read_event(&self.detail)?;
            Ok(Asked::Replace { kind, instance_id })
        };
        match self.detail_type.as_str() {
            "Scheduled Event" => Ok(Asked::ReturnToSpot),
            "EC2 Spot Instance Interruption Warning" => replace(LossKind::InterruptionWarning),
            "EC2 Instance Rebalance Recommendation" => replace(LossKind::RebalanceRecommendation),
            "EC2 Instance Launch Unsuccessful" => {
                let launch: Launch = read_event(&self.detail)?;
                Ok(Asked::LookAfter {
                    auto_scaling_group_name: launch.auto_scaling_group_name,
                    activity_id: launch.activity_id,
                })
            }
            other => Ok(Asked::Nothing(format!(
                "{other:?} tells of no spot capacity"
            ))),
        }
    }
}

//! What an execution is started with, and how its steps refer to it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::SettingsOverride;

/// The input of an execution: from the start function, or by hand as `{"stack_name": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExecutionInput {
    /// The CloudFormation stack with the two Auto Scaling groups.
    pub stack_name: String,
    /// What this run does otherwise than the deployment's parameters say.
    #[serde(default, skip_serializing_if = "SettingsOverride::is_empty")]
    pub settings: SettingsOverride,
    /// The alarm that started it; absent when started by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarm: Option<AlarmEvent>,
}

/// The alarm's transition that an execution answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmEvent {
    /// The alarm's name.
    pub alarm_name: String,
    /// The alarm's ARN; some regions' older messages have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarm_arn: Option<String>,
    /// When the alarm changed its state, as the message wrote it.
    pub state_change_time: String,
    /// Why, in CloudWatch's words.
    pub new_state_reason: String,
    /// The topic that delivered it.
    pub topic_arn: String,
}

/// The execution that a step belongs to, from the context object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Execution {
    /// The execution's name.
    pub name: String,
    /// When it began, UTC.
    pub started_at: Timestamp,
}

//! What *scale* launched at once, as its output has it.

use serde::{Deserialize, Serialize};

use crate::Market;

/// What one group launched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupLaunched {
    /// The group's market.
    pub market: Market,
    /// The group.
    pub auto_scaling_group_name: String,
    /// DesiredCapacity without what is counted on, in instances or units.
    pub baseline_capacity: i32,
    /// How much is counted on: what came, or what the group asks for, in instances or units.
    pub asked: i32,
    /// What came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<LaunchedInstances>,
    /// Why there is no more of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<LaunchError>,
    /// What DesiredCapacity was lowered to, because it had risen beyond what came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowered_to: Option<i32>,
}

/// Instances of one type and zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchedInstances {
    /// Such as `us-east-1a`.
    pub availability_zone: String,
    /// Such as `g4dn.xlarge`.
    pub instance_type: String,
    /// Their ids.
    pub instance_ids: Vec<String>,
}

/// Why a zone brought less than it was asked for, or a group nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchError {
    /// Such as `us-east-1a`; absent if the call was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability_zone: Option<String>,
    /// Such as `g4dn.xlarge`; absent if all are concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<String>,
    /// AWS's code, such as `InsufficientInstanceCapacity`.
    pub code: String,
    /// What AWS says, shortened.
    pub message: String,
}

//! The resources of a stack that settings name: its groups and its queue.

use spotmanager_domain::Settings;

/// The type of an Auto Scaling group.
pub const AUTO_SCALING_GROUP: &str = "AWS::AutoScaling::AutoScalingGroup";
/// The type of an SQS queue.
pub const QUEUE: &str = "AWS::SQS::Queue";

/// A resource that a setting names.
#[derive(Clone, Copy, Debug)]
pub struct ResourceSetting<'a> {
    /// The setting.
    pub(crate) field: &'static str,
    /// The logical id, nested stacks' ids before it with a `/`.
    pub(crate) logical_id: &'a str,
    /// What it should be.
    pub(crate) resource_type: &'static str,
}

impl<'a> ResourceSetting<'a> {
    /// The spot group.
    #[must_use]
    pub fn spot_group(settings: &'a Settings) -> Self {
        Self {
            field: "spot_group_logical_id",
            logical_id: &settings.spot_group_logical_id,
            resource_type: AUTO_SCALING_GROUP,
        }
    }

    /// The on-demand group.
    #[must_use]
    pub fn on_demand_group(settings: &'a Settings) -> Self {
        Self {
            field: "on_demand_group_logical_id",
            logical_id: &settings.on_demand_group_logical_id,
            resource_type: AUTO_SCALING_GROUP,
        }
    }

    /// The queue that the jobs wait in; `None` where the settings name none.
    #[must_use]
    pub fn queue(settings: &'a Settings) -> Option<Self> {
        let logical_id = settings.queue_logical_id.as_str();
        (!logical_id.is_empty()).then_some(Self {
            field: "queue_logical_id",
            logical_id,
            resource_type: QUEUE,
        })
    }
}

/// A resource that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedResource {
    /// The setting that names it.
    pub field: &'static str,
    /// The logical id with the nested stacks' ids before it.
    pub path: String,
    /// The group's name, or the queue's URL.
    pub physical_id: String,
}

/// A resource of a type that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedResource {
    /// The logical id with the nested stacks' ids before it.
    pub path: String,
    /// Its name, ARN or URL, as CloudFormation has it.
    pub physical_id: String,
}

//! What instances are launched with.

/// What a group launches with, as far as the decision looks at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LaunchSettings {
    /// The instance type, where one is named.
    pub instance_type: Option<String>,
    /// Whether it has `InstanceRequirements`, by which Auto Scaling chooses among instance types.
    pub has_instance_requirements: bool,
    /// The image as it stands there: an id, or a name that EC2 resolves.
    pub image_id: Option<String>,
    /// The instance profile as it stands there: a name, or an ARN; not read of a launch
    /// configuration.
    pub instance_profile: Option<String>,
    /// Whether it asks for spot.
    pub is_spot: bool,
    /// The maximum spot price as it stands there, USD per instance-hour.
    pub maximum_price: Option<String>,
}

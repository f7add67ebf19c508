//! What the functions count, in CloudWatch's embedded metric format.
//! See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html>.

/// The namespace of all metrics.
pub const NAMESPACE: &str = "SpotManager";

/// Verdicts, by [`STACK`], [`SPOT_GROUP`], [`VERDICT`] and [`REASON`].
pub const DECISIONS: &str = "Decisions";
/// A pool's average, USD per instance-hour, by [`STACK`], [`SPOT_GROUP`], [`INSTANCE_TYPE`] and
/// [`AVAILABILITY_ZONE`].
pub const SPOT_PRICE: &str = "SpotPrice";
/// What the average must not exceed, USD per instance-hour, by [`STACK`] and [`SPOT_GROUP`].
pub const SPOT_PRICE_LIMIT: &str = "SpotPriceLimit";
/// What spot costs less than on-demand, USD per instance-hour, once for each spot instance that
/// arrived, by [`STACK`] and [`SPOT_GROUP`].
pub const SAVING: &str = "SavingPerHour";
/// Spot groups that were stood down for on-demand, by [`STACK`] and [`SPOT_GROUP`].
pub const FALLBACKS: &str = "Fallbacks";
/// From the round's start to capacity in service, by [`STACK`], [`SPOT_GROUP`] and [`MARKET`].
pub const SECONDS_TO_CAPACITY: &str = "SecondsToCapacity";

/// Dimension: the CloudFormation stack.
pub const STACK: &str = "Stack";
/// Dimension: the logical id of the spot group, which tells the pairs of a stack apart.
pub const SPOT_GROUP: &str = "SpotGroup";
/// Dimension: `spot`, `on_demand` or `nothing`.
pub const VERDICT: &str = "Verdict";
/// Dimension: the reason's code.
pub const REASON: &str = "Reason";
/// Dimension: `spot` or `on_demand`.
pub const MARKET: &str = "Market";
/// Dimension: such as `g4dn.xlarge`.
pub const INSTANCE_TYPE: &str = "InstanceType";
/// Dimension: such as `eu-west-1a`.
pub const AVAILABILITY_ZONE: &str = "AvailabilityZone";

//! What the functions count, in CloudWatch's embedded metric format.
//! See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html>.
//!
//! A row is all that is to be written of a metric. `cargo xtask reference` makes of it the tables in
//! `docs/reference/outcomes.md` and `docs/cost.md`, and holds the dashboards against it.

/// The namespace of all metrics.
pub const NAMESPACE: &str = "SpotManager";

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

/// A metric as the catalogue has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name in [`NAMESPACE`].
    pub name: &'static str,
    /// What its values are in.
    pub unit: &'static str,
    /// The names of its dimensions; it has a series for each combination of their values.
    pub dimensions: &'static [&'static str],
    /// What it counts.
    pub meaning: &'static str,
}

macro_rules! metrics {
    ($(
        $(#[doc = $meaning:literal])+
        $metric:ident = $name:literal, in $unit:literal, by [$($dimension:ident),+];
    )+) => {
        $(
            $(#[doc = $meaning])+
            pub const $metric: &str = $name;
        )+

        /// Every metric that there is.
        pub const ALL: &[Metric] = &[$(Metric {
            name: $metric,
            unit: $unit,
            dimensions: &[$($dimension),+],
            meaning: concat!($($meaning),+).trim_ascii(),
        },)+];
    };
}

metrics! {
    /// Verdicts of *evaluate*. `EVALUATION_FAILED` is not among them, nor is `NOTHING_ON_DEMAND`, which
    /// records no metric at all.
    DECISIONS = "Decisions", in "verdicts", by [STACK, SPOT_GROUP, VERDICT, REASON];
    /// A pool's average.
    SPOT_PRICE = "SpotPrice", in "USD per instance-hour",
        by [STACK, SPOT_GROUP, INSTANCE_TYPE, AVAILABILITY_ZONE];
    /// What the average must not exceed, for a unit of capacity if the group weighs its instance types.
    SPOT_PRICE_LIMIT = "SpotPriceLimit", in "USD per instance-hour or unit-hour",
        by [STACK, SPOT_GROUP];
    /// What a spot instance that arrived costs less than on-demand by the decision's prices: once for
    /// each such instance, or once for a scale-up if the group weighs its instance types. In a return
    /// to spot it is counted once an on-demand instance goes. A decision counts nothing, nor does a
    /// price that is not known.
    SAVING = "SavingPerHour", in "USD per instance-hour", by [STACK, SPOT_GROUP];
    /// Spot groups that were stood down for on-demand.
    FALLBACKS = "Fallbacks", in "spot groups", by [STACK, SPOT_GROUP];
    /// The time from the round's start to capacity in service. Its number of samples is how many
    /// scale-ups arrived, by market.
    SECONDS_TO_CAPACITY = "SecondsToCapacity", in "seconds", by [STACK, SPOT_GROUP, MARKET];
}

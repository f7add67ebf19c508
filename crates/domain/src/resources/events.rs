//! What invokes something on an event or by the clock: a rule of EventBridge, and a schedule.

/// A rule of EventBridge.
/// See <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html>.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventRule {
    /// Its ARN, by which a function's policy lets it in.
    pub arn: String,
    /// `ENABLED`, `DISABLED` or `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`.
    pub state: String,
    /// The events that it takes, a JSON document; empty for a rule that goes by the clock.
    pub event_pattern: String,
    /// The ARNs of what it invokes.
    pub target_arns: Vec<String>,
    /// The ARNs of the roles under which it does; a target that has a policy of its own needs none.
    pub target_role_arns: Vec<String>,
}

/// A schedule of EventBridge Scheduler.
/// See <https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html>.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// `ENABLED` or `DISABLED`.
    pub state: String,
    /// When it invokes, such as `rate(15 minutes)`.
    pub expression: String,
    /// The time zone of the expression.
    pub timezone: String,
    /// The ARN of what it invokes.
    pub target_arn: String,
    /// The role under which it invokes it.
    pub role_arn: String,
}

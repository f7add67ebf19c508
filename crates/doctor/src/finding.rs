//! What a rule finds.

use std::fmt;

use serde::Serialize;
use strum::VariantArray;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// SpotManager cannot do its work, or others undo it.
    Error,
    /// It works, and not as somebody would wish.
    Warning,
    /// Worth knowing.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// A rule's code, which stays the same for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, VariantArray)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Rule {
    /// There is no such stack.
    StackNotFound,
    /// A logical id names no resource, several, or one of another type.
    ResourceNotFound,
    /// CloudFormation names a group that Auto Scaling does not know.
    GroupNotFound,
    /// A group has no scale-up policy of the name.
    PolicyNotFound,
    /// The scale-up policies all hang on one group.
    PolicyOnOtherGroup,
    /// Several scale-up policies of a group have the name.
    AmbiguousPolicy,
    /// A scale-up policy cannot be executed or would not add capacity.
    UnusablePolicy,
    /// A setting cannot be used.
    InvalidSetting,
    /// What a group launches cannot be read, or is bought in the other market.
    UnusableLaunchSource,
    /// A group launches with a launch configuration.
    LaunchConfiguration,
    /// The groups launch different instance types.
    InstanceTypesDiffer,
    /// The groups launch into different Availability Zones.
    ZonesDiffer,
    /// The groups have different sizes.
    SizesDiffer,
    /// The groups launch different images.
    ImagesDiffer,
    /// A group may not have an instance.
    MaxSizeZero,
    /// A group names a subnet that is gone.
    SubnetGone,
    /// The spot group launches into one Availability Zone only.
    OneZone,
    /// The spot group has no subnet in an Availability Zone of the region.
    ZoneWithoutSubnet,
    /// A process of a group is suspended.
    ProcessSuspended,
    /// An alarm fires a policy that adds capacity, past SpotManager.
    AlarmScalesUp,
    /// A group scales by a metric of its own.
    ScalesByItself,
    /// No alarm fires a group's scale-down policy.
    ScaleDownNotFired,
    /// Other alarms scale one group down than the other.
    ScaleDownApart,
    /// The on-demand group has no policy for a return to spot.
    NoReturnToSpot,
    /// A group rests for longer than an execution waits.
    CooldownTooLong,
    /// A group rests for longer than an alarm's period.
    CooldownLongerThanPeriod,
    /// The limit is above the on-demand price.
    LimitAboveOnDemand,
    /// The limit is below every price of the last day.
    LimitBelowEveryPrice,
    /// No pool had a price in the last day.
    NoPrices,
    /// Some pools had no price in the last day.
    PoolWithoutPrice,
    /// No alarm tells a topic from which SpotManager reads this stack.
    JobsAlarmMissing,
    /// An alarm of the stack tells a topic from which SpotManager reads another stack.
    AlarmTellsAnotherStack,
    /// An alarm tells another topic than the one that SpotManager hears.
    TopicNotHeard,
    /// An alarm names a topic that does not exist, or the topic of the jobs is gone.
    TopicGone,
    /// The topic is encrypted with a key under which no alarm can publish.
    TopicKeyOfAws,
    /// The topic's policy does not let the alarm publish.
    AlarmMayNotPublish,
    /// The function *start* is not subscribed to the topic.
    SubscriptionMissing,
    /// The subscription is not confirmed.
    SubscriptionNotConfirmed,
    /// The subscription's filter policy drops alarms.
    SubscriptionFilters,
    /// The subscription has no redrive policy.
    SubscriptionWithoutDeadLetters,
    /// The function's policy does not let the topic invoke it.
    TopicMayNotInvoke,
    /// The function *start* does not exist.
    FunctionGone,
    /// The function *start* is not active.
    FunctionNotActive,
    /// The last update of the function *start* failed.
    FunctionUpdateFailed,
    /// The function *start* may not run at all.
    FunctionWithoutConcurrency,
    /// The function *start* starts another state machine than the stack's.
    FunctionStartsAnother,
    /// The state machine does not exist.
    StateMachineGone,
    /// An alarm's actions are disabled.
    ActionsDisabled,
    /// Nothing keeps the queue's metrics awake.
    QueueMetricsSleep,
    /// An alarm that scales down does not count the jobs that workers hold.
    HeldJobsNotCounted,
    /// An alarm takes long to tell.
    SlowAlarm,
    /// A role lacks a permission that it needs, or is gone.
    RoleLacksPermission,
    /// The schedule of the return to spot does not exist.
    ScheduleGone,
    /// The schedule is disabled.
    ScheduleDisabled,
    /// The schedule invokes something other than the function *start*.
    ScheduleTargetsAnother,
    /// The rule for lost capacity does not exist.
    RuleGone,
    /// The rule is disabled.
    RuleDisabled,
    /// The rule does not invoke the function *start*.
    RuleTargetsAnother,
    /// The rule does not take every event of lost capacity.
    RuleMissesEvents,
    /// The function's policy does not let the rule invoke it.
    RuleMayNotInvoke,
    /// A dead-letter queue holds messages.
    DeadLetters,
    /// A dead-letter queue does not exist.
    DeadLetterQueueGone,
    /// The address for operations has not confirmed.
    EmailNotConfirmed,
    /// The address for operations is not subscribed.
    EmailNotSubscribed,
    /// The operations topic or the notifications topic does not exist.
    NotificationTopicGone,
    /// An alarm on failures does not exist.
    FailureAlarmGone,
    /// An alarm on failures does not act on the operations topic.
    FailureAlarmSilent,
    /// The rule that publishes to the notifications topic does not exist.
    NotificationRuleGone,
    /// That rule is disabled or publishes elsewhere.
    NotificationRuleSilent,
    /// Executions of the last day failed, timed out or were aborted.
    ExecutionsFailed,
    /// The stack of the workers is not deployed whole.
    StackNotReady,
    /// There is no such stack of SpotManager.
    SpotmanagerNotFound,
    /// SpotManager's stack is not deployed whole.
    SpotmanagerNotReady,
    /// SpotManager's roles do not reach the stack.
    StackOutOfReach,
    /// SpotManager is not told of the stack.
    StackNotServed,
    /// SpotManager changes nothing.
    DryRun,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Something that was found, with what fixes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The rule that found it.
    pub rule: Rule,
    /// The group, alarm or stack that it is about.
    pub subject: String,
    /// What is so, in a sentence.
    pub problem: String,
    /// What fixes it: a sentence, or a command.
    pub fix: String,
    /// The pair of groups that it is about; absent if it is about the deployment, or about all pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pair: Option<String>,
}

impl Finding {
    pub(crate) fn error(
        rule: Rule,
        subject: impl Into<String>,
        problem: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Error,
            rule,
            subject: subject.into(),
            problem: problem.into(),
            fix: fix.into(),
            pair: None,
        }
    }

    pub(crate) fn warning(
        rule: Rule,
        subject: impl Into<String>,
        problem: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(rule, subject, problem, fix)
        }
    }

    pub(crate) fn note(
        rule: Rule,
        subject: impl Into<String>,
        problem: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Note,
            ..Self::error(rule, subject, problem, fix)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_written_as_reasons_are() {
        assert_eq!(
            Rule::PolicyOnOtherGroup.to_string(),
            "POLICY_ON_OTHER_GROUP"
        );
        assert_eq!(Severity::Error.to_string(), "error");
        let finding = Finding::note(Rule::OneZone, "asgGPUSpot", "One zone.", "Add subnets.");
        let json = serde_json::to_value(finding).unwrap();
        assert_eq!(json["severity"], "note");
        assert_eq!(json["rule"], "ONE_ZONE");
    }

    #[test]
    fn errors_come_first() {
        assert!(Severity::Error < Severity::Warning && Severity::Warning < Severity::Note);
    }
}

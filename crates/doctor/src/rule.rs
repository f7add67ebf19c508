//! The catalogue of rules: what each one finds, and how much that matters.
//!
//! A row is all that is to be written of a code. `cargo xtask reference` makes of it the `enum` in
//! `schemas/doctor.json` and the table in `docs/reference/doctor.md`.

use std::fmt;

use serde::Serialize;
use strum::{EnumMessage, VariantArray};

use crate::severity::Severity;

macro_rules! rules {
    ($(
        $(#[$what:meta])+
        $code:ident: $worst:ident $(or $milder:ident)?;
    )+) => {
        /// A rule's code, which stays the same for scripts.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, EnumMessage, VariantArray,
        )]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum Rule {
            $($(#[$what])+ $code,)+
        }

        impl Rule {
            /// How much its findings matter; the worst first if that depends on what is found.
            #[must_use]
            pub const fn severities(self) -> &'static [Severity] {
                match self {
                    $(Self::$code => &[Severity::$worst, $(Severity::$milder)?],)+
                }
            }

            /// How much its findings matter at worst.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self {
                    $(Self::$code => Severity::$worst,)+
                }
            }
        }
    };
}

rules! {
    /// There is no such CloudFormation stack.
    StackNotFound: Error;
    /// The logical id of a group or the queue names no resource of the stack, several, or one of
    /// another type.
    ResourceNotFound: Error;
    /// CloudFormation names a group that Auto Scaling does not know.
    GroupNotFound: Error;
    /// A group has no scale-up policy of the name.
    PolicyNotFound: Error;
    /// The scale-up policies of the name are all attached to one group.
    PolicyOnOtherGroup: Error;
    /// Several scale-up policies of a group have the name.
    AmbiguousPolicy: Error;
    /// A scale-up policy cannot be executed or would not add capacity.
    UnusablePolicy: Error;
    /// A setting cannot be used.
    InvalidSetting: Error;
    /// What a group launches with is missing, buys in the other market, or names no type or price;
    /// each cause has its own fix.
    UnusableLaunchSource: Error;
    /// A group launches with a launch configuration.
    LaunchConfiguration: Warning;
    /// The groups launch different instance types.
    InstanceTypesDiffer: Warning;
    /// The groups launch into different Availability Zones.
    ZonesDiffer: Warning;
    /// The groups have different sizes.
    SizesDiffer: Warning;
    /// The groups launch different images.
    ImagesDiffer: Warning;
    /// A group's MaxSize is 0, so it may not have an instance.
    MaxSizeZero: Error;
    /// A group names a subnet that does not exist.
    SubnetGone: Error;
    /// The spot group launches into one Availability Zone only.
    OneZone: Warning;
    /// The spot group has no subnet in an Availability Zone of the region.
    ZoneWithoutSubnet: Note;
    /// A process of a group is suspended.
    ProcessSuspended: Error;
    /// Auto Scaling evens out the Availability Zones of a group, which ends instances under their jobs.
    RebalancesZones: Note;
    /// `LaunchBy` is `launch-instances`, and LaunchInstances cannot be called on a group; each cause
    /// has its own fix.
    LaunchInstancesRefused: Warning;
    /// `LaunchBy` is `launch-instances`, and the spot group chooses among its instance types without
    /// regard to price or to capacity.
    AllocationStrategy: Warning;
    /// `LaunchBy` is `launch-instances`, and `LaunchTemplateArns` or `InstanceRoleArns` lacks what the
    /// groups launch with.
    LaunchRightsMissing: Warning;
    /// An alarm fires a policy that adds capacity, in addition to SpotManager.
    AlarmScalesUp: Error;
    /// A policy follows a metric and scales a group, in addition to SpotManager.
    ScalesByItself: Error;
    /// An alarm scales down one group and not the other; `warning` if none scales either.
    ScaleDownNotFired: Error or Warning;
    /// The groups are scaled down by different alarms.
    ScaleDownApart: Note;
    /// A group's cooldown is longer than 600 s, about as long as an execution waits.
    CooldownTooLong: Warning;
    /// A group's cooldown is longer than an alarm's period, and the alarm's execution waits for it
    /// because it executes a policy.
    CooldownLongerThanPeriod: Note;
    /// The limit is above the on-demand price, so spot may cost more than on-demand.
    LimitAboveOnDemand: Warning;
    /// The limit is below every price of the last day.
    LimitBelowEveryPrice: Warning;
    /// EC2 gives no price of the last day for any pool.
    NoPrices: Error;
    /// EC2 gives no price of the last day for some pools.
    PoolWithoutPrice: Note;
    /// No alarm notifies a topic from which SpotManager reads this stack; `note` as long as
    /// SpotManager is not deployed.
    JobsAlarmMissing: Error or Note;
    /// An alarm of the stack notifies a topic from which SpotManager reads another stack.
    AlarmTellsAnotherStack: Error;
    /// An alarm notifies another topic than the one that SpotManager is subscribed to.
    TopicNotHeard: Warning;
    /// An alarm names a topic that does not exist, as after a change of `WorkersStackName` or
    /// `TopicSuffix`, which replaces it; or the topic of the jobs does not exist.
    TopicGone: Error;
    /// The topic is encrypted with `alias/aws/sns`, under which no alarm can publish.
    TopicKeyOfAws: Error;
    /// The topic's policy does not let the alarm publish.
    AlarmMayNotPublish: Error;
    /// The function *start* is not subscribed to the topic.
    SubscriptionMissing: Error;
    /// The subscription is not confirmed.
    SubscriptionNotConfirmed: Error;
    /// The subscription's filter policy drops alarms.
    SubscriptionFilters: Error;
    /// The subscription has no redrive policy, so a message that cannot be delivered is lost.
    SubscriptionWithoutDeadLetters: Warning;
    /// The function's policy does not let the topic invoke it; with a condition `aws:SourceAccount`
    /// it [never does](https://docs.aws.amazon.com/lambda/latest/dg/with-sns-example.html).
    TopicMayNotInvoke: Error;
    /// A function does not exist.
    FunctionGone: Error;
    /// A function is not active.
    FunctionNotActive: Error;
    /// The last update of the function *start* failed, and it runs as before.
    FunctionUpdateFailed: Warning;
    /// A function's reserved concurrency is 0, so it cannot run.
    FunctionWithoutConcurrency: Error;
    /// The function *start* starts another state machine than the stack's.
    FunctionStartsAnother: Error;
    /// The state machine does not exist, or is being deleted.
    StateMachineGone: Error;
    /// An alarm's actions are disabled.
    ActionsDisabled: Error;
    /// The first job after six idle hours may be reported [up to 15 minutes
    /// late](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-monitoring-using-cloudwatch.html):
    /// nothing reads the queue meanwhile, which `QueueLogicalId` with `ReturnToSpot` `on` at a rate
    /// of two hours or less does.
    QueueMetricsSleep: Note;
    /// An alarm scales down under workers that hold jobs: it counts only visible messages, and the
    /// queue's `VisibilityTimeout` is longer than the time that it looks back.
    HeldJobsNotCounted: Warning;
    /// The alarm for jobs takes longer than 300 s to fire; `note` above 60 s.
    SlowAlarm: Warning or Note;
    /// The role of a function, of the state machine, of the schedule or of the rule of the
    /// notifications does not exist, or lacks an action; `warning` if executions work without it.
    RoleLacksPermission: Error or Warning;
    /// The schedule of the return to spot does not exist.
    ScheduleGone: Error;
    /// The schedule of the return to spot is disabled.
    ScheduleDisabled: Error;
    /// The schedule of the return to spot invokes something other than the function *start*.
    ScheduleTargetsAnother: Error;
    /// The rule for lost capacity does not exist.
    RuleGone: Error;
    /// The rule for lost capacity is disabled.
    RuleDisabled: Error;
    /// The rule for lost capacity does not invoke the function *start*.
    RuleTargetsAnother: Error;
    /// The rule for lost capacity does not match every kind of event.
    RuleMissesEvents: Error;
    /// The function's policy does not let the rule for lost capacity invoke it.
    RuleMayNotInvoke: Error;
    /// A dead-letter queue holds messages, as many as it says.
    DeadLetters: Warning;
    /// A dead-letter queue does not exist.
    DeadLetterQueueGone: Warning;
    /// The address of `OperationsEmail` has not confirmed its subscription.
    EmailNotConfirmed: Warning;
    /// The address of `OperationsEmail` is not subscribed.
    EmailNotSubscribed: Warning;
    /// The operations topic or the notifications topic does not exist.
    NotificationTopicGone: Warning;
    /// An alarm on failures does not exist.
    FailureAlarmGone: Warning;
    /// An alarm on failures does not act on the operations topic.
    FailureAlarmSilent: Warning;
    /// The rule that publishes to the notifications topic does not exist.
    NotificationRuleGone: Warning;
    /// The rule that publishes to the notifications topic is disabled, or publishes elsewhere.
    NotificationRuleSilent: Warning;
    /// Executions of the last 24 hours failed, timed out or were aborted.
    ExecutionsFailed: Warning;
    /// The workers' stack is not deployed completely: its status, such as `ROLLBACK_COMPLETE`, with
    /// what it means; `warning` while CloudFormation works.
    StackNotReady: Error or Warning;
    /// SpotManager's stack does not exist yet.
    SpotmanagerNotFound: Note;
    /// SpotManager's stack is not deployed completely: its status, such as `REVIEW_IN_PROGRESS`,
    /// with what it means; `warning` while CloudFormation works.
    SpotmanagerNotReady: Error or Warning;
    /// SpotManager's roles do not reach the stack.
    StackOutOfReach: Error;
    /// SpotManager does not serve the stack.
    StackNotServed: Warning;
    /// SpotManager changes nothing, because `DryRun` is `true`.
    DryRun: Warning;
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}
